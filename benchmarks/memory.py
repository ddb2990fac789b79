"""Memory of the whole engine over many pending rows: ``python -m benchmarks.memory ROWS`` prints one line of JSON."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
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
from diag.diagnosis import Diagnosis, Verdict
from diag.rows import Outcome, Row

_OK = Diagnosis(Verdict.OK, "function.ok", None, "")


class Worker:
    """Answers at once."""

    async def run(self, row: Row, *, force: bool = False) -> Outcome:
        """Done."""
        return Outcome(row, _OK, called=True, marked=True)


def rows_source(count: int) -> Any:
    """So many pending rows, made as they are asked for."""

    async def open_rows(after: str | None) -> AsyncIterator[Row]:
        for number in range(int(after or 0) + 1, count + 1):
            yield Row(f"{number:012d}", f"https://pictures.example/{number}.jpg")

    return open_rows


async def still_pending(row_ids: list[str]) -> set[str]:
    """Nobody else finishes rows here."""
    return set(row_ids)


async def run(count: int) -> dict[str, float]:
    """The figures of one run."""
    loop = asyncio.get_running_loop()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal" / "j.sqlite3"
        journal = await Journal.open(path, "analyze-image", "bench")
        worker: Any = Worker()
        finder: Any = SimpleNamespace()
        caller = Caller(worker, finder, journal, Tally(), Controls(), clock=loop.time, settle=400)
        engine = Engine(caller, RateLimiter(most=1e6), FixedCeiling(200, 200))
        source = PendingRows(rows_source(count), still_pending, journal, settle=400)
        await engine.run_pass(source)
        await source.close()
        await journal.close()
        size = path.stat().st_size / 1e6
    elapsed = time.monotonic() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": count, "per_second": count / elapsed, "memory_mb": memory, "journal_mb": size}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(int(sys.argv[1])))))
