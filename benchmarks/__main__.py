"""``make bench``: measures, prints, and puts each section into ``docs/benchmarks.md``. Ratios count; absolute figures
are this machine's. ``--quick`` leaves out what takes minutes, ``--full`` adds a million rows, a hundred kills and
many workers."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

from tabulate import tabulate

from benchmarks import by_part, fleet, limited, page, whole_runs
from benchmarks.serving import serving

_ROUNDS = 3
_SECONDS = 5
_LATENCY = ("5", "10")
_LATENCY_SECONDS = 20
_TARGETS = """The engine in full (limiter, guard, journal on the disk, every answer classified) is to make at least
5 times the answers of a bare loop of httpx with its own pool, and at least 0.4 of a bare loop of aiohttp."""


def measured(module: str, *words: str) -> dict[str, float]:
    """The one line of JSON that a measuring process prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def at_zero_latency() -> str:
    """Answers per second at concurrency 50, the median of rounds in which the clients take turns."""
    kinds = ("httpx", "aiohttp", "engine")
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    with serving("upstream") as url:
        for _ in range(_ROUNDS):
            for kind in kinds:
                runs[kind].append(measured("client_cost", kind, url, "50", str(_SECONDS)))
    rate = {kind: statistics.median(run["per_second"] for run in runs[kind]) for kind in kinds}
    cpu = {kind: statistics.median(run["cpu_ms"] for run in runs[kind]) for kind in kinds}
    rows = [
        [kind, f"{rate[kind]:,.0f}", f"{cpu[kind]:.2f}", f"{rate[kind] / rate['httpx']:.1f}",
         f"{rate[kind] / rate['aiohttp']:.2f}"]
        for kind in kinds
    ]  # fmt: skip
    headers = ["client", "answers/s", "CPU ms per answer", "times httpx", "of aiohttp"]
    return f"## 50 calls in flight, answers at once\n\n{_TARGETS}\n\n{table(rows, headers)}"


def at_real_latency() -> str:
    """What the engine makes of answers after 5 to 10 s."""
    rows = []
    with serving("upstream", *_LATENCY) as url:
        for kind, concurrency in (("engine", 50), ("engine", 200), ("aiohttp", 200), ("engine", 1000)):
            run = measured("client_cost", kind, url, str(concurrency), str(_LATENCY_SECONDS))
            ideal = concurrency / 7.5
            rows.append([kind, concurrency, f"{run['per_second']:.1f}", f"{ideal:.1f}", f"{run['cpu_ms']:.2f}",
                         f"{run['memory_mb']:.0f}"])  # fmt: skip
    headers = ["client", "calls in flight", "answers/s", "without end effects", "CPU ms per answer", "memory MB"]
    told = "Start and end, where not all calls are in flight, are counted in, and so is the opening of connections."
    return f"## Answers after 5 to 10 s\n\n{told}\n\n{table(rows, headers)}"


def processor_time() -> str:
    """Where the client's processor time goes."""
    return f"## Processor time by part\n\n{by_part.section()}"


def memory(*, full: bool) -> str:
    """Memory over the number of pending rows."""
    counts = (10_000, 100_000, *((1_000_000,) if full else ()))
    runs = [measured("memory", str(count)) for count in counts]
    rows = [[f"{run['rows']:,.0f}", f"{run['memory_mb']:.0f}", f"{run['journal_mb']:.1f}", f"{run['per_second']:,.0f}"]
            for run in runs]  # fmt: skip
    headers = ["pending rows", "memory MB", "journal MB", "rows/s with answers at once"]
    return f"## Memory\n\n{table(rows, headers)}"


def old_against_new() -> str:
    """Whole backfills of the same rows on the sandbox."""
    rows = [[run.case, run.who, f"{run.seconds:.0f}", run.calls, run.paid, run.done, run.false, run.code]
            for run in whole_runs.all_runs()]  # fmt: skip
    headers = ["case", "who", "seconds", "calls", "paid", "done", "false successes", "exit code"]
    told = (
        f"{whole_runs.ROWS} pending rows. Old rule: batches of ten with a barrier, a second between them, four tries. "
        "A false success is a row that is marked as done with no full result behind the mark."
    )
    return f"## Whole backfills on the sandbox\n\n{told}\n\n{table(rows, headers)}"


def rate_limited() -> str:
    """A limit that nobody is told."""
    runs: Any = measured("limited")
    keys = ("seconds", "calls", "refused", "left")
    rows = [[who, *(f"{run[key]:,.0f}" for key in keys)] for who, run in runs.items()]
    told = (
        f"{limited.ROWS} rows, {limited.LIMIT:.0f} calls per second and no more. Old rule: batches of ten with a "
        "barrier, 1 ms between them, four tries. The engine is not told the limit."
    )
    headers = ["who", "seconds", "calls", "refused", "given up"]
    return f"## A limit of the upstream\n\n{told}\n\n{table(rows, headers)}"


def killed() -> str:
    """A backfill on the sandbox that is killed and started again."""
    run = measured("kills", "100")
    keys = ("kills", "in_flight", "lost", "forgotten", "twice", "calls")
    headers = [
        "kills",
        "calls in flight at them",
        "rows lost",
        "recorded rows called again",
        "paid twice",
        "paid calls",
    ]
    return f"## SIGKILL at random moments\n\n{table([[f'{run[key]:,.0f}' for key in keys]], headers)}"


def many_workers() -> str:
    """Worker processes on one queue: scaling, the shared limit, the shares."""
    return fleet.scaling()


def broken_key() -> str:
    """How soon all workers stop."""
    return fleet.stopping()


def workers_in_trouble() -> str:
    """Workers that are killed, frozen, cut off and told to end at random."""
    run: Any = measured("fleet_chaos")
    keys = ("rows", "calls", "again", "twice", "lost")
    headers = ["rows", "calls", "rows called more than once", "paid twice", "rows lost"]
    told = "Four workers. " + ", ".join(f"{kind}: {count}" for kind, count in sorted(run["troubles"].items()))
    return f"## Workers in trouble\n\n{told}.\n\n{table([[run[key] for key in keys]], headers)}"


def table(rows: list[list[object]], headers: list[str]) -> str:
    """A Markdown table."""
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)


def main(words: list[str]) -> None:
    """Measure, print, put each section into the page; those that are left out stay as they are."""
    parts = [at_zero_latency, lambda: memory(full="--full" in words)]
    if "--quick" not in words:
        parts += [at_real_latency, processor_time, rate_limited, old_against_new]
    if "--full" in words:
        parts += [killed, many_workers, broken_key, workers_in_trouble]
    for part in parts:
        page.measure(part, " ".join(["python -m benchmarks", *words]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="what takes seconds")
    parser.add_argument("--full", action="store_true", help="a million rows, kills and many workers too")
    parser.parse_args()
    main(sys.argv[1:])
