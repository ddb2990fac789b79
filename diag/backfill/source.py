"""Where jobs come from: the pending rows in the order of their key, a page at a time, without those that the journal
rules out. Memory is constant however many rows there are."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from enum import Enum
from typing import Literal, Protocol

from diag.backfill.job import Job
from diag.backfill.journal import Journal
from diag.backfill.records import Record, State
from diag.diagnosis import Scope
from diag.project import ProjectError
from diag.rows.outcome import Row

PAGE = 200
FRESH_FOR = 30.0
"""Seconds after which a page is asked again which of its rows are still pending: others may write results too."""
_BLIPS = 6

OpenRows = Callable[[str | None], AsyncIterator[Row]]
StillPending = Callable[[list[str]], Awaitable[set[str]]]


class Pause(Enum):
    """``LATER``: no job now, and there may be one yet; the engine is woken then."""

    LATER = "later"


Later = Literal[Pause.LATER]


class Source(Protocol):
    """Where the engine takes its jobs from."""

    async def next(self) -> Job | Later | None:
        """The next job, or None when there is none left."""


class PendingRows:
    """The jobs of one pass, at most ``limit`` of them; with ``again`` only rows that this run has called before.
    A row whose last call has no known end is due ``settle`` seconds after that call was sent.

    ``skipped`` counts the rows left out because an earlier run found them bad, ``handed_out`` the jobs.
    """

    def __init__(
        self,
        open_rows: OpenRows,
        still_pending: StillPending,
        journal: Journal,
        *,
        settle: float,
        retry_failed: bool = False,
        again: bool = False,
        limit: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._open_rows = open_rows
        self._still_pending = still_pending
        self._journal = journal
        self._retry_failed = retry_failed
        self._settle = settle
        self._again = again
        self._limit = limit
        self._stopping = stopping
        self._page: deque[Job] = deque()
        self._fetched = 0.0
        self._last: str | None = None
        self._rows: AsyncIterator[Row] | None = None
        self._ahead: asyncio.Task[list[Row]] | None = None
        self.skipped = 0
        self.handed_out = 0

    async def next(self) -> Job | None:
        """Raises ProjectError where the data API stays away."""
        if self._limit is not None and self.handed_out >= self._limit:
            return None
        while not self._stopping():  # a million rows that are ruled out must not keep anybody from ending the run
            if not self._page and not await self._turn_page():
                return None
            await self._freshen()
            if self._page:
                self.handed_out += 1
                return self._page.popleft()
        return None

    async def close(self) -> None:
        """Stop reading ahead."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)

    async def _turn_page(self) -> bool:
        """Take the page that was read ahead and begin with the next. False when there is none."""
        rows = await (self._ahead or self._read())
        self._ahead = None
        if not rows:
            return False
        self._ahead = asyncio.create_task(self._read())
        self._fetched = _now()
        records = await self._journal.records(row.id for row in rows)
        self._page.extend(job for row in rows if (job := self._job(row, records.get(row.id))))
        return True

    async def _read(self) -> list[Row]:
        for blip in range(_BLIPS):
            try:
                return await self._read_once()
            except ProjectError as error:
                self._rows = None  # an iterator that has raised is finished: begin anew behind the last row
                if error.diagnosis.scope is not Scope.TRANSIENT or blip == _BLIPS - 1:
                    raise
                await asyncio.sleep(2.0**blip)
        return []

    async def _read_once(self) -> list[Row]:
        rows: list[Row] = []
        self._rows = self._rows or self._open_rows(self._last)
        async for row in self._rows:
            rows.append(row)
            self._last = row.id
            if len(rows) >= PAGE:
                break
        return rows

    async def _freshen(self) -> None:
        if self._page and _now() - self._fetched > FRESH_FOR:
            still = await self._still_pending([job.row.id for job in self._page])
            self._page = deque(job for job in self._page if job.row.id in still)
            self._fetched = _now()

    def _job(self, row: Row, record: Record | None) -> Job | None:
        own = record is not None and record.run == self._journal.run
        if self._again and not own:
            return None
        if is_ruled_out(record, own=own, retry_failed=self._retry_failed):
            self.skipped += not own
            return None
        return job_for(row, record, self._journal, self._settle)


def _now() -> float:
    return asyncio.get_running_loop().time()


def is_ruled_out(record: Record | None, *, own: bool, retry_failed: bool) -> bool:
    """Whether what the journal knows about a row keeps it from being called. ``own``: this run has called it."""
    if record is None:
        return False
    if record.state is State.REFUSED:
        return own or not retry_failed
    return own and record.state in (State.DONE, State.IN_FLIGHT, State.BROKEN)


def job_for(row: Row, record: Record | None, journal: Journal, settle: float) -> Job:
    """The job for a row; due later where nobody knows the end of its last call."""
    if record is None:
        return Job(row)
    own = record.run == journal.run
    job = Job(row, before=record, answered=own, retries=0 if own else -1)
    if record.state is State.UNRESOLVED:
        job.unresolved, job.due = True, _now() + settle - journal.age(record)
    return job


async def first(rows: AsyncIterator[Row], without: Collection[str] = ()) -> Row | None:
    """The first row that is not among ``without``."""
    async for row in rows:
        if row.id not in without:
            return row
    return None
