"""A function that takes so many calls per second and no more: the old rule against the engine.

``python -m benchmarks.limited`` prints one line of JSON: for each, seconds, calls, refusals and rows
that were given up.
"""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from diag.backfill.calls import Caller
from diag.backfill.ceiling import FixedCeiling
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.journal import Journal
from diag.backfill.limiter import RateLimiter
from diag.backfill.source import PendingRows
from diag.backfill.tally import Tally
from diag.catalogue import classify
from diag.diagnosis import Answer
from diag.rows import Outcome, Row

ROWS, LIMIT = 300, 10.0
_BATCH, _TRIES = 10, 4
_FULL = b'{"success":true,"tags":["engine"],"appraisal":{"category":"engine"}}'
_REFUSED = b'{"error":{"message":"Rate limit reached for gpt-4o","type":"requests","code":"rate_limit_exceeded"}}'


class Limited:
    """Takes ``LIMIT`` calls per second with a burst of one second's worth; answers after 0.3 to 0.6 s."""

    def __init__(self) -> None:
        self.calls = self.refused = 0
        self._tokens, self._at = LIMIT, time.monotonic()
        self._random = random.Random(1)

    async def call(self) -> Answer:
        """One call."""
        now = time.monotonic()
        self._tokens, self._at = min(LIMIT, self._tokens + (now - self._at) * LIMIT), now
        self.calls += 1
        if self._tokens < 1:
            self.refused += 1
            await asyncio.sleep(0.05)
            return Answer(429, body=_REFUSED)
        self._tokens -= 1
        await asyncio.sleep(self._random.uniform(0.3, 0.6))
        return Answer(200, body=_FULL, duration_ms=450)

    async def run(self, row: Row, *, force: bool = False) -> Outcome:
        """As ``RowWorker.run``."""
        answer = await self.call()
        found = classify(answer, requires=("tags", "appraisal"))
        return Outcome(row, found, called=True, answer=answer, marked=answer.status == 200, duration_ms=450)


async def old_rule(limited: Limited) -> int:
    """Batches with a barrier and a millisecond between them, as somebody sets it who is in a hurry; rows done."""

    async def one() -> bool:
        for attempt in range(_TRIES):
            if (await limited.call()).status == 200:
                return True
            await asyncio.sleep(2.0**attempt if attempt < _TRIES - 1 else 0)
        return False

    done = 0
    for _ in range(0, ROWS, _BATCH):
        done += sum(await asyncio.gather(*(one() for _ in range(_BATCH))))
        await asyncio.sleep(0.001)
    return done


async def engine(limited: Limited) -> int:
    """The engine, which is not told the limit; rows done."""
    tally, worker, finder = Tally(), limited, SimpleNamespace()
    parts: Any = (worker, finder)
    with tempfile.TemporaryDirectory() as folder:
        journal = await Journal.open(Path(folder) / "journal" / "j.sqlite3", "f", "bench")
        clock = asyncio.get_running_loop().time
        caller = Caller(*parts, journal, tally, Controls(), clock=clock, settle=400)
        source = PendingRows(_rows, _all, journal, settle=400)
        await Engine(caller, RateLimiter(), FixedCeiling(50, 8)).run_pass(source)
        await source.close()
        await journal.close()
    return tally.succeeded


async def _rows(after: str | None) -> AsyncIterator[Row]:
    for number in range(int(after or -1) + 1, ROWS):
        yield Row(f"{number:06d}", "https://pictures.example/1.jpg")


async def _all(row_ids: list[str]) -> set[str]:
    return set(row_ids)


async def _measured(backfill: Callable[[Limited], Awaitable[int]]) -> dict[str, float]:
    limited, began = Limited(), time.monotonic()
    done = await backfill(limited)
    return {
        "seconds": time.monotonic() - began, "calls": limited.calls, "refused": limited.refused, "left": ROWS - done,
    }  # fmt: skip


if __name__ == "__main__":
    found = {"old rule": asyncio.run(_measured(old_rule)), "engine": asyncio.run(_measured(engine))}
    print(json.dumps(found))
