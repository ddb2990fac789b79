"""The settings as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from tabulate import tabulate

from diag.config import Entry
from diag.secret import redact


def config_table(entries: Sequence[Entry]) -> Table:
    """Setting, value, origin; what a value shadowed stands beneath its origin."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("setting", "value", "from"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        value = Text(entry.shown) if entry.shown is not None else Text("not set", style="dim")
        table.add_row(Text(entry.key), value, Text(_origin(entry)))
    return table


def config_lines(entries: Sequence[Entry]) -> str:
    """The same for a pipe or a file: nothing is folded, so a line can be searched for."""
    rows = [(entry.key, "not set" if entry.shown is None else entry.shown, _origin(entry)) for entry in entries]
    return tabulate(rows, headers=("setting", "value", "from"), tablefmt="plain", disable_numparse=True)


def _origin(entry: Entry) -> str:
    place = entry.place
    named = place.line and place.name and place.name.isupper()
    lines = [] if entry.shown is None else [f"{place.text} ({place.name})" if named else place.text]
    for one in entry.shadowed:
        lines.append(f"  over {one.place.text}{', which says the same' if one.same else f': {one.shown}'}")
    return redact("\n".join(lines))


def warning_lines(warnings: Sequence[str]) -> list[str]:
    """One line per warning, each once."""
    return [f"! {redact(warning)}" for warning in dict.fromkeys(warnings)]
