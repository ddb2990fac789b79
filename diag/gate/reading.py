"""What one diagnosis says about the health of the whole, as gate, guard and limiter read it."""

from __future__ import annotations

from enum import StrEnum

from diag.diagnosis import Diagnosis, Scope, Verdict


class Reading(StrEnum):
    """``success`` and ``failure`` count. ``project`` is a failure that every call will meet alike. ``item`` says
    something about one row only, ``throttled`` about our own speed, ``neutral`` nothing at all: none of the three
    enters the success rate."""

    SUCCESS = "success"
    FAILURE = "failure"
    PROJECT = "project"
    ITEM = "item"
    THROTTLED = "throttled"
    NEUTRAL = "neutral"


_THROTTLED = (".rate-limited", ".throttled")
_NEUTRAL = ("function.cached", "function.unfinished")
_BY_SCOPE = {Scope.ITEM: Reading.ITEM, Scope.PROJECT: Reading.PROJECT}


def read(diagnosis: Diagnosis, *, accept_degraded: bool = False) -> Reading:
    """The reading of one diagnosis. A degraded answer is read by its cause, unless degraded answers are accepted."""
    if diagnosis.verdict is Verdict.OK or (accept_degraded and diagnosis.verdict is Verdict.DEGRADED):
        return Reading.SUCCESS
    if diagnosis.signature in _NEUTRAL:
        return Reading.NEUTRAL
    if diagnosis.signature.endswith(_THROTTLED):
        return Reading.THROTTLED
    return _BY_SCOPE.get(diagnosis.scope, Reading.FAILURE) if diagnosis.scope else Reading.FAILURE
