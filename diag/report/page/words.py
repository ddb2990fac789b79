"""Numbers as people read them in a report."""

from __future__ import annotations

from datetime import UTC, datetime

from diag.report.backfill_text import duration
from diag.report.documents import RemedyModel
from diag.report.page.model import Mend


def share(part: float | None) -> str:
    """``97 %``; never rounded up to all or down to none."""
    if part is None:
        return ""
    percent = f"{part * 100:.0f}" if part in (0.0, 1.0) else f"{min(99.9, max(0.1, part * 100)):.3g}"
    return f"{percent} %"


def took(milliseconds: float) -> str:
    """``812 ms``, ``7.5 s``, ``12 min``."""
    if milliseconds < 1_000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1_000:.1f} s" if milliseconds < 20_000 else duration(milliseconds / 1_000)


def mend_line(one: Mend | RemedyModel) -> str:
    """A way to mend it in one line: what it does, then the command, else the page."""
    return " ".join(f"mend: {one.text} {one.command or one.url or ''}".split())


def clock(seconds: float) -> str:
    """Seconds since 1970 as ``2026-01-31 12:05:00 UTC``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
