"""What the engine tells its observers: the progress display, the tally, tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from diag.backfill.fate import Fate
from diag.backfill.tally import Tally
from diag.rows.outcome import Outcome


@dataclass(frozen=True, slots=True)
class RowAnswered:
    """A row's call (number ``attempt``) has an outcome, and what follows from it. ``tally`` is the run's so far."""

    outcome: Outcome
    fate: Fate
    attempt: int
    tally: Tally


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody who watches should know, in a sentence."""

    text: str


Event = RowAnswered | Notice
Observer = Callable[[Event], None]
