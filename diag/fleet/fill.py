"""Filling the queue: the gate is opened here, by real calls, and what is left goes to the workers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from diag.backfill.canaries import Canaries
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.events import Notice, Observer
from diag.backfill.health import Preflight, open_gate
from diag.backfill.limiter import RateLimiter
from diag.backfill.options import Options
from diag.backfill.parts import Run, opened
from diag.backfill.plan import Plan
from diag.backfill.result import BackfillResult, GateReport
from diag.backfill.run import as_result, put_together
from diag.config.settings import Settings
from diag.errors import UsageError
from diag.fleet.canaries import ClaimedCanaries
from diag.fleet.check import known_state, work_of
from diag.fleet.queue import STEP, Queue, can_fill
from diag.fleet.state import Filled, Pace
from diag.project import Project, ProjectError
from diag.rows.pending import pending_filter

_FOR_THE_WORKERS = (
    "concurrency", "max_calls", "max_cost", "max_duration", "passes", "retry_failed", "repair", "accept_degraded",
)  # fmt: skip


def refuse_workers_options(options: Options) -> None:
    """Raises UsageError for options that the one who fills a queue cannot hold workers to."""
    given = [f"--{name.replace('_', '-')}" for name in _FOR_THE_WORKERS if getattr(options, name)]
    if given:
        remedy = "leave them out: --limit and --rate hold for all workers, the rest is said to each (nukediag worker)"
        raise UsageError(f"{', '.join(given)}: not where a queue is filled", remedy)


async def fill(
    project: Project,
    settings: Settings,
    options: Options,
    plan: Plan,
    *,
    queue: str,
    preflight: Preflight | None = None,
    controls: Controls | None = None,
    observers: Sequence[Observer] = (),
) -> BackfillResult:
    """Open the gate (with ``preflight`` only if it and the canary calls say so), then put the pending rows on the
    queue. Workers that wait there begin at once.

    Raises UsageError where the queue cannot take these rows or another run holds the table, ProjectError, JournalError.
    """
    try:
        busy = await known_state(project, queue) is not None
    except ProjectError:
        if preflight is None:
            raise  # else preflight says more about it
        busy = False
    async with opened(project, settings, options, plan, controls, {"queue": queue}) as this:
        async with put_together(this, observers) as engine:
            shared = Queue(project.data, queue)
            await _gate(this, engine, preflight, shared if busy else None)
            queued = 0 if this.controls.stopping else await _fill(this, engine, shared)
        await this.count()
        result = replace(as_result(this), queue=queue, queued=queued)
        await this.journal.finish(result)
        return result


async def _gate(this: Run, engine: Engine, preflight: Preflight | None, busy: Queue | None) -> None:
    """``busy``: the queue where workers may be at work already."""
    if this.options.force:
        this.gate = GateReport("none", "forced: filled without a gate")
        return
    if preflight is None:
        return
    canaries = Canaries(this.rows, this.journal)
    if busy is None:
        this.gate = await open_gate(engine, preflight, canaries, engine.limits, this.options)
        return
    claimed = ClaimedCanaries(canaries, busy, this.journal.run)
    try:
        this.gate = await open_gate(engine, preflight, claimed, engine.limits, this.options)
    finally:
        await claimed.give_up()


async def _fill(this: Run, engine: Engine, queue: Queue) -> int:
    await queue.begin(this.journal.run, work_of(this.settings), _pace(this, engine))
    wanted = None if this.options.limit is None else max(0, this.options.limit - this.tally.attempted)
    add_some, rows, after, complete = _adding(this, queue), 0, None, wanted == 0
    while not complete and not this.controls.stopping:
        step = await add_some(after, STEP if wanted is None else min(STEP, wanted - rows))
        rows, after = rows + step.rows, step.after
        complete = step.complete or rows == wanted
        engine.caller.tell(Notice(f"{rows:,} rows are on the queue {queue.name}"))
        await asyncio.sleep(0)
    return rows


def _adding(this: Run, queue: Queue) -> Callable[[str | None, int], Awaitable[Filled]]:
    """What adds the next rows behind a key: the database itself, or, where it does not know the filters, page by page
    from here."""
    if can_fill(work_of(this.settings)):
        return queue.fill
    table, where = this.settings.table, pending_filter(this.settings)

    async def add_page(after: str | None, most: int) -> Filled:
        page = await this.project.data.page(table.name, [table.id], where, key=table.id, after=after, limit=most)
        ids = [str(record[table.id]) for record in page]
        added = await queue.add(ids) if ids else Filled(rows=0, messages=0, complete=True)
        return Filled(rows=len(ids), messages=added.messages, after=ids[-1] if ids else after, complete=not ids)

    return add_page


def _pace(this: Run, engine: Engine) -> Pace:
    """How all workers together begin. A rate that an earlier run found stays, unless a provider names a lower one."""
    limiter, limits = engine.limiter, engine.limits
    rate = limiter.named if isinstance(limiter, RateLimiter) else None
    return Pace(rate=rate, most=this.options.rate, go=limits.go, stop=limits.stop)
