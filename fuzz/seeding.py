"""What each target begins with: its folder in ``seeds/``, and what the package itself holds of real answers."""

from __future__ import annotations

import json
from pathlib import Path

from diag.catalogue.examples import EXAMPLES

SEEDS = Path(__file__).parent / "seeds"


def kept(target: str) -> list[bytes]:
    """The seeds on the disk, by name: those that were written by hand and those that once broke something."""
    return [path.read_bytes() for path in sorted((SEEDS / target).glob("*")) if path.is_file()]


def seeds(target: str) -> list[bytes]:
    """All seeds of a target; at least one."""
    return kept(target) + _EXAMPLES.get(target, []) or [b""]


def _text(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode("utf-8", "replace")


_BODIES = [_text(one.body) for one in EXAMPLES]
_LINES = [json.dumps({"id": n, "status": one.status, "body": str(one.body)}).encode() for n, one in enumerate(EXAMPLES)]
_EXAMPLES = {
    "answer": _BODIES,
    "pasted": [b"HTTP/1.1 500 X\r\nretry-after: 3\r\n\r\n" + body for body in _BODIES],
    "log": [b"2026-11-22T21:26:31Z ERROR " + body.replace(b"\n", b"\n  ") + b"\n" for body in _BODIES],
    "batch": _LINES,
    "redaction": _BODIES,
}
