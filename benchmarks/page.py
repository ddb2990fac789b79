"""``docs/benchmarks.md``: one section for each measurement, each replaced alone by whoever measured it anew."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def signed(section: str, command: str, load: float) -> str:
    """The section with a line under its heading: what measured it, when and on what. ``load``: the machine's before."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}, load {load:.1f} before"
    heading, _, rest = section.strip().partition("\n")
    return f"{heading}\n\nBy `{command}` on {datetime.now(UTC):%Y-%m-%d}; {machine}.\n\n{rest.strip()}"


def replaced(page: str, section: str) -> str:
    """The page with this section in place of the one under the same heading, or behind all others. Pure."""
    heading = section.partition("\n")[0]
    before, *others = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    parts = [other.strip() for other in others]
    places = [number for number, part in enumerate(parts) if part.partition("\n")[0] == heading]
    if places:
        parts[places[0]] = section.strip()
    else:
        parts.append(section.strip())
    return "\n\n".join([before.strip(), *parts]) + "\n"


def measure(part: Callable[[], str], command: str, *, write: bool = True) -> None:
    """Measure one section, print it and, with ``write``, put it into the page."""
    load = os.getloadavg()[0]
    section = part()
    print(section, flush=True)
    if write:
        _put(section, command, load)


def _put(section: str, command: str, load: float) -> None:
    """Write a section that was just measured."""
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), signed(section, command, load)), encoding="utf-8")
