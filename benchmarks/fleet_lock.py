"""``python -m benchmarks.fleet_lock [--write]``: the one row that all workers of a queue change under a lock. How long
``take`` lasts with 1, 8, 32 and 48 connections, each asking twice a second as workers do, and as fast as it can."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from tabulate import tabulate

from benchmarks import page
from benchmarks.fleet import setting
from diag.fleet.install import script
from diag.sandbox import launch

WORKERS = (1, 8, 32, 48)
_SECONDS = 8.0
_BEGIN = """select nukediag.begin('locks', 'bench', '{"function": "f", "table": "vehicle_images", "key": "id",
  "marker": "ai_last_scanned"}', '{"rate": 1000, "go": 0.8, "stop": 0.5}')"""


async def _ask(url: str, worker: str, pause: float) -> list[float]:
    """Seconds of each question."""
    took, ends = [], time.monotonic() + _SECONDS
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while (began := time.monotonic()) < ends:
            await connection.execute("select nukediag.take('locks', %s, 10)", (worker,))
            took.append(time.monotonic() - began)
            await asyncio.sleep(max(0.0, pause - took[-1]))
    return took


async def _all(url: str, count: int, pause: float) -> list[float]:
    found = await asyncio.gather(*(_ask(url, f"worker-{number}", pause) for number in range(count)))
    return sorted(one for each in found for one in each)


def _row(url: str, count: int) -> list[object]:
    calm = asyncio.run(_all(url, count, 0.5))
    busy = asyncio.run(_all(url, count, 0.0))
    calm_ms = [f"{calm[int(len(calm) * share)] * 1000:.1f}" for share in (0.5, 0.99)]
    return [count, *calm_ms, f"{len(busy) / _SECONDS:,.0f}", f"{busy[int(len(busy) * 0.99)] * 1000:.0f}"]


def section() -> str:
    """What was measured, as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = launch.up(images=10, name="locks", state_dir=Path(folder))
        try:
            url = setting(sandbox, "DATABASE_URL")
            with psycopg.connect(url, autocommit=True) as database:
                database.execute(script("install"))
                database.execute(_BEGIN)
            rows = [_row(url, count) for count in WORKERS]
        finally:
            launch.down("locks", Path(folder))
    headers = ["workers", "ms, median", "ms, 99 %", "at full speed: takes/s", "ms, 99 %"]
    told = "`take` over a direct connection, twice a second for each worker; then without a pause."
    return f"## The shared row under contention\n\n{told}\n\n{tabulate(rows, headers, 'github', disable_numparse=True)}"


if __name__ == "__main__":
    page.measure(section, "python -m benchmarks.fleet_lock --write", write="--write" in sys.argv)
