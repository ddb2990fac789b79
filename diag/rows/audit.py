"""What finished rows really have: is there a full result behind the mark, or only the mark?

Callers that do not look at answers mark rows after every one of them, and some functions store their own failure as
a finished analysis and answer from that store ever after. Both are found by what stands in the database.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diag.catalogue import classify
from diag.config.settings import Settings, TableSettings
from diag.diagnosis import Answer, Verdict
from diag.project import Project
from diag.rows.outcome import Row
from diag.rows.request import row_columns, row_from
from diag.rows.writes import WritesReader, Written

_PAGE = 200
_LACKING = ("function.empty", "function.partial")


class Kind(StrEnum):
    """``full``: results stand. ``nothing``: neither records nor result columns. ``error``: what is stored is itself
    an error. ``incomplete``: a table in which every finished row has a record has none, or a part is missing."""

    FULL = "full"
    NOTHING = "nothing"
    ERROR = "error"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that was looked at: its ``kind``, the ``signature`` of a stored error (or None), whether it is
    ``marked`` as done, and what was ``written``."""

    row: Row
    kind: Kind
    signature: str | None
    marked: bool
    written: Written


def judge(written: Written, table: TableSettings) -> tuple[Kind, str | None]:
    """What stands behind a row. Pure. Stored results are read as an answer would be: by the same catalogue."""
    filled = {name: value for name, value in written.columns.items() if value is not None}
    if not filled and not any(written.records.get(name, 0) for name in table.results):
        return Kind.NOTHING, None
    for value in filled.values():
        found = classify(Answer(status=200, body=json.dumps(value))) if isinstance(value, dict | list) else None
        if found is not None and found.verdict in (Verdict.FAILED, Verdict.DEGRADED):
            return (Kind.INCOMPLETE, None) if found.signature in _LACKING else (Kind.ERROR, found.signature)
    lacking = [name for name in table.always if name in table.results and not written.records.get(name, 0)]
    return (Kind.INCOMPLETE if lacking or len(filled) < len(table.result_columns) else Kind.FULL), None


async def audit(project: Project, settings: Settings, *, pending: bool = False) -> AsyncIterator[Finding]:
    """Every row that is marked as done, or (``pending``) every unmarked one that holds something all the same: the
    function may answer for it from its store. Reads only, a page in memory at a time. Raises ProjectError."""
    table, last = settings.table, None
    reader = WritesReader(project.data, table)
    while records := await project.data.page(
        table.name, row_columns(settings), _filter(table, pending=pending), key=table.id, after=last, limit=_PAGE
    ):
        rows = [row_from(record, settings) for record in records]
        for row, written in zip(rows, await asyncio.gather(*(reader.read(row.id) for row in rows)), strict=True):
            kind, signature = judge(written, table)
            yield Finding(row, kind, signature, written.marker is not None, written)
        last = rows[-1].id


async def hollow_rows(project: Project, settings: Settings) -> AsyncIterator[Finding]:
    """The rows that a repair has to call again: marked ones without a full result, then unmarked ones whose stored
    failure the function would only repeat."""
    async for finding in everything(project, settings):
        if finding.kind is not Kind.FULL:
            yield finding


def _filter(table: TableSettings, *, pending: bool) -> Mapping[str, str]:
    if not pending:
        return {**table.where, table.marker: "not.is.null"}
    # One filled column is enough to look: the judge reads them all.
    return {**table.where, table.marker: "is.null", table.result_columns[0]: "not.is.null"}


@dataclass(frozen=True, slots=True)
class Hollow:
    """How many rows of one ``kind`` there are, with the id of one of them."""

    kind: Kind
    signature: str | None
    marked: bool
    count: int
    example: str


@dataclass(slots=True)
class Coverage:
    """How many finished rows have a record in a table, and how many records they have."""

    rows: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: ``marked`` rows are marked as done, ``full`` of them have a full result; ``hollow`` the others by
    kind, most frequent first; ``tables`` what the marked rows have in each result table (and under the work table's
    own name: in their result columns)."""

    marked: int
    full: int
    hollow: tuple[Hollow, ...]
    tables: Mapping[str, Coverage]


async def summary(project: Project, settings: Settings) -> Audit:
    """The audit of all rows, counted. Raises ProjectError."""
    marked = full = 0
    kinds: dict[tuple[Kind, str | None, bool], tuple[int, str]] = {}
    tables: dict[str, Coverage] = {}
    async for finding in everything(project, settings):
        marked += finding.marked
        full += finding.marked and finding.kind is Kind.FULL
        if finding.marked:
            _cover(tables, finding.written)
        if finding.kind is not Kind.FULL:
            key = (finding.kind, finding.signature, finding.marked)
            count, example = kinds.get(key, (0, finding.row.id))
            kinds[key] = (count + 1, example)
    hollow = [Hollow(*key, count, example) for key, (count, example) in kinds.items()]
    return Audit(marked, full, tuple(sorted(hollow, key=lambda seen: -seen.count)), tables)


async def everything(project: Project, settings: Settings) -> AsyncIterator[Finding]:
    """Every marked row, then every unmarked one that holds something all the same."""
    async for finding in audit(project, settings):
        yield finding
    if settings.table.result_columns:
        async for finding in audit(project, settings, pending=True):
            yield finding


def _cover(tables: dict[str, Coverage], written: Written) -> None:
    for name, records in written.records.items():
        seen = tables.setdefault(name, Coverage())
        seen.rows += records > 0
        seen.records += records
