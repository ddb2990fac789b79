"""One supervised run, from the lease to the last count."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from diag.backfill.canaries import Canaries
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.events import Event, Notice, Observer, RowAnswered
from diag.backfill.fate import Fate
from diag.backfill.health import Preflight, open_gate
from diag.backfill.options import Options
from diag.backfill.parts import Run, opened
from diag.backfill.plan import Plan
from diag.backfill.result import BackfillResult, GateReport, Stopped
from diag.backfill.run import as_result, attended, exit_code, put_together
from diag.backfill.supervise.child import Child, Command
from diag.backfill.supervise.ledger import Ledger
from diag.backfill.supervise.marks import Marks
from diag.backfill.supervise.puzzles import Solver
from diag.backfill.supervise.watch import Pass, Watch, stopped_by_itself
from diag.config.settings import Settings
from diag.gate import Guard
from diag.project import Project, ProjectError
from diag.secret import redact

_TICK = 0.2  # seconds between looks at the stop words, where nothing else wakes the watch
_LAST_LINES = 5.0  # seconds to read on once the command has ended


async def supervise(
    project: Project,
    settings: Settings,
    options: Options,
    plan: Plan,
    *,
    command: Command,
    pass_on: Pass,
    preflight: Preflight | None = None,
    controls: Controls | None = None,
    observers: Sequence[Observer] = (),
) -> BackfillResult:
    """Run somebody else's backfill: gated as ``diag.backfill.run``, then watched and stopped where going on is waste.

    What the command's words and exit code claim does not count where the database says otherwise. Raises UsageError
    where another run holds the table or the command cannot be started, JournalError where nothing can be recorded.
    """
    notes = {"command": redact(" ".join(command.words))[:500]}
    async with opened(project, settings, options, plan, controls, notes) as this:
        result = await _Supervised(this, command, pass_on).from_gate_to_count(preflight, observers)
        result = replace(result, exit_code=exit_code(result))
        await this.journal.finish(result)
        return result


class _Supervised:
    def __init__(self, this: Run, command: Command, pass_on: Pass) -> None:
        self._this = this
        self._command = command
        self._pass_on = pass_on
        self._mine: set[str] = set()
        self._ledger: Ledger | None = None
        self._hurry = asyncio.Event()
        self._before = 0
        this.controls.on_stop(self._hasten)

    async def from_gate_to_count(self, preflight: Preflight | None, observers: Sequence[Observer]) -> BackfillResult:
        this = self._this
        timer = self._timer()
        async with put_together(this, [*observers, self._remember]) as engine:
            try:
                async with attended(this, engine, self._result):
                    await self._gate(engine, preflight)
                    if not this.controls.stopping and await self._something_left():
                        await self._run_command(engine)
            finally:
                if timer is not None:
                    timer.cancel()
                await this.count()
        return self._result()

    async def _gate(self, engine: Engine, preflight: Preflight | None) -> None:
        this = self._this
        if this.options.force:
            this.gate = GateReport("none", "forced: started without a gate")
        elif preflight is not None:
            canaries = Canaries(this.rows, this.journal)
            this.gate = await open_gate(engine, preflight, canaries, engine.limits, this.options)

    async def _something_left(self) -> bool:
        with suppress(ProjectError):
            self._before = await self._this.pending_now()
            return self._before > 0
        return True

    async def _run_command(self, engine: Engine) -> None:
        this = self._this
        this.passes = 1
        ledger = self._ledger = Ledger(
            Guard(engine.limits), this.options.accept_degraded, counters=this.journal.counters
        )
        marks = Marks(this.project, this.settings, time.time() - 1, self._mine)
        watch = Watch(this, engine, ledger, marks, Solver(this, engine, ledger), self._pass_on)
        engine.caller.tell(Notice(f"starting {self._command.words[0]}"))
        child = await Child.start(self._command, this.journal.run)
        try:
            await self._watched(child, watch)
        finally:
            if child.process.returncode is None:
                await child.stop(this.settings.supervise.grace, self._hurry)
        if await child.clear_away(this.settings.supervise.grace):
            engine.caller.tell(Notice("the command left processes running; they were ended"))
        if ledger.hollow:
            hollow = f"{ledger.hollow:,} rows were marked with no full result behind the mark"
            engine.caller.tell(Notice(f"{hollow}: nukediag backfill --repair calls exactly those"))
        await this.count()
        if not this.controls.stopping and child.process.returncode is not None:
            touched = max(ledger.touched, self._before - (this.remaining or 0))
            code, last = child.process.returncode, watch.last_words()
            this.controls.stopped = stopped_by_itself(code, this.remaining, touched, last)

    async def _watched(self, child: Child, watch: Watch) -> None:
        """Until the command has ended, or was stopped, and everything that it said was heard."""
        out, err = child.process.stdout, child.process.stderr
        assert out is not None  # both are pipes
        assert err is not None
        readers = [asyncio.create_task(watch.read("stdout", out)), asyncio.create_task(watch.read("stderr", err))]
        helpers = [asyncio.create_task(work) for work in (watch.look(), watch.tell(), watch.solver.work())]
        try:
            await self._until_end(child, watch, [*readers, *helpers])
            if self._this.controls.stopping:
                watch.tell_of_end()
                await child.stop(self._this.settings.supervise.grace, self._hurry)
            # Something that it started may hold its streams open for ever.
            await asyncio.wait(readers, timeout=_LAST_LINES)
            await watch.look_once()
            await watch.solver.settled(0 if self._hurry.is_set() else self._this.settings.function.timeout)
        finally:
            for task in (*readers, *helpers):
                task.cancel()
            await asyncio.gather(*readers, *helpers, return_exceptions=True)

    async def _until_end(self, child: Child, watch: Watch, tasks: Sequence[asyncio.Task[None]]) -> None:
        controls = self._this.controls
        # Asked for its exit code, not waited for: some versions of asyncio wait for the ends of its streams as well.
        while child.process.returncode is None and not controls.stopping:
            await controls.wait(_TICK)
            child.halt(controls.paused)
            watch.heed()
            _raise_first(tasks)

    def _hasten(self) -> None:
        if self._this.controls.at_once:
            self._hurry.set()

    def _timer(self) -> asyncio.TimerHandle | None:
        seconds = self._this.options.max_duration
        if seconds is None:
            return None
        over = Stopped("max-duration", None, f"{seconds:.0f} s are over")
        return asyncio.get_running_loop().call_later(seconds, self._this.controls.drain, over)

    def _remember(self, event: Event) -> None:
        if isinstance(event, RowAnswered) and (event.outcome.marked or event.fate is Fate.DONE):
            self._mine.add(event.outcome.row.id)

    def _result(self) -> BackfillResult:
        own = as_result(self._this)
        if self._ledger is None:
            return own
        return self._ledger.added_to(own, self._this.settings.backfill.cost_per_call)


def _raise_first(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error
