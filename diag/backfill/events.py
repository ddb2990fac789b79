"""What the engine tells its observers: the progress display, the tally, tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from diag.backfill.fate import Fate
from diag.rows.outcome import Outcome


@dataclass(frozen=True, slots=True)
class RowAnswered:
    """A row's call (number ``attempt``) has an outcome, and what follows from it."""

    outcome: Outcome
    fate: Fate
    attempt: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody who watches should know, in a sentence."""

    text: str


Event = RowAnswered | Notice
Observer = Callable[[Event], None]
