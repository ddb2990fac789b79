"""The edge functions' workers: one Deno process per function, started when it is called or its secrets changed."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from diag.sandbox.children import Child, Family
from diag.sandbox.model import Deployed
from diag.sandbox.parts import deno_environment, deno_run
from diag.sandbox.ports import free_ports, until_listening

_BOOT_SECONDS = 20
_DRAIN_SECONDS = 400  # the longest that a hosted worker lives


class BootError(Exception):
    """The function's process ended, or did not listen, before it could be called; its log says why."""


@dataclass
class Worker:
    """A running function. ``execution_id`` names the worker, not a request, as on the hosted platform."""

    slug: str
    port: int
    child: Child
    execution_id: str
    calls: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.idle.set()

    def __enter__(self) -> Worker:
        self.calls += 1
        self.idle.clear()
        return self

    def __exit__(self, *_: object) -> None:
        self.calls -= 1
        if self.calls == 0:
            self.idle.set()


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

    def __init__(self, family: Family, fence: Fence, environment: Callable[[str, str], Mapping[str, str]]) -> None:
        self._family, self._fence, self._environment = family, fence, environment
        self._current: dict[str, Worker] = {}
        self._booting: dict[str, asyncio.Lock] = {}
        self._retiring: set[asyncio.Task[None]] = set()

    async def worker(self, function: Deployed) -> Worker:
        """A worker that listens; raises ``BootError``. Callers at the same time share one boot."""
        async with self._booting.setdefault(function.slug, asyncio.Lock()):
            current = self._current.get(function.slug)
            if current is None or not current.child.alive:
                current = self._current[function.slug] = await self._boot(function)
            return current

    async def _boot(self, function: Deployed) -> Worker:
        slug, entry, port, execution_id = function.slug, function.entry, free_ports(1)[0], str(uuid.uuid4())
        child = await self._family.start(
            f"function-{slug}",
            [*deno_run(*self._permissions(port, function), preload=True, pinned_by=function.options), str(entry)],
            env=self._variables(slug, execution_id, port),
            cwd=entry.parent,
            watched=False,  # a function that ends is the function's affair; the next call starts it again
        )
        if not await until_listening(port, child, _BOOT_SECONDS):
            await child.stop(0.2)
            raise BootError(child.last_words())
        return Worker(slug, port, child, execution_id)

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

    def drop(self, worker: Worker) -> None:
        """No further call for this worker: it hung up on its caller, or it is out of date."""
        if self._current.get(worker.slug) is worker:
            del self._current[worker.slug]
            task = asyncio.create_task(_end(worker))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)


async def _end(worker: Worker) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(worker.idle.wait(), _DRAIN_SECONDS)
    await worker.child.stop(1)
