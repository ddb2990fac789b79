"""The tables of a project as the data API describes them (PostgREST's OpenAPI document). Pure.

Source: PostgREST's OpenAPI output: one definition for each table, ``required`` for columns that are not nullable, keys
as ``<pk/>`` and ``<fk table='...' column='...'/>`` in a column's description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_FOREIGN = re.compile(r"<fk table='(?P<table>[^']+)' column='(?P<column>[^']+)'/>")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``kind``: its type as Postgres names it; ``foreign``: the table and column that it points at."""

    name: str
    kind: str = "text"
    nullable: bool = True
    primary: bool = False
    foreign: tuple[str, str] | None = None

    @property
    def is_time(self) -> bool:
        """Whether it holds a moment."""
        return self.kind.startswith("timestamp")

    @property
    def is_text(self) -> bool:
        """Whether it holds text."""
        return self.kind in ("text", "varchar", "citext") or self.kind.startswith("character varying")


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its columns in their order."""

    name: str
    columns: tuple[Column, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def key(self) -> str | None:
        """The primary key, where it is one column."""
        keys = [column.name for column in self.columns if column.primary]
        return keys[0] if len(keys) == 1 else None

    def pointing_at(self, table: str) -> str | None:
        """The column that points at the other table, or None."""
        return next((each.name for each in self.columns if each.foreign and each.foreign[0] == table), None)


def tables_of(document: Any) -> dict[str, Table]:
    """Name -> table, from the OpenAPI document; empty where it describes none."""
    definitions = document.get("definitions") if isinstance(document, dict) else None
    if not isinstance(definitions, dict):
        return {}
    return {str(name): _table(str(name), one) for name, one in definitions.items() if isinstance(one, dict)}


def _table(name: str, definition: Mapping[str, Any]) -> Table:
    needed, columns = definition.get("required"), definition.get("properties")
    wanted = {str(one) for one in needed} if isinstance(needed, list) else set()
    if not isinstance(columns, dict):
        return Table(name)
    described = {str(key): value for key, value in columns.items() if isinstance(value, dict)}
    return Table(name, tuple(_column(key, value, key not in wanted) for key, value in described.items()))


def _column(name: str, described: Mapping[str, Any], nullable: bool) -> Column:
    note = str(described.get("description") or "")
    points = _FOREIGN.search(note)
    kind = str(described.get("format") or described.get("type") or "")
    return Column(name, kind, nullable, "<pk/>" in note, (points["table"], points["column"]) if points else None)
