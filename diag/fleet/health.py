"""How a supervisor learns how a worker is: a file that is written anew all the time, or a port that answers."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from diag.errors import UsageError
from diag.fleet.state import State
from diag.fleet.worker import Worker
from diag.secret import redact

_LOST = 60.0  # seconds without an answer of the database after which a worker is not ready


def described(worker: Worker) -> dict[str, Any]:
    """The worker in numbers and short words. ``ready``: it takes part in the work, or would if there were some."""
    state = worker.shared.standing.state
    stopping = worker.engine.controls.stopping
    ready = worker.unheard < _LOST and state is not State.STOPPED and not stopping
    return {
        "worker": worker.name,
        "queue": worker.queue,
        "ready": ready,
        "unheard": round(worker.unheard, 1),
        **worker.about(),
    }


class HealthFile:
    """A file of JSON whose age tells whether the worker lives. Replaced in one step: nobody reads half of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, worker: Worker) -> None:
        """Raises UsageError where it cannot be written."""
        text = redact(json.dumps({"time": round(time.time(), 3), **described(worker)}))
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(text)
            beside.replace(self._path)
        except OSError as error:
            why = f"the health file {self._path} cannot be written: {error.strerror}"
            raise UsageError(why, "choose another one with --health-file") from None

    def remove(self) -> None:
        """The worker has ended."""
        self._path.unlink(missing_ok=True)


class HealthPort:
    """``/healthz`` answers 200 while the worker's loop turns, ``/readyz`` 503 while it cannot work. Both say why."""

    def __init__(self) -> None:
        self._worker: Worker | None = None

    def look(self, worker: Worker) -> None:
        """The worker to speak of."""
        self._worker = worker

    @asynccontextmanager
    async def serving(self, host: str, port: int) -> AsyncIterator[int]:
        """Its port while it serves. Raises UsageError where that is taken."""
        application = web.Application()
        application.add_routes([web.get("/healthz", self._alive), web.get("/readyz", self._ready)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            yield runner.addresses[0][1]
        except OSError as error:
            raise UsageError(
                f"port {port} cannot be opened: {error.strerror}", "choose another --health-port"
            ) from None
        finally:
            await runner.cleanup()

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response(described(self._worker) if self._worker else {"ready": False})

    async def _ready(self, _: web.Request) -> web.Response:
        said = described(self._worker) if self._worker else {"ready": False}
        return web.json_response(said, status=200 if said["ready"] else 503)
