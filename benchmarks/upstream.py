"""A function that answers at once, or after a random time: what the client side of a backfill is measured against.

Run as a process of its own: ``python -m benchmarks.upstream [LOW HIGH]`` (seconds); prints its port.
"""

from __future__ import annotations

import asyncio
import random
import sys

from aiohttp import web

_ANSWER = b'{"success":true,"tags":["engine"],"appraisal":{"category":"engine","condition":7}}'


def application(low: float, high: float) -> web.Application:
    """Answers every POST after ``low`` to ``high`` seconds."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        if high:
            await asyncio.sleep(random.uniform(low, high))
        return web.Response(body=_ANSWER, content_type="application/json")

    app = web.Application()
    app.router.add_post("/functions/v1/analyze-image", answer)
    return app


async def serve(low: float, high: float) -> None:
    """Serve until killed."""
    runner = web.AppRunner(application(low, high), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    low, high = (float(word) for word in (*sys.argv[1:], "0", "0")[:2])
    asyncio.run(serve(low, high))
