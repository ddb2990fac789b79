"""The engine: a continuous flow of calls, as fast as the limits allow, that stops the moment going on is waste."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from diag.backfill.breaker import Breaker, Draw, LocalBreaker
from diag.backfill.calls import Caller
from diag.backfill.ceiling import Ceiling
from diag.backfill.events import Notice
from diag.backfill.fate import Fate
from diag.backfill.job import Answered, Job
from diag.backfill.jobs import Jobs
from diag.backfill.pace import Pace
from diag.backfill.result import Stopped
from diag.backfill.source import Source
from diag.gate import Alarm, GateTest, Guard, Limits, Reading
from diag.project import ProjectError

_STALL = 300.0  # seconds of nothing but refusals
_STALL_CALLS = 20


@dataclass
class Engine:
    """Sends jobs through the caller. ``guard`` watches the flow; the gate's canaries have their own test.

    ``most_calls`` may be paid for in all; ``money`` is the stop reason once they are.
    """

    caller: Caller
    limiter: Pace
    ceiling: Ceiling
    limits: Limits = field(default_factory=Limits)
    most_calls: int | None = None
    money: str = "max-calls"
    breaker: Breaker = field(default_factory=LocalBreaker)

    def __post_init__(self) -> None:
        self.guard = Guard(self.limits)
        self.controls = self.caller.controls
        self.jobs: Jobs | None = None
        self._tasks: set[asyncio.Task[Answered | None]] = set()
        self._crash: Exception | None = None
        self.good = 0
        self._last_good = self.caller.clock()
        self._refused_since = 0
        self.controls.on_stop(self._cancel_if_at_once)

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return len(self._tasks)

    async def probe(self, test: GateTest, draw: Draw) -> GateTest:
        """Send canary calls in waves until the test decides, the rows run out or the run is stopped."""
        while (wave := test.wave) and not self.controls.stopping:
            await self.controls.resumed()
            jobs = [job for _ in range(self._affordable(wave)) if (job := await draw()) is not None]
            if not jobs:
                break
            if self.jobs is not None:
                self.jobs.leave_out(job.row.id for job in jobs)
            tasks = [self._spawn(job, watch=False) for job in jobs]
            await asyncio.wait(tasks)
            for answered in (task.result() for task in tasks if not task.cancelled()):
                if answered is not None:
                    outcome = answered.outcome
                    test = test.after(answered.reading, outcome.diagnosis.signature, called=outcome.called)
        self._raise_crash()
        return test

    async def run_pass(self, source: Source) -> None:
        """Call for every job of the source, retries included; returns when all is done or the run was stopped."""
        self.jobs = Jobs(source, self.caller.find, self.caller.clock)
        try:
            while (job := await self._next(self.jobs)) is not None:
                if await self._turn():
                    self._spawn(job)
                else:
                    self.jobs.put_back(job)
        except ProjectError as error:
            self.controls.drain(Stopped("database", error.diagnosis.signature, error.message))
        await self._drain()
        self._raise_crash()

    async def _next(self, jobs: Jobs) -> Job | None:
        while not self.controls.stopping:
            if self.controls.paused:
                await self.controls.resumed()
            elif self.guard.alarm is not None:
                await self._heed(jobs)
            elif not self._has_room:
                await self.controls.wait(None)
            elif (job := await jobs.next()) is not None:
                if self._affordable(1):
                    return job
                jobs.put_back(job)
                await self._stop_for_money()
            elif not jobs.left and not self._tasks:
                return None
            else:
                await self._idle(jobs)
        return None

    async def _idle(self, jobs: Jobs) -> None:
        if jobs.unresolved and not self._tasks and (jobs.wait or 0) > 1:
            self.caller.tell(Notice(f"waiting for {jobs.unresolved} calls whose end is not known"))
        await self.controls.wait(jobs.wait)

    async def _turn(self) -> bool:
        """Wait for the limiter. False where the run was stopped or paused meanwhile."""
        while (wait := self.limiter.turn(now := self.caller.clock())) is None:
            if self._held_up:
                return False
            await self.controls.wait(None)
        start = now + wait
        while (now := self.caller.clock()) < start:
            if self._held_up:
                return False
            await self.controls.wait(start - now)
            if self.limiter.not_before > start:  # all were told to wait meanwhile: the place in the queue has lapsed
                return False
        return not self.controls.stopping

    @property
    def _held_up(self) -> bool:
        return self.controls.stopping or self.controls.paused or self.guard.alarm is not None

    @property
    def _has_room(self) -> bool:
        # Nothing has succeeded yet and one failure looks like everyone's: the next call decides, so it goes alone.
        suspicious = not self.good and bool(self.guard.suspects)
        return self.ceiling.has_room(self.in_flight) and not (suspicious and self.in_flight)

    def _affordable(self, calls: int) -> int:
        if self.most_calls is None:
            return calls
        return max(0, min(calls, self.most_calls - self.caller.tally.calls - self.in_flight))

    async def _stop_for_money(self) -> None:
        if self._tasks and self.caller.tally.calls < (self.most_calls or 0):
            await self.controls.wait(None)  # what is in flight may turn out to cost nothing (a dead picture)
            return
        spent = f"{self.caller.tally.calls} calls were made, and more were not allowed"
        self.controls.drain(Stopped(self.money, None, spent))

    def _spawn(self, job: Job, *, watch: bool = True) -> asyncio.Task[Answered | None]:
        task = asyncio.create_task(self._carry(job, watch))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Answered | None]) -> None:
        self._tasks.discard(task)
        self.controls.changed.set()

    async def _carry(self, job: Job, watch: bool) -> Answered | None:
        try:
            answered = await self.caller.carry_out(job)
        except Exception as error:
            self._crash = self._crash or error
            self.controls.drain(Stopped("error", None, "nukediag itself failed"))
            return None
        if answered is not None:
            self._learn(answered, watch)
        return answered

    def _learn(self, answered: Answered, watch: bool) -> None:
        self.breaker.ended(answered)
        if answered.fate in (Fate.RETRY, Fate.UNRESOLVED) and self.jobs is not None:
            self.jobs.again(answered.job)
        if watch:
            signature = answered.outcome.diagnosis.signature
            self.guard = self.guard.after(
                answered.reading, signature, call=answered.call, started=self.caller.started + 1
            )
        if answered.reading is Reading.SUCCESS:
            self.ceiling.succeeded(self.caller.clock())
            self.limiter.answered(self.caller.clock())
            self.good += 1
            self._last_good, self._refused_since = self.caller.clock(), 0
        elif answered.reading is Reading.THROTTLED:
            self._slow_down(answered)

    def _slow_down(self, answered: Answered) -> None:
        now, diagnosis = self.caller.clock(), answered.outcome.diagnosis
        self.limiter.throttled(now, diagnosis.retry_after, answered.call, self.caller.started)
        self._refused_since += 1
        if self._refused_since >= _STALL_CALLS and now - self._last_good > _STALL:
            why = f"nothing but refusals ({diagnosis.signature}) for {now - self._last_good:.0f} s"
            self.controls.drain(Stopped("guard", diagnosis.signature, why))

    async def _heed(self, jobs: Jobs) -> None:
        """The guard has raised an alarm: drain, and stop, or wait and ask the gate's test whether to go on."""
        await self._drain()
        alarm = self.guard.alarm
        if alarm is not None and not self.controls.stopping:
            await self.breaker.heed(self, alarm, jobs.next)

    def calm(self) -> None:
        """A pause has ended well: begin small again, with nothing held against the project."""
        self.guard = self.guard.calm()
        self.ceiling.reset()

    def alarmed(self, alarm: Alarm) -> None:
        """Somebody else has found a reason to stop the flow."""
        self.guard = replace(self.guard, alarm=self.guard.alarm or alarm)
        self.controls.changed.set()

    async def rest(self, seconds: float) -> None:
        """Wait; a stop word ends the wait."""
        until = self.caller.clock() + seconds
        while (left := until - self.caller.clock()) > 0 and not self.controls.stopping:
            await self.controls.wait(left)

    async def _drain(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _cancel_if_at_once(self) -> None:
        if self.controls.at_once:
            for task in self._tasks:
                task.cancel()

    def _raise_crash(self) -> None:
        if self._crash is not None:
            raise self._crash
