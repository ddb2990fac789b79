"""A function with a hidden limit in front of a real project: calls are answered here after a fixed time, all else is
passed on. Run as a process of its own: ``python -m benchmarks.fleet_upstream TARGET SECONDS LIMIT``; prints its port.
``GET /counted`` gives the calls that were let through since the last such question, as times. ``GET /break`` takes the
function's key away: from then on each call is answered as one is that OpenAI has refused. ``GET /mend`` gives it
back."""

from __future__ import annotations

import asyncio
import sys
import time

from aiohttp import ClientSession, TCPConnector, web

_ANSWER = b'{"success":true,"tags":["engine"],"appraisal":{"category":"engine","condition":7}}'
_REFUSED = {"error": "OpenAI API error: 401 Incorrect API key provided", "code": "invalid_api_key"}
_KEPT = ("content-type", "content-range", "content-encoding")


class Upstream:
    """``limit`` calls per second, with a burst of one second's worth; beyond it 429."""

    def __init__(self, target: str, seconds: float, limit: float) -> None:
        self._target, self._seconds, self._limit = target, seconds, limit
        self._left, self._seen = limit, time.monotonic()
        self.times: list[float] = []
        self.refused = 0
        self.broken_from = 0.0
        self.failed: list[float] = []

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=2**24)
        app.router.add_get("/counted", self._counted)
        app.router.add_get("/break", self._break)
        app.router.add_get("/mend", self._mend)
        app.router.add_post("/functions/v1/analyze-image", self._call)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        app.cleanup_ctx.append(self._with_session)
        return app

    async def _with_session(self, _: web.Application):
        async with ClientSession(auto_decompress=False, connector=TCPConnector(limit=0)) as self._session:
            yield

    async def _call(self, request: web.Request) -> web.Response:
        await request.read()
        now = time.monotonic()
        self._left = min(self._limit, self._left + (now - self._seen) * self._limit)
        self._seen = now
        if self._left < 1:
            self.refused += 1
            body = {"error": {"message": "Rate limit reached for requests", "code": "rate_limit_exceeded"}}
            return web.json_response(body, status=429)
        self._left -= 1
        self.times.append(now)
        await asyncio.sleep(self._seconds)
        if self.broken_from:
            self.failed.append(time.monotonic())
            return web.json_response(_REFUSED, status=500)
        return web.Response(body=_ANSWER, content_type="application/json")

    async def _counted(self, _: web.Request) -> web.Response:
        found = {"times": self.times, "refused": self.refused, "failed": self.failed}
        self.times, self.refused = [], 0
        return web.json_response(found)

    async def _break(self, _: web.Request) -> web.Response:
        self.broken_from = time.monotonic()
        return web.Response()

    async def _mend(self, _: web.Request) -> web.Response:
        self.broken_from, self.failed, self.times = 0.0, [], []
        return web.Response()

    async def _pass_on(self, request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        url = self._target + request.raw_path
        async with self._session.request(request.method, url, headers=headers, data=await request.read()) as found:
            kept = {name: found.headers[name] for name in _KEPT if name in found.headers}
            return web.Response(status=found.status, body=await found.read(), headers=kept)


async def serve(target: str, seconds: float, limit: float) -> None:
    """Serve until killed."""
    runner = web.AppRunner(Upstream(target, seconds, limit).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2]), float(sys.argv[3])))
