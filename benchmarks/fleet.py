"""``python -m benchmarks.fleet [scaling] [stopping] [--write]``: worker processes on one queue of the sandbox.
``scaling``: with 1, 2, 4 and 8 of them, throughput until the upstream's limit, how well the shared limit is kept, how
fair the shares are. ``stopping``: how soon 2, 4 and 8 stop when the key breaks. Ratios count."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from tabulate import tabulate

from benchmarks import page
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
BREAKING = (2, 4, 8)
_BREAKING = 420  # rows for each of them: more than they can do before the key breaks
_BEFORE_BREAK = 40.0  # seconds
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
    """A key that breaks. Seconds from the first refusal's answer until the last call began (``started``) and the last
    worker had ended (``ended``). ``late`` calls began after the second refusal was answered; ``failed`` in all."""

    workers: int
    started: float
    ended: float
    late: int
    failed: int


@dataclass(frozen=True)
class Place:
    """A sandbox with the queue's functions, and the function with a limit in front of it, at ``url``."""

    sandbox: Sandbox
    folder: Path
    database: psycopg.Connection
    url: str


@contextmanager
def place(images: int) -> Iterator[Place]:
    """For as long as the block lasts."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sandbox = launch.up(images=images, name="fleet", state_dir=folder)
        stack.callback(launch.down, "fleet", folder)
        database = stack.enter_context(psycopg.connect(setting(sandbox, "DATABASE_URL"), autocommit=True))
        database.execute(script("install"))
        (folder / "nukediag.toml").write_text(_SETTINGS)
        url = stack.enter_context(serving("fleet_upstream", sandbox.url, str(SECONDS), str(LIMIT * 1.1)))
        yield Place(sandbox, folder, database, url)


def all_runs() -> list[Run]:
    """Every number of workers, one after the other, in one sandbox."""
    rows = [int(min(count * IN_FLIGHT / SECONDS, LIMIT) * _STEADY) for count in WORKERS]
    with place(sum(rows) + 20) as here:
        return [_run(here, wanted, count) for count, wanted in zip(WORKERS, rows, strict=True)]


def all_breaks() -> list[Break]:
    """A key that breaks under 2, 4 and 8 workers."""
    with place(len(BREAKING) * _BREAKING + 20) as here:
        return [_break(here, count) for count in BREAKING]


def _run(here: Place, rows: int, count: int) -> Run:
    queue = f"fleet_{count}"
    asyncio.run(_fill(here, queue, _rows(here.database, rows)))
    _ask(here, "counted")
    workers = [_worker(here, queue, number) for number in range(count)]
    if any(worker.wait() for worker in workers):
        raise SystemExit(f"a worker failed: {(here.folder / '0.log').read_text()[-2000:]}")
    shares = tuple(json.loads((here.folder / f"{number}.out").read_text())["calls"] for number in range(count))
    counted = json.loads(_ask(here, "counted"))
    return Run(count, steady(counted["times"]), shares, counted["refused"])


def _break(here: Place, count: int) -> Break:
    queue = f"break_{count}"
    asyncio.run(_fill(here, queue, _rows(here.database, _BREAKING)))
    _ask(here, "mend")
    workers = [_worker(here, queue, number) for number in range(count)]
    time.sleep(_BEFORE_BREAK)
    _ask(here, "break")
    codes = [worker.wait() for worker in workers]
    ended = time.monotonic()
    if set(codes) != {6}:
        raise SystemExit(f"the workers did not stop: {codes}")
    counted = json.loads(_ask(here, "counted"))
    first, second, *_ = failed = sorted(counted["failed"])
    last = max(counted["times"])
    return Break(count, last - first, ended - first, sum(one > second for one in counted["times"]), len(failed))


def _ask(here: Place, word: str) -> bytes:
    found: bytes = urllib.request.urlopen(f"{here.url}/{word}").read()
    return found


def steady(times: list[float]) -> float:
    """Calls per second between the first 35 % and 85 % of them."""
    middle = sorted(times)[int(len(times) * 0.35) : int(len(times) * 0.85)]
    return (len(middle) - 1) / (middle[-1] - middle[0])


async def _fill(here: Place, queue: str, ids: list[str]) -> None:
    configuration = load(environ={}, folder=here.folder, sandbox_env=here.sandbox.env_file)
    async with Project(configuration) as project:
        one = Queue(project.data, queue)
        await one.begin("bench", work_of(configuration.settings), Pace(most=LIMIT / 0.95))
        for start in range(0, len(ids), _CHUNK):
            await one.add(ids[start : start + _CHUNK])


def _rows(database: psycopg.Connection, count: int) -> list[str]:
    sql = "select id::text from vehicle_images where ai_last_scanned is null and vehicle_id is not null limit %s"
    return [row[0] for row in database.execute(sql, [count])]


def _worker(here: Place, queue: str, number: int) -> subprocess.Popen[bytes]:
    words = ["worker", "--env-file", str(here.sandbox.env_file), "--project-url", here.url, "--queue", queue, "--json"]
    words += ["--until-empty", "--lease", "60", "--state-dir", str(here.folder / "journals")]
    with (here.folder / f"{number}.out").open("wb") as out, (here.folder / f"{number}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", "diag", *words], cwd=here.folder, stdout=out, stderr=log)


def setting(sandbox: Sandbox, name: str) -> str:
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


def scaling() -> str:
    """The section on 1 to 8 workers, as Markdown."""
    told = (
        f"Answers after {SECONDS:g} s, {IN_FLIGHT} calls in flight per worker, {LIMIT:g} calls/s for all together. "
        "Workers, database, data API and function share one machine."
    )
    return f"## Many workers on one queue\n\n{told}\n\n{table(all_runs())}"


def stopping() -> str:
    """The section on a key that breaks, as Markdown."""
    told = (
        "Workers as above at full speed, then every answer is that of a refused key. Seconds from the first such "
        "answer until the last call began, and until the last worker had ended: it waits for what is in flight, up to "
        f"{SECONDS:g} s here. Calls that began after the second such answer was out, and all that failed."
    )
    rows = [[run.workers, f"{run.started:.1f}", f"{run.ended:.1f}", run.late, run.failed] for run in all_breaks()]
    headers = ["workers", "s to the last start", "s to the last end", "calls after the second", "failed calls"]
    told = f"{told}\n\n{tabulate(rows, headers, tablefmt='github', disable_numparse=True)}"
    return f"## A key that breaks under many workers\n\n{told}"


SECTIONS = {"scaling": scaling, "stopping": stopping}


def main(words: list[str]) -> None:
    """Measure what is named (or all) and print it; with ``--write`` put it into the page."""
    chosen = [word for word in words if word in SECTIONS] or list(SECTIONS)
    for name in chosen:
        page.measure(SECTIONS[name], f"python -m benchmarks.fleet {name} --write", write="--write" in words)


if __name__ == "__main__":
    main(sys.argv[1:])
