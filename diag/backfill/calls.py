"""One job: the intent on the disk, the call, the outcome on the disk, and what follows from it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from diag.backfill.controls import Controls
from diag.backfill.events import Event, Observer, RowAnswered
from diag.backfill.fate import CACHED, Fate, Policy, fate, is_unreadable
from diag.backfill.job import Answered, Job
from diag.backfill.journal import Journal
from diag.backfill.retries import RetryBudget, Uniform, delay
from diag.backfill.tally import Tally
from diag.diagnosis import Evidence
from diag.gate import Reading, read
from diag.project import ProjectError
from diag.rows.outcome import Outcome, Row


class Worker(Protocol):
    """What carries out one row (``RowWorker``)."""

    async def run(self, row: Row, *, force: bool = False) -> Outcome:
        """What becomes of the row; never raises for the function's, the picture's or the database's failures."""


class Finder(Protocol):
    """What looks whether a row is done without calling anything."""

    async def find(self, row: Row, *, force: bool = False) -> Outcome | None:
        """The outcome of a row that is done (with ``force``: whatever its marker says), else None. Raises
        ProjectError where that cannot be found out."""

    async def confirm(self, outcome: Outcome) -> Outcome:
        """A failure where a repair claims success and the row is as hollow as before."""

    async def accept(self, outcome: Outcome) -> Outcome:
        """The outcome with its row marked, where the answer is degraded and something was saved."""


class Caller:
    """Carries out jobs for one run. ``clock`` gives monotonic seconds, ``settle`` is the time in seconds after which
    nothing of a call can still be running."""

    def __init__(
        self,
        worker: Worker,
        finder: Finder,
        journal: Journal,
        tally: Tally,
        controls: Controls,
        *,
        clock: Callable[[], float],
        settle: float,
        policy: Policy | None = None,
        budget: RetryBudget | None = None,
        accept_degraded: bool = False,
        observers: Sequence[Observer] = (),
        uniform: Uniform = random.uniform,
    ) -> None:
        self.journal = journal
        self.tally = tally
        self.controls = controls
        self.clock = clock
        self.settle = settle
        self.started = 0
        self._worker = worker
        self._finder = finder
        self._policy = policy or Policy()
        self._accept_degraded = accept_degraded
        self._budget = budget or RetryBudget()
        self._observers = observers
        self._uniform = uniform
        self._stores = False

    async def carry_out(self, job: Job) -> Answered | None:
        """Call for one row. None where the run was stopped or the row lost before that. Raises JournalError."""
        await self.journal.intent(job.row.id)
        if self.controls.stopping or job.lapsed():
            await self.journal.withdraw(job.row.id, job.before)
            return None
        self.started += 1
        call = self.started
        self._count(job)
        return await self._record(job, await self._send(job), call)

    async def adopt(self, outcome: Outcome) -> Answered:
        """Record a call that was made elsewhere (the test call of preflight): it is work like any other."""
        job = Job(outcome.row)
        await self.journal.intent(outcome.row.id)
        self.started += 1
        self._count(job)
        return await self._record(job, outcome, self.started)

    async def find(self, job: Job) -> bool:
        """Whether the row is done already; recorded if so. Raises ProjectError where that cannot be found out."""
        outcome = await self._finder.find(job.row, force=job.force)
        if outcome is None:
            return False
        await self._record(job, outcome, self.started)
        return True

    def tell(self, event: Event) -> None:
        """Tell everyone who watches."""
        for observer in self._observers:
            observer(event)

    async def _send(self, job: Job) -> Outcome:
        try:
            outcome = await self._worker.run(job.row, force=job.force)
            if is_unreadable(outcome):
                outcome = await self._look(job, outcome)
            if job.force:
                outcome = await self._finder.confirm(outcome)
            return await self._finder.accept(outcome) if self._accept_degraded else outcome
        except asyncio.CancelledError:
            self.tally.unresolved += 1  # its intent stays in the journal: the next run looks before it calls again
            raise

    async def _look(self, job: Job, outcome: Outcome) -> Outcome:
        """The outcome by what stands in the database. Where that cannot be asked, the row is looked up later, and
        before it is ever called again."""
        try:
            found = await self._finder.find(job.row, force=job.force)
        except ProjectError:
            return replace(outcome, unverified=True)
        if found is None:
            return outcome
        seen = Evidence("answer", f"could not be read ({outcome.diagnosis.signature}); its results stand")
        diagnosis = replace(found.diagnosis, evidence=(seen, *found.diagnosis.evidence))
        return replace(found, diagnosis=diagnosis, called=True, answer=outcome.answer, duration_ms=outcome.duration_ms)

    def _count(self, job: Job) -> None:
        job.began = job.began or self.clock()
        job.retries += 1
        job.attempts += 1

    async def _record(self, job: Job, outcome: Outcome, call: int) -> Answered:
        reading = read(outcome.diagnosis, accept_degraded=self._accept_degraded and outcome.marked)
        job.attempts -= reading is Reading.THROTTLED
        answered = Answered(job, outcome, reading, self._fate(job, outcome, reading), call)
        self._plan(answered)
        await self.journal.outcome(outcome, answered.fate)
        self.tally.add(answered)
        self.tell(RowAnswered(outcome, answered.fate, job.retries + 1, self.tally))
        return answered

    def _fate(self, job: Job, outcome: Outcome, reading: Reading) -> Fate:
        if reading is Reading.SUCCESS:
            self._budget.succeeded(was_retry=job.retries > 0)
        may_retry = reading in (Reading.FAILURE, Reading.THROTTLED, Reading.NEUTRAL) and self._budget.take(
            throttled=reading is Reading.THROTTLED
        )
        return fate(
            outcome,
            reading,
            attempt=job.attempts,
            waited=self.clock() - job.began,
            refusals=job.retries + 1 - job.attempts,
            may_retry=may_retry,
            renewable=job.retries > 0 and not job.force,
            policy=self._policy,
        )

    def _plan(self, answered: Answered) -> None:
        job, wish = answered.job, answered.outcome.diagnosis.retry_after
        job.unresolved = answered.fate is Fate.UNRESOLVED
        if job.unresolved:
            job.due = self.clock() + self.settle
        elif answered.fate is Fate.RETRY:
            # A function may store the failure of our first call and answer the next one from there, for ever: one that
            # has done so is asked past its store from then on.
            self._stores = self._stores or answered.outcome.diagnosis.signature == CACHED
            job.force = job.force or self._stores
            throttled = answered.reading is Reading.THROTTLED
            wait = delay(job.retries, throttled=throttled, retry_after=wish, uniform=self._uniform)
            job.due = self.clock() + wait
