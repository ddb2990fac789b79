"""Faults of the wire that every stand-in can have."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

_STALL: Final = 30.0  # seconds; whoever waits longer than that finds the connection closed


def hang_up(request: web.Request) -> web.Response:
    """Break the connection under the request. The response that is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def stall(request: web.Request) -> web.Response:
    """Say nothing until the caller has gone."""
    for _ in range(int(_STALL * 10)):
        if request.transport is None or request.transport.is_closing():
            break
        await asyncio.sleep(0.1)
    return hang_up(request)


async def break_off(request: web.Request, body: bytes) -> web.StreamResponse:
    """Send the first half of a JSON body as if all were to come, then break the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    await asyncio.sleep(0.05)  # so that the half arrives before the connection breaks
    hang_up(request)
    return response
