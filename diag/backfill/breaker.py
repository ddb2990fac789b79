"""What follows when the guard raises an alarm: stop, or pause and let a few calls decide whether to go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from diag.backfill.events import Notice
from diag.backfill.job import Answered, Job
from diag.backfill.result import Stopped
from diag.gate import ITEMS, Alarm, AlarmKind, Decision, GateTest

if TYPE_CHECKING:
    from diag.backfill.engine import Engine

_PAUSES = (30.0, 60.0, 120.0, 240.0, 480.0, 600.0)  # seconds
_PAUSES_IN_A_ROW = 3
_GOOD_BETWEEN = 100  # successes after which earlier pauses are forgotten

Draw = Callable[[], Awaitable[Job | None]]


class Breaker(Protocol):
    """What the engine asks about going on. ``heed`` comes once nothing is in flight any more."""

    def ended(self, answered: Answered) -> None:
        """A call has ended, be it one of the flow or a probe's."""

    async def heed(self, engine: Engine, alarm: Alarm, draw: Draw) -> None:
        """Leave the guard calm, or the run told to stop. ``draw`` gives jobs for probe calls."""


class LocalBreaker:
    """Decides for this process alone. ``spread`` gives a fresh source of rows from all over the table: whether dead
    pictures lie in a heap or everywhere is seen elsewhere, not in the next rows."""

    def __init__(self, spread: Callable[[], Draw] | None = None) -> None:
        self._spread = spread
        self._pauses = 0
        self._good_at_pause = 0

    def ended(self, answered: Answered) -> None:
        """Nothing: the engine's own guard has seen it."""

    async def heed(self, engine: Engine, alarm: Alarm, draw: Draw) -> None:
        """Wait, then ask the gate's test whether to go on."""
        if alarm.kind is AlarmKind.STOP or (not alarm.items and self._too_many_pauses(engine.good)):
            engine.controls.drain(Stopped("guard", alarm.signature, alarm.why))
            return
        wait = _PAUSES[0 if alarm.items else min(self._pauses - 1, len(_PAUSES) - 1)]
        seconds = max(wait, engine.limiter.not_before - engine.caller.clock())
        engine.caller.tell(Notice(f"pausing for {seconds:.0f} s: {alarm.why} ({alarm.signature})"))
        await engine.rest(seconds)
        test = await self._probe(engine, alarm, draw)
        if engine.controls.stopping:
            return
        if test.decision in (Decision.OPEN, None):
            engine.calm()
            engine.caller.tell(Notice(f"going on: {test.why}"))
        else:
            if alarm.items:
                await engine.caller.journal.doubt(alarm.signature)
            why = f"after a pause of {seconds:.0f} s, {test.why}"
            engine.controls.drain(Stopped("guard", alarm.signature, why))

    async def _probe(self, engine: Engine, alarm: Alarm, draw: Draw) -> GateTest:
        if not alarm.items:
            return await engine.probe(GateTest(engine.limits), draw)
        return await engine.probe(GateTest(ITEMS, items=True), self._spread() if self._spread else draw)

    def _too_many_pauses(self, good: int) -> bool:
        if good - self._good_at_pause >= _GOOD_BETWEEN:
            self._pauses = 0
        self._pauses += 1
        self._good_at_pause = good
        return self._pauses > _PAUSES_IN_A_ROW
