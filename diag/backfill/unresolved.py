"""Rows that may be marked without a call: one whose last call has no known end (was it finished after all?), and one
whose answer was degraded, where degraded answers are accepted."""

from __future__ import annotations

from dataclasses import replace

from diag.catalogue import describe
from diag.config.settings import TableSettings
from diag.diagnosis import Verdict
from diag.project import DataApi, ProjectError
from diag.rows import Outcome, Row, RowWorker
from diag.rows.marker import Marker
from diag.rows.writes import Written, is_saved


class Finder:
    """Looks whether the results of a row stand, and marks the row if so. Costs nothing."""

    def __init__(self, worker: RowWorker, data: DataApi, table: TableSettings) -> None:
        self._worker = worker
        self._table = table
        self._marker = Marker(data, table)

    async def find(self, row: Row) -> Outcome | None:
        """The outcome of a row that is done, or None where it is not, or could not be looked at."""
        try:
            written = await self._worker.written(row.id)
            if written.marker is None and not is_full(written, self._table):
                return None
            marked = written.marker is None and await self._marker.set(row.id)
        except ProjectError:
            return None
        return Outcome(row, describe("function.ok"), called=False, writes=written.records, marked=marked)

    async def accept(self, outcome: Outcome) -> Outcome:
        """Mark the row of a degraded answer, where something was saved. Marked or not, the diagnosis stays."""
        if outcome.marked or outcome.diagnosis.verdict is not Verdict.DEGRADED:
            return outcome
        if not is_saved(Written(outcome.writes), self._table):
            return outcome
        try:
            return replace(outcome, marked=await self._marker.set(outcome.row.id))
        except ProjectError:
            return outcome


def is_full(written: Written, table: TableSettings) -> bool:
    """Whether what stands in the database can only be the work of a call that came to its end: records in a result
    table, and every result column of the row filled (the function fills these last)."""
    return is_saved(written, table) and written.records.get(table.name, 0) >= len(table.result_columns)
