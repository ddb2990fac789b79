"""Rows that may be marked without a call: one whose last call has no known end (was it finished after all?), and one
whose answer was degraded, where degraded answers are accepted."""

from __future__ import annotations

from dataclasses import replace

from diag.catalogue import describe
from diag.config.settings import TableSettings
from diag.diagnosis import Evidence, Verdict
from diag.project import DataApi, ProjectError
from diag.rows import Outcome, Row, RowWorker
from diag.rows.audit import Kind, judge
from diag.rows.marker import Marker
from diag.rows.writes import Written, is_saved


class Finder:
    """Looks whether the results of a row stand, and marks the row if so. Costs nothing."""

    def __init__(self, worker: RowWorker, data: DataApi, table: TableSettings) -> None:
        self._worker = worker
        self._table = table
        self._marker = Marker(data, table)

    async def find(self, row: Row, *, force: bool = False) -> Outcome | None:
        """The outcome of a row that is done, or None where it is not. With ``force`` a marker alone says nothing: only
        full results do. Raises ProjectError where the database could not be asked or told: nothing is known then, and
        a call might be a second paid one."""
        written = await self._worker.written(row.id)
        if not is_full(written, self._table) and (force or written.marker is None):
            return None
        marked = written.marker is None and await self._marker.set(row.id)
        return Outcome(row, describe("function.ok"), called=False, writes=written.records, marked=marked)

    async def confirm(self, outcome: Outcome) -> Outcome:
        """A failure where a repair claims success and the row is as hollow as before."""
        if outcome.diagnosis.verdict is not Verdict.OK:
            return outcome
        try:
            kind, signature = judge(await self._worker.written(outcome.row.id), self._table)
        except ProjectError as error:
            return replace(outcome, diagnosis=error.diagnosis, unverified=True)
        if kind is Kind.FULL:
            return outcome
        seen = Evidence("database", f"after the repair the row is still {kind} {signature or ''}".strip())
        return replace(outcome, diagnosis=describe(signature or "function.error-in-200", evidence=(seen,)))

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
    """Whether what stands in the database can only be the work of a call that came to its end: the function fills
    the row's own columns last."""
    return is_saved(written, table) and judge(written, table)[0] is Kind.FULL
