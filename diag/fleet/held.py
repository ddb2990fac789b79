"""One leased message and what becomes of its rows: pure bookkeeping, times are passed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from diag.backfill.fate import Fate
from diag.diagnosis import Scope
from diag.fleet.state import Again, Message
from diag.rows.outcome import Outcome

MOST_ATTEMPTS = 3
"""Times that a row is called by way of the queue before it is given up. Each is up to 4 calls where they are free of
doubt."""
_BACK_OFF = 60.0  # seconds before the second attempt, doubled before each further one
_BROKEN = 30.0  # seconds: the breaker decides whether anything is called until then


@dataclass(frozen=True, slots=True)
class Back:
    """How a row goes back: after ``delay`` seconds, as attempt number ``attempt``."""

    delay: float
    attempt: int


def way_back(fate: Fate, outcome: Outcome, *, attempt: int, settle: float) -> Back | None:
    """How a row goes back to the queue once this worker is through with it, or None where it does not: it is done, or
    bad, or given up. ``settle``: seconds after which nothing of a call can still be running."""
    last = attempt + 1 >= MOST_ATTEMPTS
    match fate:
        case Fate.BROKEN if outcome.diagnosis.scope is Scope.PROJECT:
            return Back(_BROKEN, attempt)  # not the row's fault: whoever mends the project finds it again
        case Fate.FAILED if not last:
            return Back(_BACK_OFF * 2.0**attempt, attempt + 1)
        case Fate.LEFT if not last:
            return Back(settle, attempt + 1)
    return None


def is_given_up(fate: Fate, back: Back | None) -> bool:
    """Whether a row was left without a result for good, as far as this queue goes."""
    return back is None and fate in (Fate.FAILED, Fate.LEFT, Fate.BROKEN)


@dataclass(slots=True)
class Held:
    """``open``: rows that this worker still has to do. ``back``: how the others go back, by row. ``until``: when the
    lease ends; no call is started in its last ``settle`` seconds, so that whoever gets the row next finds nothing
    running. ``mine``: the rows that were ``claimed``, open or not."""

    message: Message
    until: float
    settle: float
    open: set[str] = field(default_factory=set)
    started: set[str] = field(default_factory=set)
    back: dict[str, Back] = field(default_factory=dict)
    mine: tuple[str, ...] = ()
    claimed: bool = False

    def lapsed(self, row_id: str, now: float) -> bool:
        """Whether a call for this row must not be started any more."""
        return row_id not in self.open or now >= self.until - self.settle

    def expired(self, now: float) -> bool:
        """Whether others may have the message by now, so that it is not ours to settle."""
        return now >= self.until

    def ended(self, row_id: str, back: Back | None) -> None:
        """This worker is through with a row."""
        self.open.discard(row_id)
        if back is not None:
            self.back[row_id] = back

    def give_back(self) -> None:
        """Nothing more will be done for the open rows. Those whose call may be under way must be looked up first."""
        attempt = self.message.attempt
        for row_id in tuple(self.open):
            cut_off = Back(self.settle, min(attempt + 1, MOST_ATTEMPTS - 1))
            self.ended(row_id, cut_off if row_id in self.started else Back(0.0, attempt))

    @property
    def again(self) -> Sequence[Again]:
        """What goes back, rows of the same kind together."""
        kinds: dict[Back, list[str]] = {}
        for row_id, back in self.back.items():
            kinds.setdefault(back, []).append(row_id)
        return [Again(ids=tuple(ids), delay=back.delay, attempt=back.attempt) for back, ids in kinds.items()]
