"""The hosted gateway as documented: function calls, the data API and the public photos behind one address.

Statuses, bodies and ``sb-error-code`` values: Supabase's pages "Edge Functions status codes" and "error codes".
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
from aiohttp import web
from yarl import URL

from diag.sandbox.away import NO_SCHEMA
from diag.sandbox.data_api import DataApi
from diag.sandbox.edge_log import EdgeLog
from diag.sandbox.functions import BootError, Worker, Workers
from diag.sandbox.keys import refuse_function_call
from diag.sandbox.logbook import Logbook
from diag.sandbox.model import REGION, Deployed, Project
from diag.sandbox.proxy import Answer, pass_on, passed_on
from diag.sandbox.refusals import cancelled, in_front, json_answer, platform_error, too_large
from diag.sandbox.upstreams.wire import break_off, hang_up

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DYING_SECONDS = 5  # to wait for the end of a worker that broke its connection
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LARGEST_BODY = 50 * 2**20  # bytes; above what the functions' bundles and photos need
_log = logging.getLogger(__name__)


class CallCounter(Protocol):
    """Told of each call that reaches a worker."""

    def function_called(self, slug: str) -> None:
        """A call of that function."""


class Gateway:
    """Routes of the project's own address."""

    def __init__(
        self,
        project: Project,
        workers: Workers,
        data_api: DataApi,
        counter: CallCounter,
        log: EdgeLog | None = None,
    ) -> None:
        self._project, self._workers, self._data_api, self._counter = project, workers, data_api, counter
        self._log = log or EdgeLog(Logbook(), project)
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[Answer]] = set()

    def application(self, session: aiohttp.ClientSession, photos: list[web.RouteDef]) -> web.Application:
        """The aiohttp application, with the photos' routes in it."""
        self._session = session
        application = web.Application(client_max_size=_LARGEST_BODY, middlewares=[self._front])
        application.add_routes(
            [
                web.route("*", "/functions/v1/{slug}", self._function),
                web.route("*", "/functions/v1/{slug}/{rest:.*}", self._function),
                web.route("*", "/rest/v1/{rest:.*}", self._rest),
                web.get("/auth/v1/health", _auth_health),
                *photos,
            ]
        )
        return application

    @web.middleware
    async def _front(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = in_front(self._project.condition, request.host)
        if refusal is not None:
            return refusal
        response = await handler(request)
        self._log.request(request, response)
        return response

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        assert self._session is not None
        if not self._project.condition.data_api:
            return NO_SCHEMA.response()
        return await self._data_api.serve(request, self._session, legacy_keys=self._project.condition.legacy_keys)

    async def _function(self, request: web.Request) -> web.StreamResponse:
        if self._project.condition.connection == "breaks":
            return hang_up(request)
        function, begun = self._project.functions.get(request.match_info["slug"]), time.monotonic()
        response = self._tell(await self._answered(request, function))
        self._log.call(request, response, function, seconds=time.monotonic() - begun)
        breaks = request.method == "POST" and self._project.condition.connection == "breaks-off"
        return await break_off(request, response.body) if breaks and isinstance(response.body, bytes) else response

    async def _answered(self, request: web.Request, function: Deployed | None) -> web.Response:
        refusal = self._refusal(request, function)
        if refusal is not None or function is None:
            return refusal or platform_error("NOT_FOUND")
        try:
            worker = await self._workers.worker(function)
        except BootError as error:
            _log.warning("%s did not boot: %s", function.slug, error)
            return platform_error("BOOT_ERROR")
        return await self._call(request, worker)

    def _refusal(self, request: web.Request, function: Deployed | None) -> web.Response | None:
        if request.method not in _METHODS:
            return web.Response(status=405, text="Method Not Allowed")
        if _MALFORMED.search(request.raw_path):
            return platform_error("INVALID_URL")
        if 0 < self._project.condition.largest_body < (request.content_length or 0):
            return too_large()
        if function is None:
            return platform_error("NOT_FOUND")
        return self._unauthorized(request, function) or self._not_loaded(function)

    def _unauthorized(self, request: web.Request, function: Deployed) -> web.Response | None:
        if not function.verify_jwt or request.method == "OPTIONS":
            return None
        new_keys = self._project.condition.new_keys_pass
        refused = refuse_function_call(self._project.keys, request.headers, new_keys_pass=new_keys)
        return json_answer(401, refused.body, refused.code) if refused else None

    def _not_loaded(self, function: Deployed) -> web.Response | None:
        if self._project.condition.refusal:
            return platform_error(self._project.condition.refusal)
        if not function.entry.parent.exists():
            return platform_error("NOT_FOUND_FUNCTION_BLOB")
        return None if function.entry.exists() else platform_error("LOAD_FUNCTION_INVALID_ENTRYPOINT_PATH_ERROR")

    async def _call(self, request: web.Request, worker: Worker) -> web.Response:
        # A task of its own, never cancelled: a function runs on when its caller goes away or the time is up, and what
        # it pays for then is as real as in production.
        task = asyncio.create_task(self._forward(request.method, self._target(request, worker), request, worker))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        idle, wall = self._project.condition.idle_timeout, self._project.condition.wall_clock
        done, _ = await asyncio.wait({task}, timeout=min(idle, wall))
        if done:
            return await _outcome(task, worker)
        return await self._cancelled(task, worker) if wall < idle else platform_error("IDLE_TIMEOUT", limit=f"{idle:g}")

    async def _cancelled(self, task: asyncio.Task[Answer], worker: Worker) -> web.Response:
        """The worker's time is over while it serves: it is ended, and its caller hears of that."""
        await self._workers.end(worker, "WallClockTime")
        await asyncio.wait({task})
        task.exception()  # the connection that broke with its end: taken note of
        return cancelled()

    def _target(self, request: web.Request, worker: Worker) -> URL:
        path = request.raw_path.removeprefix("/functions/v1")
        return URL(f"http://127.0.0.1:{worker.port}{path}", encoded=True)

    async def _forward(self, method: str, target: URL, request: web.Request, worker: Worker) -> Answer:
        assert self._session is not None
        headers = passed_on(request.headers)
        headers["x-forwarded-host"] = request.host
        with worker:
            body = await request.read()
            if method == "POST":  # an OPTIONS request is a browser's question, or a free look whether it starts
                self._counter.function_called(worker.slug)
            try:
                answer = await pass_on(self._session, method, target, headers, body)
            except (aiohttp.ClientError, OSError):
                self._workers.drop(worker, dying=True)
                raise
        if self._project.condition.cold_starts and not worker.calls:
            self._workers.drop(worker)
        return answer

    def _tell(self, response: web.Response) -> web.Response:
        response.headers.update(
            {
                "sb-project-ref": self._project.keys.ref,
                "sb-request-id": _request_id(),
                "x-sb-edge-region": REGION,
                "sb-gateway-version": "1",
            }
        )
        return response


async def _outcome(task: asyncio.Task[Answer], worker: Worker) -> web.Response:
    own = {"x-deno-execution-id": worker.execution_id, "x-served-by": "supabase-edge-runtime"}
    try:
        answer = task.result()
    except (aiohttp.ClientError, OSError):
        # The process ended while it was being called.
        response = platform_error(
            "WORKER_RESOURCE_LIMIT" if await worker.was_killed(_DYING_SECONDS) else "WORKER_ERROR"
        )
        response.headers.update(own)
        return response
    if not 200 <= answer.status <= 599:
        response = platform_error("INVALID_RESPONSE_STATUS_CODE")
        response.headers.update(own)
        return response
    if answer.status >= 500:
        own["sb-error-code"] = "EDGE_FUNCTION_ERROR"
    return answer.response(own)


def _request_id() -> str:
    """A UUIDv7: the time in milliseconds, then chance."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    number = (number & ~(0xF << 76) | (7 << 76)) & ~(3 << 62) | (2 << 62)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


async def _auth_health(request: web.Request) -> web.Response:
    return web.json_response({"version": "v2", "name": "GoTrue", "description": "GoTrue is a user registration API"})
