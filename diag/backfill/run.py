"""One backfill run from the lease to the last count."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from diag.backfill.breaker import LocalBreaker
from diag.backfill.calls import Caller, Worker
from diag.backfill.calls import Finder as Looker
from diag.backfill.canaries import Canaries
from diag.backfill.ceiling import AutoCeiling, FixedCeiling
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.events import Notice, Observer
from diag.backfill.fate import Policy
from diag.backfill.health import Preflight, open_gate
from diag.backfill.leftover import take_up
from diag.backfill.limiter import RateLimiter
from diag.backfill.options import Options
from diag.backfill.parts import Run, opened
from diag.backfill.plan import Plan, in_flight, most_calls
from diag.backfill.progress import keep_record
from diag.backfill.records import State
from diag.backfill.remote import listen
from diag.backfill.repair import HollowRows
from diag.backfill.result import BackfillResult, GateReport, Stopped
from diag.backfill.retries import RetryBudget, Uniform
from diag.backfill.source import PendingRows
from diag.backfill.unresolved import Finder
from diag.config import Configuration
from diag.config.settings import Settings
from diag.errors import ExitCode
from diag.gate import Limits
from diag.project import Project
from diag.rows import RowWorker

_START = 8  # calls in flight at the beginning
_START_UNPROVEN = 2  # calls in flight at the beginning of a run that no gate has vouched for
WINDOW = 0.25  # seconds: little against a call of 5 to 10 s, and a dozen rows share each query to the database
_SETTLE, _SETTLE_LOCAL = 400.0, 20.0
_LOCAL = ("127.0.0.1", "localhost", "::1")


async def run(
    project: Project,
    settings: Settings,
    options: Options,
    plan: Plan,
    *,
    preflight: Preflight | None = None,
    controls: Controls | None = None,
    observers: Sequence[Observer] = (),
) -> BackfillResult:
    """Call the function for every row without a result. With ``preflight`` only if it and the canary calls say so.

    Raises UsageError where another run holds the table, JournalError where nothing can be recorded.
    """
    async with opened(project, settings, options, plan, controls) as this:
        async with put_together(this, observers) as engine, attended(this, engine, lambda: as_result(this)):
            await go(this, engine, preflight)
        result = as_result(this)
        await this.journal.finish(result)
        return result


@asynccontextmanager
async def attended(this: Run, engine: Engine, result: Callable[[], BackfillResult]) -> AsyncIterator[None]:
    """Meanwhile the run hears what is said to it from another terminal, and writes down how it stands."""
    beside = [
        asyncio.create_task(listen(this.journal, engine)),
        asyncio.create_task(keep_record(this, engine, result)),
    ]
    try:
        yield
    finally:
        for task in beside:
            task.cancel()


@asynccontextmanager
async def put_together(this: Run, observers: Sequence[Observer]) -> AsyncIterator[Engine]:
    """The engine of a run, with its worker; at the end both are let go."""
    async with RowWorker(this.project, this.settings, window=WINDOW, brief=True) as worker:
        finder = Finder(worker, this.project.data, this.settings.table)
        yield assemble(this, worker, finder, observers)


def assemble(
    this: Run,
    worker: Worker,
    finder: Looker,
    observers: Sequence[Observer],
    *,
    uniform: Uniform = random.uniform,
) -> Engine:
    """The engine of a run as its options and settings want it."""
    settings, options = this.settings, this.options
    caller = Caller(
        worker,
        finder,
        this.journal,
        this.tally,
        this.controls,
        clock=asyncio.get_running_loop().time,
        settle=settle_seconds(this.project.configuration, settings),
        policy=Policy(settings.backfill.attempts, settings.backfill.patience, this.hold),
        budget=RetryBudget(settings.backfill.retry_budget),
        accept_degraded=options.accept_degraded,
        observers=observers,
        uniform=uniform,
    )
    start = _START if options.if_healthy or options.force else _START_UNPROVEN
    most = in_flight(options, settings)
    ceiling = FixedCeiling(most, start) if most is not None else AutoCeiling(start=start)
    allowed = most_calls(options, settings)
    money = "max-calls" if allowed == options.max_calls else "max-cost"
    breaker = LocalBreaker(None if options.repair else lambda: Canaries(this.rows, this.journal).next)
    return Engine(caller, RateLimiter(options.rate), ceiling, limits(options, settings), allowed, money, breaker)


async def go(this: Run, engine: Engine, preflight: Preflight | None) -> None:
    """Gate, passes, last count."""
    timer = None
    if this.options.max_duration is not None:
        over = Stopped("max-duration", None, f"{this.options.max_duration:.0f} s are over")
        timer = asyncio.get_running_loop().call_later(this.options.max_duration, this.controls.drain, over)
    try:
        if this.options.force:
            this.gate = GateReport("none", "forced: started without a gate")
        elif preflight is not None:
            if not this.options.repair:
                await take_up(engine.caller, this.still_pending)
            canaries = _hollow(this) if this.options.repair else Canaries(this.rows, this.journal)
            this.gate = await open_gate(engine, preflight, canaries, engine.limits, this.options)
        if not this.controls.stopping:
            await _passes(this, engine)
    finally:
        if timer is not None:
            timer.cancel()
        await this.count()


async def _passes(this: Run, engine: Engine) -> None:
    most = this.options.passes or this.settings.backfill.passes
    while this.passes < most and not this.controls.stopping:
        source = await _source(this)
        this.passes += 1
        if this.passes > 1:
            engine.caller.tell(Notice(f"pass {this.passes}: once more for the rows that failed for a passing cause"))
        try:
            await engine.run_pass(source)
        finally:
            await source.close()
        if this.passes == 1:
            this.tally.skipped = source.skipped
        if not await _failed(this):
            return


async def _failed(this: Run) -> int:
    """How many rows a further pass may help. At the end of a pass the unresolved ones are out of attempts."""
    states = (State.FAILED, State.UNRESOLVED)
    return sum([await this.journal.counted(state, own=True) for state in states])


async def _source(this: Run) -> PendingRows | HollowRows:
    limit, again = this.options.limit, this.passes > 0 and this.options.limit is not None
    if again:
        limit = await _failed(this)
    elif limit is not None:
        limit -= this.tally.attempted
    if this.options.repair:
        return _hollow(this, limit)
    return PendingRows(
        this.rows,
        this.still_pending,
        this.journal,
        settle=settle_seconds(this.project.configuration, this.settings),
        retry_failed=this.options.retry_failed,
        again=again,
        limit=limit,
        stopping=lambda: this.controls.stopping,
    )


def _hollow(this: Run, most: int | None = None) -> HollowRows:
    settle = settle_seconds(this.project.configuration, this.settings)
    return HollowRows(this.hollow, this.journal, settle=settle, retry_failed=this.options.retry_failed, most=most)


def as_result(this: Run) -> BackfillResult:
    """What the run comes to, or has come to by now."""
    tally = this.tally
    result = BackfillResult(
        run=this.journal.run,
        function=this.settings.function.name,
        pending=this.plan.pending,
        attempted=tally.attempted,
        succeeded=tally.succeeded,
        failed=tally.failed,
        skipped=tally.skipped,
        calls=tally.calls,
        retries=tally.retries,
        signatures=tally.signatures,
        gate=this.gate,
        stopped=this.controls.stopped,
        passes=this.passes,
        duration_ms=(time.monotonic() - this.began) * 1000,
        cost_usd=tally.cost_usd,
        remaining=this.remaining,
        refused=this.refused,
        unresolved=tally.unresolved,
        wasted=tally.wasted,
        cost_per_call=tally.price,
    )
    return replace(result, exit_code=exit_code(result))


def exit_code(result: BackfillResult) -> ExitCode:
    """The contract's exit code for a run."""
    reason = result.stopped.reason if result.stopped else None
    if reason in ("gate", "no-rows-visible"):
        return ExitCode.UNHEALTHY
    if reason == "interrupted":
        return ExitCode.INTERRUPTED
    if reason is not None:
        return ExitCode.STOPPED
    return ExitCode.ROWS_FAILED if result.failed else ExitCode.OK


def limits(options: Options, settings: Settings) -> Limits:
    """The success rates between which gate and guard decide."""
    gate = settings.gate
    rates = Limits(gate.go, gate.stop) if options.accept_rate is None else Limits.accepting(options.accept_rate)
    return replace(rates, error=gate.error, most=max(gate.most, replace(rates, error=gate.error).straight))


def settle_seconds(configuration: Configuration, settings: Settings) -> float:
    """Seconds after which nothing of a call can still be running. Hosted workers live for 400 s at most
    (supabase.com/docs/guides/functions/limits)."""
    if settings.backfill.settle is not None:
        return settings.backfill.settle
    return _SETTLE_LOCAL if urlsplit(configuration.url or "").hostname in _LOCAL else _SETTLE
