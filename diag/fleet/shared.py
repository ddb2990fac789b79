"""The shared limit and the shared breaker, as one worker takes part in them: it asks for starts, tells how calls ended,
and obeys what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from diag.backfill.breaker import Draw, LocalBreaker
from diag.backfill.engine import Engine
from diag.backfill.events import Notice
from diag.backfill.job import Answered, Job
from diag.backfill.result import Stopped
from diag.fleet.contact import Contact
from diag.fleet.queue import Queue
from diag.fleet.slots import Slots
from diag.fleet.state import Ended, Standing, State
from diag.gate import ITEMS, Alarm, AlarmKind, Decision, GateTest, Reading

_BEAT = 1.0  # seconds between reports while calls end
_LIFE = 5.0  # seconds between signs of life while none do
_ASK_AGAIN = 0.2  # seconds between questions for more starts
_URGENT = (Reading.PROJECT, Reading.THROTTLED)  # all workers must know of these at once
_PROBE_PACE = 0.5
_WORDS = {
    State.CLOSED: "calls flow",
    State.OPEN: "all workers pause",
    State.PROBING: "one worker is probing whether to go on",
    State.PAUSED: "somebody has paused all workers",
    State.STOPPED: "all workers stop",
    State.UNKNOWN: "there is no such queue (yet)",
}
_UNKNOWN = Standing(state=State.UNKNOWN)


@dataclass
class Shared:
    """``queue`` is asked in the name of ``worker``; ``about`` describes it for whoever looks at the fleet,
    ``backlog`` is the number of jobs that wait."""

    queue: Queue
    worker: str
    engine: Engine
    slots: Slots
    contact: Contact
    about: Callable[[], Mapping[str, Any]]
    backlog: Callable[[], int]
    standing: Standing = _UNKNOWN
    _local: LocalBreaker = field(default_factory=LocalBreaker)

    def __post_init__(self) -> None:
        self._waiting: list[Ended] = []
        self._sending: list[Ended] = []
        self._number = 0
        self._heard = 0.0
        self._urgent = asyncio.Event()
        self._lock = asyncio.Lock()

    @property
    def may_start(self) -> bool:
        """Whether this worker can expect to be granted starts."""
        return self.standing.state is State.CLOSED or self.standing.prober

    # What the engine asks (diag.backfill.breaker.Breaker)

    def ended(self, answered: Answered) -> None:
        """A call has ended: everybody's guard and limiter are to know."""
        diagnosis = answered.outcome.diagnosis
        number = self.slots.number(answered.call)
        self._waiting.append(
            Ended(
                call=number, reading=answered.reading, signature=diagnosis.signature, retry_after=diagnosis.retry_after
            )
        )
        if answered.reading in _URGENT:
            self._urgent.set()

    async def heed(self, engine: Engine, alarm: Alarm, draw: Draw) -> None:
        """An alarm of this worker's own guard, or the order to probe for all."""
        await self.flush()
        granted = self._granted(draw)
        if self.standing.prober:
            await self._probe(engine, alarm, granted)
        elif self.standing.state is State.CLOSED:
            await self._local.heed(engine, alarm, granted)  # the others are well: it is this worker's own trouble
        else:
            engine.calm()  # nothing is granted before everybody may go on

    async def _probe(self, engine: Engine, alarm: Alarm, draw: Draw) -> None:
        engine.caller.tell(Notice(f"probing for all workers whether to go on ({alarm.signature})"))
        test = await engine.probe(GateTest(ITEMS, items=True) if alarm.items else GateTest(engine.limits), draw)
        if test.decision is not None and self.standing.prober:
            await self.flush()
            good = test.decision is Decision.OPEN
            engine.caller.tell(Notice(f"the probe says {'go on' if good else 'stop'}: {test.why}"))
            signature = test.repeated or alarm.signature
            verdict = await self.contact.insist(
                lambda: self.queue.probed(self.worker, good, None if good else signature, test.why), self._over
            )
            self._obey(verdict, self._heard)
        engine.calm()

    def _granted(self, draw: Draw) -> Draw:
        """Probe calls need a start of the shared limit as any other."""

        def over() -> bool:
            return self._over() or not self.may_start

        async def drawn() -> Job | None:
            while (job := await draw()) is None:
                if over():
                    return None
                await asyncio.sleep(_PROBE_PACE)
            if await self.slots.one(self.engine.caller.clock, over):
                return job
            if self.engine.jobs is not None:
                self.engine.jobs.put_back(job)
            return None

        return drawn

    # What goes on beside the engine

    async def take_starts(self) -> None:
        """Ask for starts as long as the engine wants some. Runs until cancelled."""
        while True:
            await self.slots.needed.wait()
            asked = self.engine.caller.clock()
            grant = await self.contact.ask(lambda: self.queue.take(self.worker, self._room()))
            if grant is None:
                self.slots.forfeit()
                continue
            self._obey(grant, asked)
            if grant is self.standing and grant.granted and self.may_start:
                self.slots.add(grant, self.engine.caller.clock(), asked)
            await asyncio.sleep(_ASK_AGAIN if grant.granted else max(_ASK_AGAIN, min(1.0, grant.wait)))

    async def tell_ends(self) -> None:
        """Report, and hear how things stand, about once a second. Runs until cancelled."""
        quiet = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_BEAT):
                    await self._urgent.wait()
            quiet += _BEAT
            if self._waiting or self._sending or quiet >= _LIFE:
                await self.flush()
                quiet = 0.0

    async def flush(self) -> None:
        """Report now."""
        async with self._lock:
            self._urgent.clear()
            asked = self.engine.caller.clock()
            if not self._sending:
                self._sending, self._waiting = self._waiting, []
                self._number += 1
            standing = await self.contact.ask(
                lambda: self.queue.report(self.worker, self._number, self._sending, self.about())
            )
            if standing is not None:
                self._sending = []
        self._obey(standing, asked)

    def _obey(self, standing: Standing | None, asked: float) -> None:
        if standing is None or (standing.epoch < self.standing.epoch and asked < self._heard):
            return  # an answer that was overtaken by a newer one: its starts must not be made
        self._heard = self.engine.caller.clock()
        before, self.standing = self.standing, standing
        if standing.epoch != before.epoch:
            self.slots.forfeit()
        if standing.state is not before.state:
            self._tell_state(standing)
        if standing.state is State.STOPPED:
            reason = "guard" if standing.signature else "control"
            self.engine.controls.drain(Stopped(reason, standing.signature, standing.why or "stopped for all workers"))
        if standing.prober and not before.prober:
            signature = standing.signature or "unknown"
            why = standing.why or "all workers pause"
            self.engine.alarmed(Alarm(AlarmKind.PAUSE, signature, why, items=standing.items))
        self.engine.controls.changed.set()

    def _tell_state(self, standing: Standing) -> None:
        because = " ".join(word for word in (standing.signature, standing.why) if word)
        self.engine.caller.tell(Notice(_WORDS[standing.state] + (f": {because}" if because else "")))

    def _room(self) -> int:
        # Not more than there is work for: what is granted and not used is lost to the others.
        return max(1, min(self.engine.ceiling.level - self.engine.in_flight, 1 + self.backlog()))

    def _over(self) -> bool:
        return self.engine.controls.stopping
