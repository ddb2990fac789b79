"""Where the client's processor time goes: ``python -m benchmarks.by_part`` prints a table.

Processor time and not the clock, the tenth of the slices in which it was least, the clients taking turns: that can be
measured on a machine that is busy with other work as well.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
import timeit
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tabulate import tabulate

from benchmarks.client_cost import KINDS, Count, all_pending, endless
from benchmarks.serving import serving
from diag.backfill.calls import Caller
from diag.backfill.ceiling import FixedCeiling
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.journal import Journal, Moment
from diag.backfill.limiter import RateLimiter
from diag.backfill.remote import listen
from diag.backfill.result import BackfillResult, Stopped
from diag.backfill.source import PendingRows
from diag.backfill.tally import Tally
from diag.catalogue import classify
from diag.diagnosis import Answer, Headers
from diag.project.http import certificates
from diag.rows import Outcome, Row

_SHORT = {"success": True, "tags": ["engine"], "appraisal": {"category": "engine", "condition": 7}}
_LABELS = [{"Name": "Car", "Confidence": 99.1, "Parents": [{"Name": "Vehicle"}]} for _ in range(12)]
_USUAL = {**_SHORT, "image_id": "1234", "rekognition": {"labels": _LABELS}, "spid": None, "_debug": {"ms": 5123}}
_SLICE, _WARM, _SECONDS, _ROUNDS = 0.1, 1.0, 4.0, 3
_IDLE = 8.0
_FEW = 30  # answers in a slice, below which it says nothing


def reading(document: dict[str, object]) -> float:
    """Microseconds for the diagnosis of a good answer, as a backfill asks for it."""
    headers = Headers({"content-type": "application/json", "date": "Mon, 23 Nov 2026 00:00:00 GMT", "server": "x"})
    answer = Answer(status=200, headers=headers, body=json.dumps(document).encode())

    def diagnose() -> object:
        return classify(answer, requires=("tags", "appraisal"), brief=True)

    diagnose()
    return min(timeit.repeat(diagnose, number=1000, repeat=9, timer=time.process_time)) * 1000


async def whole(kind: str, url: str, concurrency: int) -> float:
    """Microseconds for each answer, the journal's thread included."""
    count, seen = Count(), list[tuple[int, float]]()

    async def watch() -> None:
        await asyncio.sleep(_WARM)
        while True:
            seen.append((count.answers, time.process_time()))
            await asyncio.sleep(_SLICE)

    watching = asyncio.create_task(watch())
    await KINDS[kind](url, concurrency, _WARM + _SECONDS, count)
    watching.cancel()
    slices = [
        (after - before) / (more - few) * 1e6 for (few, before), (more, after) in pairwise(seen) if more - few >= _FEW
    ]
    return statistics.quantiles(slices, n=10)[0]


class _Asleep:
    """A function that never answers."""

    async def run(self, row: Row, *, force: bool = False) -> Outcome:
        """One call."""
        await asyncio.Event().wait()
        raise AssertionError


async def waiting(in_flight: int) -> float:
    """Milliseconds for each second in which nothing is answered, with all that a run has beside its calls."""
    loop, controls = asyncio.get_running_loop(), Controls()
    with tempfile.TemporaryDirectory() as folder:
        journal = await Journal.open(Path(folder) / "journal" / "j.sqlite3", "analyze-image", "bench")
        finder: Any = SimpleNamespace()
        caller = Caller(_Asleep(), finder, journal, Tally(), controls, clock=loop.time, settle=400)
        engine = Engine(caller, RateLimiter(most=1e6), FixedCeiling(in_flight, in_flight))
        source = PendingRows(endless, all_pending, journal, settle=400)
        beside = [asyncio.create_task(one) for one in (listen(journal, engine), recording(journal))]
        loop.call_later(2 * _WARM + _IDLE, controls.now, Stopped("max-duration"))
        flow = asyncio.create_task(engine.run_pass(source))
        await asyncio.sleep(_WARM)
        before = time.process_time()
        await asyncio.sleep(_IDLE)
        spent = time.process_time() - before
        await flow
        for task in beside:
            task.cancel()
        await source.close()
        await journal.close()
    return spent / _IDLE * 1000


async def recording(journal: Journal) -> None:
    """How the run stands, once a second."""
    while True:
        await journal.progress(BackfillResult("bench", "analyze-image", 0), Moment("running"))
        await asyncio.sleep(1)


def section() -> str:
    """The table."""
    certificates()  # read once for each process, like the imports
    with serving("upstream") as url:
        rounds = [[asyncio.run(whole(kind, url, 50)) for kind in ("aiohttp", "engine")] for _ in range(_ROUNDS)]
    bare, engine = (statistics.median(times) for times in zip(*rounds, strict=True))
    rows = [
        ["the diagnosis of a short good answer", f"{reading(_SHORT):.0f} us"],
        ["the diagnosis of a usual one (1 KB)", f"{reading(_USUAL):.0f} us"],
        ["a call by aiohttp alone, answered at once, 50 in flight", f"{bare:.0f} us"],
        ["the same by the engine, journal included", f"{engine:.0f} us"],
        ["aiohttp's share of it", f"{bare / engine:.2f}"],
        ["each second in which 200 calls wait", f"{asyncio.run(waiting(200)):.1f} ms"],
    ]
    return tabulate(rows, ["what", "processor time"], tablefmt="github", disable_numparse=True)


if __name__ == "__main__":
    print(section())
