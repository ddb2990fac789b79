"""The edge functions that nukediag ships, as the Management API takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from diag.errors import UsageError
from diag.project.source import Source, scan

PROBE = "nukediag-probe"
_HOME = Path(__file__).resolve().parent.parent / "shipped"
_CHECKS_CALLERS = {PROBE}
"""Functions that ask for the service key themselves, so that the gateway's JWT check, which refuses ``sb_`` keys in
some projects, need not stand before them."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A function to deploy. ``files`` by their path relative to the work folder, as the Supabase CLI names them;
    ``verify_jwt``: whether the gateway checks callers, None: as it is now."""

    slug: str
    entrypoint: str
    files: Mapping[str, bytes]
    verify_jwt: bool | None


def names() -> tuple[str, ...]:
    """What can be deployed."""
    return tuple(sorted(entry.parent.name for entry in _HOME.glob("functions/*/index.ts")))


def bundle(name: str) -> Bundle:
    """The shipped function of that name with every local file that it imports. Raises UsageError for another name."""
    if name not in names():
        known = " and ".join(names())
        raise UsageError(f"nukediag ships no function {name}", f"It ships {known}; others: supabase functions deploy.")
    entry = _entry(name)
    paths = {_sent_as(path): path.read_bytes() for path in sorted(sources(name).files)}
    return Bundle(name, _sent_as(entry), paths, False if name in _CHECKS_CALLERS else None)


def sources(name: str) -> Source:
    """What the code of a shipped function reads and imports."""
    return scan(_entry(name), _HOME)


def _entry(name: str) -> Path:
    return _HOME / "functions" / name / "index.ts"


def _sent_as(path: Path) -> str:
    return f"supabase/{path.relative_to(_HOME).as_posix()}"
