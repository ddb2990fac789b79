"""The gate of one run: preflight first, then canary calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from diag.backfill.engine import Engine
from diag.backfill.events import Notice
from diag.backfill.job import Job
from diag.backfill.options import Options
from diag.backfill.result import GateReport, Stopped
from diag.errors import ExitCode
from diag.gate import Decision, GateTest, Limits
from diag.rows.outcome import Outcome


class Health(Protocol):
    """What preflight comes to (``PreflightResult``)."""

    @property
    def exit_code(self) -> ExitCode: ...
    @property
    def verdict(self) -> str: ...
    @property
    def signature(self) -> str | None: ...
    @property
    def outcomes(self) -> Sequence[Outcome]: ...
    @property
    def requests_per_second(self) -> float | None: ...


class CanarySource(Protocol):
    """Where canaries come from, ``most`` of them."""

    most: int | None

    async def next(self) -> Job | None:
        """The next canary."""


Preflight = Callable[[], Awaitable[Health]]


async def open_gate(
    engine: Engine, preflight: Preflight, canaries: CanarySource, limits: Limits, options: Options
) -> GateReport:
    """Ask preflight, then the canaries. Where the gate stays shut the run is told to stop."""
    health = await _interruptible(engine, preflight)
    if health is None:
        return GateReport("none", "interrupted before the gate could decide")
    test = GateTest(limits)
    for outcome in health.outcomes:
        answered = await engine.caller.adopt(outcome)
        test = test.after(answered.reading, outcome.diagnosis.signature, called=outcome.called)
    if health.exit_code is not ExitCode.OK:
        return _shut(engine, test, health)
    if health.requests_per_second:
        engine.limiter.expect(health.requests_per_second)
    engine.caller.tell(Notice("preflight is healthy; sending canary calls"))
    canaries.most = None if options.limit is None else options.limit - engine.caller.tally.attempted
    test = await engine.probe(test, canaries.next)
    return _report(engine, test)


async def _interruptible(engine: Engine, preflight: Preflight) -> Health | None:
    task = asyncio.ensure_future(preflight())
    engine.controls.on_stop(lambda: bool(task.cancel()))
    await asyncio.wait([task])
    return None if task.cancelled() else task.result()


def _shut(engine: Engine, test: GateTest, health: Health) -> GateReport:
    why = f"preflight says {health.verdict}" + (f": {health.signature}" if health.signature else "")
    engine.controls.drain(Stopped("gate", health.signature, why))
    return GateReport(Decision.SHUT, why, test.called, test.successes)


def _report(engine: Engine, test: GateTest) -> GateReport:
    decision, why = test.decision, test.why
    if decision is None and not engine.controls.stopping:
        # Fewer rows than the test wants: there is nothing left to protect beyond what was called.
        decision = Decision.OPEN if test.successes or not test.failures else Decision.UNDECIDED
        why = f"{test.why}: the rows ran out before the test could decide"
    if decision in (Decision.SHUT, Decision.UNDECIDED):
        worst = next((seen.signature for seen in engine.caller.tally.signatures), None)
        engine.controls.drain(Stopped("gate", test.repeated or worst, why))
    return GateReport(decision or "none", why, test.called, test.successes)
