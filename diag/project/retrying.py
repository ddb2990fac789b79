"""Retries of reads: bounded, only for causes that pass by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import stamina

from diag.diagnosis import Scope
from diag.project.error import ProjectError

ATTEMPTS = 4
_LONGEST = 45.0  # seconds for all attempts together
_LONGEST_WAIT = 10.0  # seconds; an answer that asks for more is handed to the caller, who knows what else to do


def retrying(attempts: int = ATTEMPTS) -> AsyncIterator[stamina.Attempt]:
    """``async for attempt in retrying(): with attempt: ...`` tries again after a transient ProjectError, with jitter,
    or after the wait that the answer asked for."""
    return stamina.retry_context(on=_wait, attempts=attempts, timeout=_LONGEST, wait_initial=0.2, wait_max=5.0)


def _wait(error: Exception) -> bool | float:
    if not isinstance(error, ProjectError) or error.diagnosis.scope is not Scope.TRANSIENT:
        return False
    asked = error.diagnosis.retry_after
    if asked is None:
        return True
    return asked if asked <= _LONGEST_WAIT else False
