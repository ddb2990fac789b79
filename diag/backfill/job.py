"""One row on its way through a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from diag.backfill.fate import Fate
from diag.backfill.records import Record
from diag.gate import Reading
from diag.rows.outcome import Outcome, Row


def never() -> bool:
    """A row that nobody else can take."""
    return False


@dataclass(slots=True)
class Job:
    """``before``: what the journal knew. ``attempts``: calls in this pass that were not throttled; ``retries``: all
    calls in this pass after the first. ``began``: monotonic time of the first. ``due``: monotonic time of the next.
    ``answered``: whether this run has counted the row. ``force``: the function is to analyse it anew. ``lapsed`` tells
    whether the row is somebody else's by now: then it must not be called."""

    row: Row
    before: Record | None = None
    attempts: int = 0
    retries: int = -1
    began: float = 0.0
    due: float = 0.0
    answered: bool = False
    unresolved: bool = False
    force: bool = False
    lapsed: Callable[[], bool] = never

    def __lt__(self, other: Job) -> bool:
        return self.due < other.due


@dataclass(frozen=True, slots=True)
class Answered:
    """A job's call number ``call`` of this run has an outcome."""

    job: Job
    outcome: Outcome
    reading: Reading
    fate: Fate
    call: int
