"""What stands between workers and the project in these tests: it passes everything on, takes its time over function
calls, counts them, and can cut the line. A function that was reached runs to its end whoever has gone meanwhile."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

_KEPT = ("content-type", "content-range", "retry-after", "sb-request-id", "x-deno-execution-id", "sb-error-code")


class Front:
    """``calls``: row -> when each of its calls arrived (monotonic). ``answers``: row -> when each was answered."""

    def __init__(self, target: str, before: float, after: float) -> None:
        self.calls: dict[str, list[float]] = defaultdict(list)
        self.answers: dict[str, list[float]] = defaultdict(list)
        self.url = ""
        self._target, self._before, self._after = target, before, after
        self._cut = False
        self._loop = asyncio.new_event_loop()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._lines: set[asyncio.Transport] = set()

    @property
    def called(self) -> int:
        """How many calls of the function have arrived."""
        return sum(map(len, self.calls.values()))

    def cut(self) -> None:
        """Break every connection, and every new one, without a word."""
        self._cut = True
        self._loop.call_soon_threadsafe(lambda: [line.abort() for line in tuple(self._lines)])

    def mend(self) -> None:
        """Pass things on again."""
        self._cut = False

    @contextmanager
    def serving(self) -> Iterator[Front]:
        """While it serves, in a thread of its own."""
        ready: Future[None] = Future()
        thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve(ready)), daemon=True)
        thread.start()
        ready.result(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._done.set)
            thread.join(10)

    async def _serve(self, ready: Future[None]) -> None:
        self._done = asyncio.Event()
        async with ClientSession(timeout=ClientTimeout(60), auto_decompress=False) as self._session:
            application = web.Application(client_max_size=2**24)
            application.router.add_route("*", "/{path:.*}", self._pass_on)
            runner = web.AppRunner(application, access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            ready.set_result(None)
            await self._done.wait()
            await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        line = request.transport
        if self._cut or line is None:
            return self._broken(line)
        self._lines.add(line)
        task = asyncio.create_task(self._carried(request, await request.read()))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        answer = await asyncio.shield(task)
        return self._broken(line) if self._cut else answer

    def _broken(self, line: asyncio.Transport | None) -> web.Response:
        if line is not None:
            line.abort()
        return web.Response(status=500)

    async def _carried(self, request: web.Request, body: bytes) -> web.Response:
        is_call = request.method == "POST" and "/functions/v1/" in request.path
        row = str(json.loads(body).get("image_id")) if is_call else ""
        if is_call:
            self.calls[row].append(time.monotonic())
            await asyncio.sleep(self._before)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host",)}
        try:
            async with self._session.request(
                request.method, self._target + request.raw_path, headers=headers, data=body
            ) as found:
                kept = {name: found.headers[name] for name in (*_KEPT, "content-encoding") if name in found.headers}
                answer = web.Response(status=found.status, body=await found.read(), headers=kept)
        except ClientError:
            return web.Response(status=502)
        if is_call:
            await asyncio.sleep(self._after)
            self.answers[row].append(time.monotonic())
        return answer
