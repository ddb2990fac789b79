"""What one call costs on the client's side: bare loops of two HTTP clients against the whole engine, journal included.

Each is a process of its own, ``python -m benchmarks.client_cost KIND URL CONCURRENCY SECONDS``, and prints one line of
JSON: answers per second, CPU milliseconds per answer, peak memory.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx

from diag.backfill.calls import Caller
from diag.backfill.ceiling import FixedCeiling
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.journal import Journal
from diag.backfill.limiter import RateLimiter
from diag.backfill.result import Stopped
from diag.backfill.run import WINDOW
from diag.backfill.source import PendingRows
from diag.backfill.tally import Tally
from diag.catalogue import classify
from diag.project.functions import Functions
from diag.project.http import certificates
from diag.project.wire import AiohttpWire
from diag.rows import Outcome, Row
from diag.rows.batching import Tick

_BODY = {"image_url": "https://pictures.example/1.jpg", "vehicle_id": "1", "image_id": "1"}
_HEADERS = {"apikey": "x" * 200, "Authorization": "Bearer " + "x" * 200}
_PATH = "/functions/v1/analyze-image"


class Count:
    """Answers so far."""

    def __init__(self) -> None:
        self.answers = 0


async def bare(post: Callable[[], Awaitable[object]], concurrency: int, seconds: float, count: Count) -> None:
    """So many loops that post one request after the other."""
    until = time.monotonic() + seconds

    async def loop() -> None:
        while time.monotonic() < until:
            await post()
            count.answers += 1

    await asyncio.gather(*(loop() for _ in range(concurrency)))


async def bare_httpx(url: str, concurrency: int, seconds: float, count: Count) -> None:
    """httpx with its own pool."""
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, headers=_HEADERS, timeout=155) as client:

        async def post() -> object:
            return (await client.post(url + _PATH, json=_BODY)).json()

        await bare(post, concurrency, seconds, count)


async def bare_aiohttp(url: str, concurrency: int, seconds: float, count: Count) -> None:
    """aiohttp as it is."""
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector, headers=_HEADERS) as client:

        async def post() -> object:
            async with client.post(url + _PATH, json=_BODY) as response:
                return await response.json()

        await bare(post, concurrency, seconds, count)


class Worker:
    """The call, its wait for others and its diagnosis, as ``RowWorker`` makes them; no database behind it. Answers at
    once are not waited with: what is measured there is how many of them there can be."""

    def __init__(self, functions: Functions, count: Count) -> None:
        self._functions = functions
        self._count = count
        self._tick = Tick(WINDOW)

    async def run(self, row: Row, *, force: bool = False) -> Outcome:
        """One call."""
        answer = await self._functions.call("analyze-image", _BODY, timeout=155)
        self._count.answers += 1
        if answer.duration_ms > 1000 * WINDOW:
            await self._tick.wait()
        return Outcome(
            row,
            classify(answer, requires=("tags", "appraisal"), brief=True),
            called=True,
            answer=answer,
            marked=True,
            duration_ms=answer.duration_ms,
        )


async def endless(after: str | None) -> AsyncIterator[Row]:
    """Rows without end."""
    number = int(after or 0)
    while True:
        number += 1
        yield Row(f"{number:012d}", "https://pictures.example/1.jpg")


async def all_pending(row_ids: list[str]) -> set[str]:
    """Nobody else finishes rows here."""
    return set(row_ids)


async def engine(url: str, concurrency: int, seconds: float, count: Count) -> None:
    """The engine as a backfill runs it: limiter, guard, journal on the disk, every answer classified."""
    wire, controls = AiohttpWire(), Controls()
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        journal = await Journal.open(Path(folder) / "journal" / "j.sqlite3", "analyze-image", "bench")
        worker: Any = Worker(Functions(wire, url, _HEADERS), count)
        finder: Any = SimpleNamespace()
        caller = Caller(worker, finder, journal, Tally(), controls, clock=loop.time, settle=400)
        limiter = RateLimiter(most=1e6)
        running = Engine(caller, limiter, FixedCeiling(concurrency, concurrency))
        loop.call_later(seconds, controls.drain, Stopped("max-duration"))
        source = PendingRows(endless, all_pending, journal, settle=400)
        await running.run_pass(source)
        await source.close()
        await journal.close()
    await wire.aclose()


KINDS = {"httpx": bare_httpx, "aiohttp": bare_aiohttp, "engine": engine}


def main(kind: str, url: str, concurrency: str, seconds: str) -> None:
    """One measurement."""
    certificates()  # read once for each process, like the imports
    count, began, before = Count(), time.monotonic(), time.process_time()
    asyncio.run(KINDS[kind](url, int(concurrency), float(seconds), count))
    elapsed, cpu = time.monotonic() - began, time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured = {
        "per_second": count.answers / elapsed,
        "cpu_ms": 1000 * cpu / max(1, count.answers),
        "memory_mb": memory,
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(*sys.argv[1:])
