"""One worker: the backfill's own engine, with its rows, its pace and its breaker from the shared queue."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diag import __version__
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.events import Notice, Observer
from diag.backfill.journal import Journal, journal_path
from diag.backfill.options import Options
from diag.backfill.parts import Run, new_run_id, priced
from diag.backfill.plan import Plan
from diag.backfill.progress import keep_record
from diag.backfill.result import BackfillResult, Stopped
from diag.backfill.run import as_result, exit_code, put_together
from diag.errors import ExitCode, UsageError
from diag.fleet.check import check_lease, check_queue
from diag.fleet.contact import Contact
from diag.fleet.direct import way
from diag.fleet.queue import LEASE, Queue
from diag.fleet.shared import Shared
from diag.fleet.slots import Slots
from diag.fleet.state import Archived
from diag.fleet.supply import Supply
from diag.project import Project, ProjectError

_MOST_ON_ONE_MACHINE = 256
_PARTING = 10.0  # seconds for the last words to the database
_WATCH = 0.5


@dataclass(frozen=True, slots=True)
class Wishes:
    """``lease``: seconds for which rows are this worker's unless renewed. ``until_empty``: end with the queue.
    ``direct``: the queue over DATABASE_URL."""

    queue: str
    lease: float = LEASE
    until_empty: bool = False
    concurrency: int | None = None
    max_calls: int | None = None
    retry_failed: bool = False
    accept_degraded: bool = False
    direct: bool = False


@dataclass(frozen=True, slots=True)
class WorkerResult:
    """What one worker did. ``given_up`` rows have no result and did not go back to the queue, ``skipped`` ones are
    known on this machine to be bad, ``archived`` messages were put aside by it."""

    worker: str
    queue: str
    run: BackfillResult
    given_up: int
    skipped: int
    archived: tuple[Archived, ...]
    exit_code: ExitCode


@dataclass
class Worker:
    """A worker that runs, for whoever looks at it: its health file, its health port."""

    name: str
    queue: str
    engine: Engine
    shared: Shared
    supply: Supply
    contact: Contact

    def about(self) -> dict[str, Any]:
        """Numbers and short words."""
        tally = self.engine.caller.tally
        return {
            "host": socket.gethostname()[:80],
            "pid": os.getpid(),
            "version": __version__,
            "state": "draining" if self.engine.controls.stopping else str(self.shared.standing.state),
            "in_flight": self.engine.in_flight,
            "rows": self.supply.rows,
            "calls": tally.calls,
            "succeeded": tally.succeeded,
            "failed": tally.failed,
            "given_up": self.supply.given_up,
        }

    @property
    def unheard(self) -> float:
        """Seconds since the database last answered."""
        return self.engine.caller.clock() - self.contact.heard


Watch = Callable[[Worker], object]


async def work(
    project: Project,
    wishes: Wishes,
    *,
    controls: Controls | None = None,
    observers: Sequence[Observer] = (),
    watch: Watch = lambda worker: None,
) -> WorkerResult:
    """Drain the queue together with all other workers. ``watch`` is called twice a second.

    Raises UsageError where the queue is not there or meant for other rows, JournalError where nothing can be recorded,
    ProjectError where the database cannot be used at all.
    """
    controls, settings = controls or Controls(), project.configuration.settings
    check_lease(project, wishes.lease)
    await check_queue(project, wishes.queue, must_be_there=wishes.until_empty)
    journal = await _own_journal(project.configuration.state_dir, settings.table.name, wishes.queue, project)
    try:
        options = Options(
            concurrency=wishes.concurrency,
            max_calls=wishes.max_calls,
            retry_failed=wishes.retry_failed,
            accept_degraded=wishes.accept_degraded,
        )
        this = Run(project, settings, options, Plan(0, 0, 0, 0.0, 0.0), controls, journal)
        await journal.begin(0, {"queue": wishes.queue, **priced(settings)})
        async with _put_together(this, wishes, observers) as worker:
            await _run(worker, watch, keep_record(this, worker.engine, lambda: as_result(this)))
        result = as_result(this)
        await journal.finish(result)
        return _result(worker, result)
    finally:
        await journal.close()


async def _own_journal(state_dir: Path, table: str, queue: str, project: Project) -> Journal:
    """The first journal of this queue that no other worker on this machine holds: after a restart most likely the one
    that it wrote before, with the rows whose calls it does not know the end of."""
    function = project.configuration.settings.function.name
    for number in range(_MOST_ON_ONE_MACHINE):
        path = journal_path(state_dir, f"{table}-worker-{queue}-{number}")
        try:
            return await Journal.open(path, function, new_run_id())
        except UsageError:
            continue
    raise UsageError(f"{_MOST_ON_ONE_MACHINE} workers run on this machine already", "start it on another machine")


@asynccontextmanager
async def _put_together(this: Run, wishes: Wishes, observers: Sequence[Observer]) -> AsyncIterator[Worker]:
    watchers: list[Observer] = [*observers]
    this.hold = False  # the queue has better patience: nothing is lost with this process
    async with way(this.project, direct=wishes.direct) as functions, put_together(this, watchers) as engine:
        name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
        queue, clock = Queue(functions, wishes.queue), engine.caller.clock
        contact = Contact(this.controls, engine.caller.tell, clock)
        slots = Slots(this.controls.changed.set)

        def about() -> Mapping[str, Any]:
            return worker.about()

        shared = Shared(queue, name, engine, slots, contact, about, lambda: supply.backlog)
        supply = Supply(
            queue, name, contact, this.project, this.settings, engine.caller,
            lease=wishes.lease, settle=engine.caller.settle, clock=lease_clock,
            may_take=lambda: shared.may_start, room=lambda: max(1, engine.ceiling.level // 2),
            until_empty=wishes.until_empty, retry_failed=wishes.retry_failed,
        )  # fmt: skip
        watchers.append(supply.observe)
        engine.limiter, engine.breaker = slots, shared
        worker = Worker(name, wishes.queue, engine, shared, supply, contact)
        yield worker


def lease_clock() -> float:
    """Seconds that also go by while the process is frozen or the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


