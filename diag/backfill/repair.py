"""The jobs of a repair: rows that are marked as done with nothing behind the mark, and rows for which the function
would only repeat a failure that it has stored. They are called with the function's own override."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from diag.backfill.job import Job
from diag.backfill.journal import Journal
from diag.backfill.source import is_ruled_out, job_for
from diag.rows.audit import Finding

OpenHollow = Callable[[], AsyncIterator[Finding]]


class HollowRows:
    """The source of one pass; ``most`` jobs at most."""

    def __init__(
        self, open_hollow: OpenHollow, journal: Journal, *, settle: float, retry_failed: bool, most: int | None
    ) -> None:
        self._findings = open_hollow()
        self._journal = journal
        self._settle = settle
        self._retry_failed = retry_failed
        self.most = most
        self.skipped = 0
        self.handed_out = 0

    async def next(self) -> Job | None:
        """Raises ProjectError where the data API stays away."""
        if self.most is not None and self.handed_out >= self.most:
            return None
        async for finding in self._findings:
            row = finding.row
            record = (await self._journal.records([row.id])).get(row.id)
            own = record is not None and record.run == self._journal.run
            if is_ruled_out(record, own=own, retry_failed=self._retry_failed):
                self.skipped += not own
                continue
            job = job_for(row, record, self._journal, self._settle)
            job.force = True
            self.handed_out += 1
            return job
        return None

    async def close(self) -> None:
        """Nothing is read ahead."""
