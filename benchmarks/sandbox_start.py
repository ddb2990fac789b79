"""How long a sandbox takes to be ready, and what memory its processes hold: ``python -m benchmarks.sandbox_start``.

Prints one line of JSON: ``seconds`` and ``fastest`` (median and least of the rounds, everything downloaded before),
``cpu`` (seconds of processor time for a start, whatever else the machine does), ``idle_mb`` and ``used_mb``
(proportional set size of all its processes, after the start and after 50 calls of the function), ``down_seconds``.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import psutil

from diag.config import load
from diag.project import Project
from diag.rows import Row, RowWorker, pending_rows
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

T = TypeVar("T")
_ROUNDS = 5
_CALLS = 50


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        starts, ends, cpu, idle, used = [], [], 0.0, 0.0, 0.0
        for number in range(_ROUNDS + 1):  # the first one downloads what is missing, and does not count
            sandbox, seconds = _timed(lambda: launch.up(state_dir=Path(folder)))
            if number == _ROUNDS:
                cpu = sum(sum(each.cpu_times()[:4]) for each in _processes(sandbox))
                idle = _megabytes(sandbox)
                asyncio.run(_use(sandbox))
                used = _megabytes(sandbox)
            _, end = _timed(lambda: launch.down(state_dir=Path(folder)))
            starts, ends = [*starts, seconds], [*ends, end]
    found = {
        "seconds": statistics.median(starts[1:]),
        "fastest": min(starts[1:]),
        "down_seconds": max(ends),
        "cpu": cpu,
    }
    print(
        json.dumps(
            {key: round(value, 2) for key, value in found.items()} | {"idle_mb": round(idle), "used_mb": round(used)}
        )
    )


def _timed(action: Callable[[], T]) -> tuple[T, float]:
    begun = time.monotonic()
    return action(), time.monotonic() - begun


def _processes(sandbox: Sandbox) -> list[psutil.Process]:
    supervisor = psutil.Process(sandbox.pid)
    return [supervisor, *supervisor.children(recursive=True)]


def _megabytes(sandbox: Sandbox) -> float:
    # Pages that several processes share (Postgres's buffers, Deno's code) count once.
    return float(sum(each.memory_full_info().pss for each in _processes(sandbox)) / 2**20)


async def _use(sandbox: Sandbox) -> None:
    configuration = load(environ={}, folder=sandbox.folder, sandbox_env=sandbox.env_file)
    async with Project(configuration) as project, RowWorker(project, configuration.settings) as worker:
        rows = [row async for row in _first(project)]
        await asyncio.gather(*(worker.run(row) for row in rows))


async def _first(project: Project) -> AsyncIterator[Row]:
    left = _CALLS
    async for row in pending_rows(project, project.configuration.settings):
        yield row
        left -= 1
        if not left:
            return


if __name__ == "__main__":
    sys.exit(main())
