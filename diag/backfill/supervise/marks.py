"""What the command's work really comes to: the rows that were marked since it began, and what stands behind each."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from diag.catalogue import describe
from diag.config.settings import Settings, TableSettings
from diag.diagnosis import Diagnosis, Evidence
from diag.project import Project
from diag.rows.audit import Kind, judge
from diag.rows.writes import WritesReader, Written

_PAGE = 200
_LATE = 10.0
"""Seconds by which a mark may come into the table after the time that it bears."""
_SIGNATURES = {Kind.FULL: "function.ok", Kind.INCOMPLETE: "function.partial"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A row that somebody marked at a time (seconds since 1970), and what is behind the mark."""

    row: str
    at: float
    kind: Kind
    diagnosis: Diagnosis


class Marks:
    """Looks at the rows that were marked after ``since`` (seconds since 1970), each once. ``mine`` are the ids of rows
    that nukediag called itself. Costs nothing."""

    def __init__(self, project: Project, settings: Settings, since: float, mine: Set[str]) -> None:
        self._project = project
        self._table = settings.table
        self._reader = WritesReader(project.data, settings.table)
        self._horizon = since
        self._mine = mine
        self._seen: dict[str, float] = {}

    async def look(self) -> list[Mark]:
        """The rows that are new since the last look, oldest mark first. Raises ProjectError, also where the marker is
        no time."""
        fresh = {row: at for row, at in (await self._marked()).items() if row not in self._seen}
        self._seen |= fresh
        marks = [
            self._judged(row, at, await self._reader.read(row)) for row, at in fresh.items() if row not in self._mine
        ]
        self._forget()
        return sorted(marks, key=lambda mark: mark.at)

    async def _marked(self) -> dict[str, float]:
        table, found, last = self._table, dict[str, float](), None
        after = datetime.fromtimestamp(self._horizon, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        where = {**table.where, table.marker: f"gt.{after}"}
        columns = (table.id, table.marker)
        while records := await self._project.data.page(
            table.name, columns, where, key=table.id, after=last, limit=_PAGE
        ):
            found |= {str(record[table.id]): _seconds(record[table.marker]) for record in records}
            last = str(records[-1][table.id])
        return found

    def _forget(self) -> None:
        """Move on behind the latest mark, so that what is remembered stays small."""
        self._horizon = max(self._horizon, max(self._seen.values(), default=0.0) - _LATE)
        self._seen = {row: at for row, at in self._seen.items() if at > self._horizon}

    def _judged(self, row: str, at: float, written: Written) -> Mark:
        kind, signature = judge(written, self._table)
        name = signature or _SIGNATURES.get(kind, "function.error-in-200")
        return Mark(row, at, kind, describe(name, evidence=tuple(_seen(kind, self._table))))


def _seen(kind: Kind, table: TableSettings) -> Iterator[Evidence]:
    if kind is not Kind.FULL:
        yield Evidence("database", f"{table.marker} is set, and what stands behind it is: {kind}")


def _seconds(marker: object) -> float:
    try:
        return datetime.fromisoformat(str(marker)).timestamp()
    except ValueError:
        return 0.0
