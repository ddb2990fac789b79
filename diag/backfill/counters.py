"""The figures of a run over time, for those who look at it: how many calls in each ten seconds, how long they took,
what they met. Kept in memory between two visits of the journal's writer, and bounded however long the run lasts."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import log2
from operator import add

from diag.backfill.fate import Fate, is_wasted
from diag.diagnosis import Diagnosis, Verdict
from diag.gate import Reading, read
from diag.rows.outcome import Outcome
from diag.secret import redact

WIDTH = 10
"""Seconds to a slot at first; doubled whenever a run has too many of them."""
MOST_SLOTS = 720
STEPS = 4
"""Latency buckets to a doubling: each is 19 % wider than the one before it."""
KEPT_RUNS = 50

_PACE = """
INSERT INTO pace (run, at, width, calls, good, refused, failed, throttled, wasted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, at) DO UPDATE SET calls = calls + excluded.calls, good = good + excluded.good,
    refused = refused + excluded.refused, failed = failed + excluded.failed,
    throttled = throttled + excluded.throttled, wasted = wasted + excluded.wasted
"""
_MERGED = """
SELECT at - at % ?, sum(calls), sum(good), sum(refused), sum(failed), sum(throttled), sum(wasted)
FROM pace WHERE run = ? GROUP BY 1
"""
_LATENCY = """
INSERT INTO latency (run, bucket, good, bad) VALUES (?, ?, ?, ?)
ON CONFLICT (run, bucket) DO UPDATE SET good = good + excluded.good, bad = bad + excluded.bad
"""
_TALLY = """
INSERT INTO tally (run, signature, scope, count, example, title, remedies) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, signature) DO UPDATE SET count = count + excluded.count
"""


@dataclass(slots=True)
class Met:
    """A signature and how often it was met since the last visit."""

    diagnosis: Diagnosis
    example: str
    count: int = 0


@dataclass(slots=True)
class Batch:
    """What is new since the last visit of the writer. ``slots``: beginning (seconds since 1970) -> calls, good,
    refused, failed, throttled, wasted; ``latencies``: bucket -> good, bad; ``merge``: the width to merge earlier slots
    to, or 0."""

    width: int
    slots: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 6))
    latencies: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    met: dict[str, Met] = field(default_factory=dict)
    merge: int = 0

    def write(self, db: sqlite3.Connection, run: str) -> None:
        """Add it to what the journal holds of the run."""
        db.executemany(_PACE, [(run, at, self.width, *counts) for at, counts in self.slots.items()])
        db.executemany(_LATENCY, [(run, bucket, *counts) for bucket, counts in self.latencies.items()])
        db.executemany(_TALLY, [_tally_values(run, name, met) for name, met in self.met.items()])
        if self.merge:
            merged = db.execute(_MERGED, (self.merge, run)).fetchall()
            db.execute("DELETE FROM pace WHERE run = ?", (run,))
            db.executemany(_PACE, [(run, at, self.merge, *counts) for at, *counts in merged])


class Counters:
    """Counts until ``take`` hands over what is new."""

    def __init__(self) -> None:
        self._width = WIDTH
        self._begun = 0
        self._slot = -1
        self._new = Batch(WIDTH)

    def add(self, now: float, outcome: Outcome, fate: Fate) -> None:
        """One more outcome at ``now`` (seconds since 1970)."""
        done, refused = fate is Fate.DONE, fate is Fate.REFUSED
        throttled = not (done or refused) and read(outcome.diagnosis) is Reading.THROTTLED
        self.count(
            now, calls=outcome.called, good=done, refused=refused, failed=not (done or refused or throttled),
            throttled=throttled, wasted=is_wasted(outcome),
        )  # fmt: skip
        if outcome.called:
            bucket = int(STEPS * log2(outcome.duration_ms)) if outcome.duration_ms > 1 else 0
            self._new.latencies[bucket][not done] += 1
        if outcome.diagnosis.verdict is not Verdict.OK:
            self.meet(outcome.diagnosis, outcome.row.id)

    def count(
        self,
        now: float,
        *,
        calls: int = 0,
        good: int = 0,
        refused: int = 0,
        failed: int = 0,
        throttled: int = 0,
        wasted: int = 0,
    ) -> None:
        """So much of each kind at ``now``."""
        slot = self._new.slots[self._begin(int(now))]
        slot[:] = map(add, slot, (calls, good, refused, failed, throttled, wasted))

    def meet(self, diagnosis: Diagnosis, example: str) -> None:
        """A signature was met."""
        met = self._new.met.get(diagnosis.signature)
        if met is None:
            met = self._new.met[diagnosis.signature] = Met(diagnosis, example)
        met.count += 1

    def take(self) -> Batch:
        """What is new since the last time."""
        taken, self._new = self._new, Batch(self._width)
        if self._begun > MOST_SLOTS:
            self._width *= 2
            self._begun //= 2
            taken.merge, self._new.width = self._width, self._width
        return taken

    def _begin(self, now: int) -> int:
        slot = now - now % self._width
        self._begun += slot != self._slot
        self._slot = slot
        return slot


def forget_old_runs(db: sqlite3.Connection) -> None:
    """Keep the figures over time of the latest runs only; their sums stay."""
    for table in ("pace", "latency"):
        newest = "SELECT id FROM run ORDER BY started_at DESC LIMIT ?"
        db.execute(f"DELETE FROM {table} WHERE run NOT IN ({newest})", (KEPT_RUNS,))  # noqa: S608 - our own names


def _tally_values(run: str, name: str, met: Met) -> Sequence[object]:
    diagnosis = met.diagnosis
    remedies = redact(json.dumps([asdict(remedy) for remedy in diagnosis.remedies]))
    scope = diagnosis.scope and diagnosis.scope.value
    return (run, name, scope, met.count, redact(met.example), redact(diagnosis.title), remedies)
