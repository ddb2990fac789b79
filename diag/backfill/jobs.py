"""Which job comes next: what was put back, retries that are due, fresh rows, and last the unresolved ones."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from diag.backfill.job import Job
from diag.backfill.source import Later, Source
from diag.diagnosis import Scope
from diag.project import ProjectError

_MOST_WAITING = 1000  # rows that wait for their retry; beyond it no fresh ones are taken, so that memory is bounded
_LOOK_EVERY = 15.0  # seconds between looks for the results of calls whose end nobody knows
_BLIND = 8  # looks in a row that the data API may fail


class Jobs:
    """The jobs of one pass. ``find`` tells (and records) whether a row is done already; ``clock`` is monotonic."""

    def __init__(self, source: Source, find: Callable[[Job], Awaitable[bool]], clock: Callable[[], float]) -> None:
        self._source = source
        self._find = find
        self._clock = clock
        self._exhausted = False
        self._retries: list[Job] = []
        self._back: deque[Job] = deque()
        self._unresolved: list[Job] = []
        self._elsewhere: set[str] = set()
        self._looked = float("-inf")
        self._blind = 0

    async def next(self) -> Job | None:
        """A job that may go now, or None. Raises ProjectError where the data API stays away."""
        if self._back:
            return self._back.popleft()
        if self._retries and self._retries[0].due <= self._clock():
            return heapq.heappop(self._retries)
        if not self._exhausted and len(self._retries) < _MOST_WAITING:
            found = await self._fresh()
            if isinstance(found, Job):
                return found
            self._exhausted = found is None
        return await self._resolve() if self._exhausted and not self._retries else None

    @property
    def left(self) -> bool:
        """Whether there may be a job later on."""
        return bool(self._retries or self._unresolved or self._back or not self._exhausted)

    @property
    def unresolved(self) -> int:
        """How many rows wait because the end of their last call is unknown."""
        return len(self._unresolved)

    @property
    def wait(self) -> float | None:
        """Seconds until something is due, or None where nothing waits for a time."""
        if self._retries:
            return max(0.0, self._retries[0].due - self._clock())
        if self._exhausted and self._unresolved:
            due = min(min(job.due for job in self._unresolved), self._looked + _LOOK_EVERY)
            return max(0.0, due - self._clock())
        return None

    def put_back(self, job: Job) -> None:
        """It could not go after all."""
        self._back.append(job)

    def leave_out(self, row_ids: Iterable[str]) -> None:
        """These rows are called by somebody else (a probe): they are no fresh ones any more."""
        self._elsewhere.update(row_ids)

    def again(self, job: Job) -> None:
        """Once more, when it is due."""
        if job.unresolved:
            self._unresolved.append(job)
        else:
            heapq.heappush(self._retries, job)

    async def _fresh(self) -> Job | Later | None:
        while isinstance(found := await self._source.next(), Job):
            if found.row.id in self._elsewhere:
                continue
            if not found.unresolved:
                return found
            self._unresolved.append(found)
        return found

    async def _resolve(self) -> Job | None:
        """Look whether a row is done; if not, it may be called once nothing of its last call can be running. Raises
        ProjectError where the data API stays away."""
        now = self._clock()
        if now < self._looked + _LOOK_EVERY and all(job.due > now for job in self._unresolved):
            return None
        self._looked = now
        for job in list(self._unresolved):
            done = await self._look(job)
            if done is None:
                return None
            if done:
                self._unresolved.remove(job)
            elif job.due <= now:
                self._unresolved.remove(job)
                job.unresolved = False
                return job
        return None

    async def _look(self, job: Job) -> bool | None:
        """Whether the row is done, or None where the data API does not say: nothing is called blindly."""
        try:
            done = await self._find(job)
        except ProjectError as error:
            self._blind += 1
            if error.diagnosis.scope is not Scope.TRANSIENT or self._blind >= _BLIND:
                raise
            for waiting in self._unresolved:
                waiting.due = max(waiting.due, self._clock() + _LOOK_EVERY)
            return None
        self._blind = 0
        return done
