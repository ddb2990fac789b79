"""What follows from one outcome for its row: pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from diag.diagnosis import Verdict
from diag.gate import Reading
from diag.rows.outcome import Outcome

AMBIGUOUS = frozenset({"network.timeout", "network.reset", "runtime.idle-timeout", "function.unfinished"})
"""Nobody knows whether the function went on working (and paying) after these."""
CACHED = "function.cached"
_UNREADABLE = frozenset({"function.empty", "unknown"})
_ANSWER_LOST = (502, 504, 520, 524)  # the function was reached, and its answer was not


class Fate(StrEnum):
    """``done``: results stand, the row is marked. ``refused``: failed on the row's own account, final.
    ``retry``: to be called again in this pass. ``unresolved``: to be called again only once nothing of the first
    call can still be running, and the database was looked at. ``failed``: out of attempts; a later pass calls it
    again. ``left``: out of attempts and unresolved; a later pass looks before it calls again. ``broken``: a fault of
    the whole project, or a stored answer with nothing behind it; a later run calls it again."""

    DONE = "done"
    REFUSED = "refused"
    RETRY = "retry"
    UNRESOLVED = "unresolved"
    FAILED = "failed"
    LEFT = "left"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Policy:
    """``attempts`` per row and pass; ``patience``: seconds after which a row that is only ever throttled is given
    up for this pass, as it is after so many ``refusals``. ``hold``: a row whose call has no known end waits in this
    process for its next attempt; else it is left for a later one at once."""

    attempts: int = 4
    patience: float = 900.0
    hold: bool = True
    refusals: int = 50


def is_ambiguous(outcome: Outcome) -> bool:
    """Whether the work of this call may still be going on, or be done without our knowing, or be known to the function
    alone because the database could not be asked."""
    if outcome.unverified:
        return True
    status = outcome.answer.status if outcome.answer else None
    lost = outcome.diagnosis.signature == "gateway.unavailable" and status in _ANSWER_LOST
    return outcome.called and (lost or outcome.diagnosis.signature in AMBIGUOUS)


def is_unreadable(outcome: Outcome) -> bool:
    """Whether the function says that all went well and its answer cannot be read (cut short, empty, not JSON): its
    work may stand in the database all the same."""
    status = outcome.answer.status if outcome.answer else None
    good = status is not None and 200 <= status < 300
    return outcome.called and good and outcome.diagnosis.signature in _UNREADABLE


def fate(
    outcome: Outcome,
    reading: Reading,
    *,
    attempt: int,
    waited: float,
    may_retry: bool,
    refusals: int = 0,
    renewable: bool = False,
    policy: Policy | None = None,
) -> Fate:
    """What becomes of the row. ``attempt`` counts the calls of this pass that were not throttled, this one included;
    ``refusals`` those that were; ``waited`` are the seconds since the first; ``may_retry`` tells whether the run's
    retry budget allows one more. ``renewable``: what the function has in store for the row is what a call of this very
    run has left there."""
    policy = policy or Policy()
    match reading:
        case Reading.SUCCESS:
            return Fate.DONE
        case Reading.ITEM if not outcome.unverified:
            return Fate.REFUSED
        case Reading.NEUTRAL if outcome.diagnosis.signature == CACHED:
            if outcome.marked:
                return Fate.DONE
            return Fate.RETRY if renewable and may_retry else Fate.BROKEN  # the store may be mended by the next run
        case Reading.PROJECT if not outcome.unverified:
            return Fate.BROKEN
        case Reading.THROTTLED if not outcome.unverified:
            patient = waited < policy.patience and refusals < policy.refusals
            return Fate.RETRY if may_retry and patient else Fate.FAILED
    ambiguous = is_ambiguous(outcome)
    if attempt >= policy.attempts or not (may_retry or outcome.unverified):
        return Fate.LEFT if ambiguous else Fate.FAILED
    if ambiguous:
        return Fate.UNRESOLVED if policy.hold else Fate.LEFT
    return Fate.RETRY


def is_wasted(outcome: Outcome) -> bool:
    """Whether a call was paid for (or may have been) and left nothing."""
    return (
        outcome.may_be_paid and not outcome.marked and outcome.diagnosis.verdict in (Verdict.FAILED, Verdict.DEGRADED)
    )
