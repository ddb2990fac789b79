"""The tables of a project from its migrations, where its data API cannot be asked: a plain reading of ``create table``
and ``alter table ... add column``. Pure.

What else a migration may do (renames, functions, partitions) is not followed; the data API knows better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from diag.project.tables import Column, Table

_NAME = r"(?:\"?public\"?\.)?\"?(?P<table>\w+)\"?"
_CREATE = re.compile(rf"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?{_NAME}\s*\(", re.IGNORECASE)
_ADD = re.compile(
    rf"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{_NAME}\s+add\s+column\s+(?:if\s+not\s+exists\s+)?(?P<rest>[^;]+)",
    re.IGNORECASE,
)
_KIND = r"(?:timestamp|time)\s+with(?:out)?\s+time\s+zone|[\w.]+(?:\s+precision|\s+varying)?"
_COLUMN = re.compile(rf"\s*\"?(?P<name>\w+)\"?\s+(?P<kind>{_KIND})", re.IGNORECASE)
_POINTS = re.compile(
    r"\breferences\s+(?:\"?public\"?\.)?\"?(?P<table>\w+)\"?\s*(?:\(\s*\"?(?P<column>\w+))?", re.IGNORECASE
)
_TABLE_KEY = re.compile(r"\s*(?:constraint\s+\S+\s+)?primary\s+key\s*\(\s*\"?(\w+)\"?\s*\)", re.IGNORECASE)
_NO_COLUMN = ("constraint", "primary", "unique", "check", "foreign", "exclude", "like")
_SHORT = {"timestamptz": "timestamp with time zone", "int8": "bigint", "int4": "integer", "int": "integer"}


def tables_in(texts: Iterable[str]) -> dict[str, Table]:
    """Name -> table, from the texts of migrations in their order."""
    found: dict[str, dict[str, Column]] = {}
    for text in map(_plain, texts):
        for made in _CREATE.finditer(text):
            parts = list(_split(text, made.end()))
            keys = {match[1] for part in parts if (match := _TABLE_KEY.match(part))}
            columns = {each.name: each for part in parts if (each := _column(part, keys))}
            found.setdefault(made["table"], {}).update(columns)
        for added in _ADD.finditer(text):
            column = _column(added["rest"].split(",")[0], set())
            if column:
                found.setdefault(added["table"], {})[column.name] = column
    return {name: Table(name, tuple(columns.values())) for name, columns in found.items()}


def _plain(text: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)


def _column(part: str, keys: set[str]) -> Column | None:
    found = _COLUMN.match(part)
    if found is None or found["name"].lower() in _NO_COLUMN:
        return None
    rest, kind = part[found.end() :].lower(), found["kind"].lower()
    primary = found["name"] in keys or "primary key" in rest
    points = _POINTS.search(part, found.end())
    nullable = not primary and "not null" not in rest and kind not in ("bigserial", "serial")
    foreign = (points["table"], points["column"] or "id") if points else None
    return Column(found["name"], _SHORT.get(kind, kind), nullable, primary, foreign)


def _split(text: str, start: int) -> Iterator[str]:
    """What stands between the commas of a list in parentheses that begins before ``start``."""
    depth, begun = 1, start
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0 or (depth == 1 and text[place] == ","):
            yield text[begun:place]
            begun = place + 1
        if depth == 0:
            return
