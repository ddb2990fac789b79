"""``python -m benchmarks.at_scale``: what ten million and a billion rows take, by arithmetic and by simulation.

The arithmetic is of counts that the code fixes (questions to the database per row, per worker and per second). The
simulation plays a queue whose workers die at random, in steps of one second, at a thousandth of the rows.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from math import ceil

from tabulate import tabulate

from diag.fleet.queue import CHUNK, LEASE

CALL = 7.5  # seconds: Rekognition and a vision model take 5 to 10
IN_FLIGHT = 200  # per worker: about 4 % of a core
PRICE = 0.021  # USD per call
WINDOW = 0.25  # seconds for which a row's read-back waits for others
QUERIES = 6  # of one read-back: the row, four result tables, the marker
MESSAGE = 2_750  # bytes in pgmq with 50 UUIDs: 55 MB for 20,000, measured
BEAT = 2.0  # take and report, per second and worker


@dataclass(frozen=True)
class Need:
    """What ``rows`` take at ``limit`` calls per second for all together."""

    rows: int
    limit: float

    @property
    def days(self) -> float:
        return self.rows / self.limit / 86_400

    @property
    def workers(self) -> int:
        return ceil(self.limit * CALL / IN_FLIGHT)

    @property
    def queries(self) -> float:
        """Statements per second on the project's tables: what finishes within a window shares its questions."""
        batches = self.workers * min(1 / WINDOW, self.limit / self.workers)
        return batches * QUERIES

    @property
    def steering(self) -> float:
        """Calls per second of the queue's functions: beats, and four for each message."""
        return self.workers * BEAT + 4 * self.limit / CHUNK

    def row(self) -> list[str]:
        """One line of the table."""
        return [
            f"{self.rows:,}", f"{self.limit:,.0f}", f"{self.days:,.1f}", f"{self.limit * CALL:,.0f}",
            f"{self.workers:,}", f"{self.queries:,.0f}", f"{self.steering:,.0f}",
            f"{self.rows / CHUNK * MESSAGE / 1e9:,.1f}", f"{self.rows * PRICE:,.0f}",
        ]  # fmt: skip


HEADERS = ["rows", "calls/s", "days", "in flight", "workers", "statements/s", "steering/s", "queue, GB", "USD"]
CASES = [Need(10**7, 20), Need(10**7, 130), Need(10**7, 500), Need(10**9, 500), Need(10**9, 2_000), Need(10**9, 8_000)]


@dataclass(frozen=True)
class Played:
    """What came of a simulated run: ``seconds`` it took, ``ideal`` without deaths, ``deaths`` of workers, ``late`` rows
    that waited for a lease to end, ``doubtful`` calls that were in flight at a death."""

    seconds: float
    ideal: float
    deaths: int
    late: int
    doubtful: int


def play(rows: int, limit: float, workers: int, hours_between_deaths: float, seed: int) -> Played:
    """Workers take their share each second. One that dies is back after 30 s; what it held comes back after a lease."""
    rng = random.Random(seed)
    share = limit / workers
    held = min(IN_FLIGHT, ceil(share * CALL)) + CHUNK
    back_at = [0.0] * workers
    returning: list[tuple[float, int]] = []
    left, clock, deaths, late, doubtful = float(rows), 0.0, 0, 0, 0
    while left > 0 or returning:
        clock += 1
        left += sum(count for due, count in returning if due <= clock)
        returning = [entry for entry in returning if entry[0] > clock]
        alive = [number for number in range(workers) if back_at[number] <= clock]
        left = max(0.0, left - limit * bool(alive))
        for number in alive:
            if rng.random() < 1 / (hours_between_deaths * 3600) and left > 0:
                deaths, late = deaths + 1, late + min(held, int(left))
                doubtful += held - CHUNK
                returning.append((clock + LEASE, min(held, int(left))))
                left = max(0.0, left - held)
                back_at[number] = clock + 30
    return Played(clock, rows / limit, deaths, late, doubtful)


def simulated(scale: int) -> list[list[str]]:
    """Rows of the second table; ``scale`` divides the rows of the cases."""
    found = []
    for need in CASES:
        for hours in (24.0, 1.0):
            played = play(need.rows // scale, need.limit, need.workers, hours, seed=1)
            found.append([
                f"{need.rows // scale:,}", f"{need.limit:,.0f}", f"{need.workers:,}", f"{hours:g} h",
                f"{played.deaths}", f"{played.late / (need.rows // scale):.3%}", f"{played.doubtful:,}",
                f"{(played.seconds - played.ideal) / 60:.1f} min",
            ])  # fmt: skip
    return found


def main(scale: int) -> None:
    """Print both tables."""
    print(f"Calls of {CALL:g} s, {IN_FLIGHT} in flight per worker, ${PRICE} each.\n")
    print(tabulate([need.row() for need in CASES], HEADERS, tablefmt="github", disable_numparse=True))
    told = "each worker dies every", "deaths", "rows that waited for a lease", "calls in flight at a death"
    headers = ["rows", "calls/s", "workers", *told, "longer than without"]
    print(f"\nA {scale:,}th of the rows, with workers that die at random and are started again after 30 s.\n")
    print(tabulate(simulated(scale), headers, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
