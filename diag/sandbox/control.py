"""How the command line speaks to a running sandbox: status, and another scenario. Not part of any real API."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from aiohttp import web

from diag.errors import NukediagError
from diag.sandbox.children import Family
from diag.sandbox.stage import Stage
from diag.sandbox.state import read, save
from diag.sandbox.world.seed import COUNTS

PREFIX = "/sandbox/v1"


class Control:
    """Routes below ``/sandbox/v1``, for whoever can read ``state.json``."""

    def __init__(self, stage: Stage, family: Family, token: str, folder: Path) -> None:
        self._stage, self._family, self._token, self._folder = stage, family, token, folder

    def application(self) -> web.Application:
        """The aiohttp application, to be mounted at ``PREFIX``."""
        application = web.Application()
        application.add_routes([web.get("/status", self._status), web.post("/scenario", self._switch)])
        application.add_routes([web.get("/environment/{slug}", self._environment)])
        return application

    def _refused(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return None if secrets.compare_digest(given, self._token) else web.Response(status=401)

    async def _status(self, request: web.Request) -> web.Response:
        return self._refused(request) or web.json_response(await self._described())

    async def _switch(self, request: web.Request) -> web.Response:
        refused = self._refused(request)
        if refused:
            return refused
        try:
            await self._stage.put_on((await request.json())["name"])
        except NukediagError as error:
            body = {"message": error.message, "remedy": error.remedy, "exit_code": int(error.exit_code)}
            return web.json_response(body, status=400)
        self._remember()
        return web.json_response(await self._described())

    async def _environment(self, request: web.Request) -> web.Response:
        """The variables of a function as they are now, values and all: who may ask can read `functions.env` as well."""
        slug = request.match_info["slug"]
        known = slug in self._stage.project.functions
        return self._refused(request) or web.json_response(self._stage.project.environment(slug, "") if known else {})

    def _remember(self) -> None:
        announced = read(self._folder)
        if announced:
            save(announced.model_copy(update={"scenario": self._stage.current.name}))

    async def _described(self) -> dict[str, object]:
        return {
            "scenario": self._stage.current.name,
            "rows": await self._rows(),
            **self._stage.counters.snapshot(),
            "parts": {name: child.condition for name, child in sorted(self._family.members.items())},
            "memory_mb": await asyncio.to_thread(_memory),
            "restarted": dict(self._family.restarts),
            "problems": list(self._family.obituaries),
        }

    async def _rows(self) -> dict[str, int] | None:
        try:
            [[total, pending, done]] = await self._stage.postgres.query(COUNTS)
        except NukediagError:
            return None  # the database is away; `restarted` or `problems` says so
        return {"total": int(total), "pending": int(pending), "done": int(done)}


def _memory() -> int:
    """Megabytes that the supervisor and its children use; shared pages count once where the system can tell (Linux)."""
    supervisor = psutil.Process()
    total = 0
    for process in (supervisor, *supervisor.children(recursive=True)):
        with suppress(psutil.Error):
            found = process.memory_full_info()
            total += getattr(found, "pss", found.rss)
    return round(total / 2**20)
