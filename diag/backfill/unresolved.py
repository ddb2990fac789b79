"""Calls whose end nobody knows: was the row finished after all? Asked in the database, before anything is paid."""

from __future__ import annotations

from diag.catalogue import describe
from diag.config.settings import TableSettings
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


def is_full(written: Written, table: TableSettings) -> bool:
    """Whether what stands in the database can only be the work of a call that came to its end: records in a result
    table, and every result column of the row filled (the function fills these last)."""
    return is_saved(written, table) and written.records.get(table.name, 0) >= len(table.result_columns)
