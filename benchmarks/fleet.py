"""``python -m benchmarks.fleet``: 1, 2, 4 and 8 worker processes on one queue of the sandbox. Throughput until the
upstream's limit, how well the shared limit is kept, how fair the shares are; and what a key that breaks still costs.
Ratios count."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tabulate import tabulate

from benchmarks.serving import serving
from diag.config import load
from diag.fleet.check import work_of
from diag.fleet.install import script
from diag.fleet.queue import Queue
from diag.fleet.state import Pace
from diag.project import Project
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

SECONDS = 6.0
"""Of each call."""
IN_FLIGHT = 12
"""Calls in flight per worker: below 2 per second, so that 8 workers could do 15 and the limit is what holds them."""
LIMIT = 8.0
"""Calls per second that are allowed to all workers together."""
WORKERS = (1, 2, 4, 8)
_STEADY = 40.0  # seconds of full flow that each case is to have
_CHUNK = 5
_BREAKING = 600
_BEFORE_BREAK = 60.0  # seconds
_SETTINGS = f"""[table]
results = []
always = []
result_columns = []
[backfill]
concurrency = {IN_FLIGHT}
settle = 10
"""


@dataclass(frozen=True)
class Run:
    """``rate``: calls per second in the steady middle. ``shares``: calls of each worker. ``refused``: calls beyond the
    upstream's own limit, which is a tenth higher than the shared one."""

    workers: int
    rate: float
    shares: tuple[int, ...]
    refused: int


@dataclass(frozen=True)
class Break:
    """8 workers whose key breaks: ``calls`` that still began after the second refusal was out, the last of them
    ``seconds`` later; ``failed`` calls in all."""

    calls: int
    seconds: float
    failed: int


def all_runs() -> tuple[list[Run], Break]:
    """Every number of workers, one after the other, in one sandbox."""
    rows = [int(min(count * IN_FLIGHT / SECONDS, LIMIT) * _STEADY) for count in WORKERS]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = launch.up(images=sum(rows) + _BREAKING + 20, name="fleet", state_dir=folder)
        stack.callback(launch.down, "fleet", folder)
        database = stack.enter_context(psycopg.connect(_setting(sandbox, "DATABASE_URL"), autocommit=True))
        database.execute(script("install"))
        (folder / "nukediag.toml").write_text(_SETTINGS)
        url = stack.enter_context(serving("fleet_upstream", sandbox.url, str(SECONDS), str(LIMIT * 1.1)))
        runs = [
            _run(sandbox, folder, url, _rows(database, wanted), count)
            for count, wanted in zip(WORKERS, rows, strict=True)
        ]
        return runs, _break(sandbox, folder, url, _rows(database, _BREAKING))


def _run(sandbox: Sandbox, folder: Path, url: str, ids: list[str], count: int) -> Run:
    queue = f"fleet_{count}"
    asyncio.run(_fill(sandbox, folder, queue, ids))
    urllib.request.urlopen(f"{url}/counted").read()
    workers = [_worker(sandbox, folder, url, queue, number) for number in range(count)]
    if any(worker.wait() for worker in workers):
        raise SystemExit(f"a worker failed: {(folder / '0.log').read_text()[-2000:]}")
    shares = tuple(json.loads((folder / f"{number}.out").read_text())["calls"] for number in range(count))
    counted = json.loads(urllib.request.urlopen(f"{url}/counted").read())
    return Run(count, steady(counted["times"]), shares, counted["refused"])


def _break(sandbox: Sandbox, folder: Path, url: str, ids: list[str]) -> Break:
    asyncio.run(_fill(sandbox, folder, "fleet_break", ids))
    workers = [_worker(sandbox, folder, url, "fleet_break", number) for number in range(max(WORKERS))]
    time.sleep(_BEFORE_BREAK)
    urllib.request.urlopen(f"{url}/break").read()
    codes = [worker.wait() for worker in workers]
    if set(codes) != {6}:
        raise SystemExit(f"the workers did not stop: {codes}")
    counted = json.loads(urllib.request.urlopen(f"{url}/counted").read())
    second = sorted(counted["failed"])[1]
    late = [one - second for one in counted["times"] if one > second]
    return Break(len(late), max(late, default=0.0), len(counted["failed"]))


def steady(times: list[float]) -> float:
    """Calls per second between the first 35 % and 85 % of them."""
    middle = sorted(times)[int(len(times) * 0.35) : int(len(times) * 0.85)]
    return (len(middle) - 1) / (middle[-1] - middle[0])


async def _fill(sandbox: Sandbox, folder: Path, queue: str, ids: list[str]) -> None:
    configuration = load(environ={}, folder=folder, sandbox_env=sandbox.env_file)
    async with Project(configuration) as project:
        one = Queue(project.data, queue)
        await one.begin("bench", work_of(configuration.settings), Pace(most=LIMIT / 0.95))
        for start in range(0, len(ids), _CHUNK):
            await one.add(ids[start : start + _CHUNK])


def _rows(database: psycopg.Connection, count: int) -> list[str]:
    sql = "select id::text from vehicle_images where ai_last_scanned is null and vehicle_id is not null limit %s"
    return [row[0] for row in database.execute(sql, [count])]


def _worker(sandbox: Sandbox, folder: Path, url: str, queue: str, number: int) -> subprocess.Popen[bytes]:
    words = ["worker", "--env-file", str(sandbox.env_file), "--project-url", url, "--queue", queue, "--json"]
    words += ["--until-empty", "--lease", "60", "--state-dir", str(folder / "journals")]
    with (folder / f"{number}.out").open("wb") as out, (folder / f"{number}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "diag", *words], cwd=folder, stdout=out, stderr=log)


def _setting(sandbox: Sandbox, name: str) -> str:
    return dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())[name]


def spread(shares: tuple[int, ...]) -> float:
    """The standard deviation of the shares, of their mean."""
    return statistics.pstdev(shares) / statistics.mean(shares)


def table(runs: list[Run]) -> str:
    """What was measured, as Markdown."""
    rows = [
        [run.workers, f"{run.rate:.2f}", f"{run.rate / runs[0].rate:.2f}", f"{run.rate / LIMIT:.1%}", run.refused,
         f"{min(run.shares)} to {max(run.shares)}", f"{spread(run.shares):.0%}"]
        for run in runs
    ]  # fmt: skip
    headers = ["workers", "calls/s", "times one worker", "of the limit", "refused", "calls per worker", "spread"]
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)


def section() -> str:
    """The whole, as Markdown."""
    runs, broken = all_runs()
    told = (
        f"Answers after {SECONDS:g} s, {IN_FLIGHT} calls in flight per worker, {LIMIT:g} calls/s for all together. "
        "Workers, database, data API and function share one machine."
    )
    key = (
        f"A key that breaks under {max(WORKERS)} workers: {broken.failed} calls failed in all. After the second "
        f"refusal had been answered {broken.calls} more began, the last of them {broken.seconds:.1f} s later; "
        "then all workers had stopped."
    )
    return f"{told}\n\n{table(runs)}\n\n{key}"


if __name__ == "__main__":
    print(section())
