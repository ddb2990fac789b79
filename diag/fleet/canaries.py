"""Canaries beside workers: rows that no worker on the queue is calling just now."""

from __future__ import annotations

from contextlib import suppress

from diag.backfill.canaries import Canaries
from diag.backfill.job import Job
from diag.fleet.queue import Queue
from diag.project import ProjectError


class ClaimedCanaries:
    """Claims each canary in the name of ``who``; those that a worker holds are passed over."""

    def __init__(self, canaries: Canaries, queue: Queue, who: str) -> None:
        self._canaries = canaries
        self._queue = queue
        self._who = who
        self._claimed: list[str] = []

    @property
    def most(self) -> int | None:
        """How many may be drawn in all."""
        return self._canaries.most

    @most.setter
    def most(self, most: int | None) -> None:
        self._canaries.most = most

    async def next(self) -> Job | None:
        """The next canary. Raises ProjectError where it cannot be claimed."""
        while (job := await self._canaries.next()) is not None:
            claim = await self._queue.claim(self._who, [job.row.id])
            if job.row.id in claim.ids:
                self._claimed.append(job.row.id)
                return job
        return None

    async def give_up(self) -> None:
        """Let the workers have them again; where that fails the claims run out by themselves."""
        with suppress(ProjectError):
            await self._queue.settle(self._who, 0, self._claimed)
