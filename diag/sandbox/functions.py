"""The edge functions' workers: one Deno process per function, started when it is called or its secrets changed."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from diag.sandbox.children import Child, Family
from diag.sandbox.limits import Allowance, Meter, Overstepped
from diag.sandbox.logbook import Logbook
from diag.sandbox.model import REGION, Deployed
from diag.sandbox.parts import deno_environment, deno_run
from diag.sandbox.ports import free_ports, until_listening
from diag.sandbox.worker_log import WorkerLog

_BOOT_SECONDS = 20
_DRAIN_SECONDS = 400  # the longest that a hosted worker lives
_DYING_SECONDS = 3  # to end by itself
_LOOK_AGAIN = 0.04  # seconds between two readings of a busy worker's use


class BootError(Exception):
    """The function's process ended, or did not listen, before it could be called; its log says why."""


@dataclass
class Worker:
    """A running function. ``execution_id`` names the worker, not a request, as on the hosted platform."""

    slug: str
    port: int
    child: Child
    execution_id: str
    log: WorkerLog
    meter: Meter
    calls: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    buried: asyncio.Event = field(default_factory=asyncio.Event)
    overstepped: Overstepped | None = None

    def __post_init__(self) -> None:
        self.idle.set()

    def __enter__(self) -> Worker:
        self.meter.begin(idle=self.calls == 0)
        self.calls += 1
        self.idle.clear()
        self.busy.set()
        return self

    def __exit__(self, *_: object) -> None:
        self.calls -= 1
        if self.calls == 0:
            self.idle.set()
            self.busy.clear()

    async def guard(self) -> None:
        """End it by force when it oversteps its allowance while it serves."""
        while self.child.alive and self.overstepped is None:
            await self.busy.wait()
            self.overstepped = self.meter.reading()
            await asyncio.sleep(0 if self.overstepped else _LOOK_AGAIN)
        if self.child.alive:
            self.child.process.kill()

    async def was_killed(self, seconds: float) -> bool:
        """Whether it ended because it overstepped its allowance; waits that long for its end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.buried.wait(), seconds)
        return self.overstepped is not None

    async def bury(self) -> None:
        """Wait for its end and log it."""
        code = await self.child.ended()
        self.busy.set()  # nothing to guard any more
        if self.log.ran_out_of_memory:
            self.overstepped = "Memory"
        sent_away = self.child.expected_end and code <= 0
        self.log.ended(self.overstepped or ("EarlyDrop" if sent_away else ""))
        self.buried.set()


@dataclass(frozen=True)
class Fence:
    """What a worker may reach: the gateway and the stand-ins, by loopback port, and which vendor host leads where."""

    ports: tuple[int, ...]
    upstreams: Mapping[str, str]
    """Host name (``*.`` for any label in front) -> base URL."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """How SDKs that do not use ``fetch`` are told where their vendor is."""


class Workers:
    """All functions' workers. ``environment(slug, execution_id)`` gives the variables of a new one."""

    def __init__(
        self,
        family: Family,
        fence: Fence,
        environment: Callable[[str, str], Mapping[str, str]],
        book: Logbook | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self._family, self._fence, self._environment = family, fence, environment
        self._book, self._allowance = book or Logbook(), allowance or Allowance()
        self._current: dict[str, Worker] = {}
        self._ending: list[Worker] = []
        self._booting: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def worker(self, function: Deployed) -> Worker:
        """A worker that listens; raises ``BootError``. Callers at the same time share one boot."""
        async with self._booting.setdefault(function.slug, asyncio.Lock()):
            current = self._current.get(function.slug)
            if current is None or not current.child.alive:
                current = self._current[function.slug] = await self._boot(function)
            return current

    async def _boot(self, function: Deployed) -> Worker:
        port, execution_id, begun = free_ports(1)[0], str(uuid.uuid4()), time.monotonic()
        variables = self._variables(function.slug, execution_id, port)
        deployment = {"deployment_id": variables.get("DENO_DEPLOYMENT_ID", ""), "region": REGION}
        log = WorkerLog(self._book, {"execution_id": execution_id, **deployment, **function.identity})
        child = await self._family.start(
            f"function-{function.slug}",
            self._command(port, function),
            env=variables,
            cwd=function.entry.parent,
            watched=False,  # a function that ends is the function's affair; the next call starts it again
            heard=log.heard,
        )
        if not await until_listening(port, child, _BOOT_SECONDS):
            await child.stop(0.2)
            await child.ended()
            log.failed_to_boot()
            raise BootError(child.last_words())
        log.booted(time.monotonic() - begun)
        worker = Worker(function.slug, port, child, execution_id, log, Meter(child.process.pid, self._allowance))
        self._begin(worker.guard())
        self._begin(worker.bury())
        return worker

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _command(self, port: int, function: Deployed) -> list[str]:
        heap = f"--v8-flags=--max-old-space-size={self._allowance.memory // 2**20}"
        permissions = self._permissions(port, function)
        return [*deno_run(heap, *permissions, preload=True, pinned_by=function.options), str(function.entry)]

    def _permissions(self, port: int, function: Deployed) -> list[str]:
        reachable = ",".join(f"127.0.0.1:{each}" for each in (port, *self._fence.ports))
        readable = ",".join(map(str, function.readable or [function.entry.parent.parent]))
        return [f"--allow-net={reachable}", "--allow-env", "--allow-sys", f"--allow-read={readable}"]

    def _variables(self, slug: str, execution_id: str, port: int) -> dict[str, str]:
        own = {
            "DENO_SERVE_ADDRESS": f"tcp:127.0.0.1:{port}",
            "NUKEDIAG_UPSTREAMS": json.dumps(self._fence.upstreams),
        }
        return {**deno_environment(), **self._environment(slug, execution_id), **self._fence.variables, **own}

    def retire(self) -> None:
        """The next call of each function gets a new worker; the old ones finish what they have begun."""
        for worker in list(self._current.values()):
            self.drop(worker)

    def retire_one(self, slug: str) -> None:
        """The same for one function: it was deployed anew, changed or deleted."""
        if slug in self._current:
            self.drop(self._current[slug])

    async def end(self, worker: Worker, reason: Overstepped) -> None:
        """End a worker under its calls."""
        worker.overstepped = reason
        if self._current.get(worker.slug) is worker:
            del self._current[worker.slug]
        await worker.child.stop(0)

    def drop(self, worker: Worker, *, dying: bool = False) -> None:
        """No further call for this worker: it is out of date, or it hung up on its caller (``dying``)."""
        if self._current.get(worker.slug) is worker:
            del self._current[worker.slug]
            self._ending.append(worker)
            self._begin(self._end(worker, _DYING_SECONDS if dying else 0))

    async def _end(self, worker: Worker, dying: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(worker.idle.wait(), _DRAIN_SECONDS)
        self._ending = [other for other in self._ending if other is not worker]
        if dying:  # it has something to say before it ends
            with suppress(TimeoutError):
                await asyncio.wait_for(worker.buried.wait(), dying)
        await worker.child.stop(1)

    async def drained(self, seconds: float) -> None:
        """Wait until the retired workers have finished what they had begun, or the time is up."""
        finishing = [asyncio.create_task(worker.idle.wait()) for worker in self._ending]
        if finishing:
            _, late = await asyncio.wait(finishing, timeout=seconds)
            for task in late:
                task.cancel()