async def _run(worker: Worker, watch: Watch, record: Coroutine[Any, Any, None]) -> None:
    engine, shared, supply = worker.engine, worker.shared, worker.supply
    engine.caller.tell(Notice(f"worker {worker.name} on queue {worker.queue}"))
    await shared.flush()
    beside = _Beside(engine.controls)
    beside.start(
        shared.take_starts(), shared.tell_ends(), supply.feed(), supply.keep(), _watching(worker, watch), record
    )
    try:
        await engine.run_pass(supply)
    finally:
        await supply.close()
        await _part(worker)
        beside.stop()
        watch(worker)
    beside.raise_crash()


async def _part(worker: Worker) -> None:
    """The last report, and out of the list. Nothing hangs on it."""
    try:
        async with asyncio.timeout(_PARTING):
            await worker.shared.flush()
            await worker.shared.queue.leave(worker.name)
    except (ProjectError, TimeoutError):
        return


async def _watching(worker: Worker, watch: Watch) -> None:
    while True:
        watch(worker)
        await asyncio.sleep(_WATCH)


class _Beside:
    """What goes on beside the engine. A crash there ends the worker softly, and is raised at the end."""

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._tasks: list[asyncio.Task[None]] = []
        self._crash: BaseException | None = None

    def start(self, *coroutines: Coroutine[Any, Any, None]) -> None:
        for coroutine in coroutines:
            task = asyncio.create_task(coroutine)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    def raise_crash(self) -> None:
        if self._crash is not None:
            raise self._crash

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._crash = self._crash or error
            self._controls.drain(Stopped("error", None, "nukediag itself failed"))


def _result(worker: Worker, run: BackfillResult) -> WorkerResult:
    supply = worker.supply
    code = exit_code(run)
    if run.stopped is None:
        code = ExitCode.ROWS_FAILED if supply.given_up or supply.archived else ExitCode.OK
    return WorkerResult(worker.name, worker.queue, run, supply.given_up, supply.skipped, tuple(supply.archived), code)
