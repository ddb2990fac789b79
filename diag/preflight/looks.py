"""Looking once, and looking again while that can help: at what is unknown or not there yet, never at a definite
failure."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Sequence

from diag.diagnosis import Scope
from diag.preflight.judgement import exit_code, is_proven
from diag.preflight.model import CheckResult, Finding, Status

LookAt = Callable[[frozenset[str], Sequence[CheckResult]], Awaitable[tuple[CheckResult, ...]]]
"""Looks at the checks with these ids again, given the results so far; returns all results."""
OnWait = Callable[[Sequence[str], float, float], None]
"""Hears of the checks that are waited for, the seconds until the next look, and those that are left."""

_PAUSES = (2.0, 4.0, 8.0, 15.0)
_NOT_FOUND = "gateway.function-not-found"


async def look_until(
    results: tuple[CheckResult, ...],
    look: LookAt,
    *,
    wait: float,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    on_wait: OnWait | None = None,
) -> tuple[CheckResult, ...]:
    """The results once waiting can change nothing any more, or after ``wait`` seconds by ``clock``."""
    ends, looks = clock() + wait, 0
    while again := worth_another_look(results):
        left = ends - clock()
        pause = min(_PAUSES[min(looks, len(_PAUSES) - 1)], left)
        if left <= 0:
            break
        if on_wait:
            on_wait([one.check.id for one in results if one.check.id in again and not _is_skipped(one)], pause, left)
        await sleep(pause)
        results, looks = _counted(results, await look(again, results), again), looks + 1
    return results


def _is_skipped(result: CheckResult) -> bool:
    return result.status is Status.SKIP


def _counted(
    before: Sequence[CheckResult], after: Sequence[CheckResult], again: frozenset[str]
) -> tuple[CheckResult, ...]:
    """The new results, each with the attempts of all looks."""
    return tuple(
        dataclasses.replace(new, finding=_with_attempts(old, new)) if new.check.id in again else new
        for old, new in zip(before, after, strict=True)
    )


def _with_attempts(old: CheckResult, new: CheckResult) -> Finding:
    return dataclasses.replace(new.finding, attempts=old.finding.attempts + new.finding.attempts)


def worth_another_look(results: Sequence[CheckResult]) -> frozenset[str]:
    """The ids of the checks that may end otherwise in a while; none where all is well, or where something that is
    required failed for good."""
    if not exit_code(results) or any(_is_definite(one, results) for one in results if one.required):
        return frozenset()
    proven = is_proven(results)
    counted = [one for one in results if one.required and not (proven and one.check.proved_by_call)]
    open_questions = {one.check.id for one in counted if _is_open(one) or is_not_yet(one, results)}
    kept = {one.check.id for one in results if _is_skipped(one) and one.finding.because in open_questions}
    return frozenset(open_questions | kept)


def _is_definite(result: CheckResult, results: Sequence[CheckResult]) -> bool:
    return result.status is Status.ERROR or (result.status is Status.FAIL and not is_not_yet(result, results))


def _is_open(result: CheckResult) -> bool:
    """What is read from files does not change by waiting; what cost money is not bought twice."""
    return result.status is Status.UNKNOWN and result.check.group != "settings" and not result.finding.cost_usd


def is_not_yet(result: CheckResult, results: Sequence[CheckResult]) -> bool:
    """Whether a failure is likely to pass by itself: a passing fault that cost nothing, or a function that is
    deployed and that the gateway does not know yet."""
    diagnosis = result.finding.diagnosis
    if result.status is not Status.FAIL or diagnosis is None or result.finding.cost_usd:
        return False
    deployed = any(one.check.id == "function.deployed" and one.status is Status.PASS for one in results)
    return diagnosis.scope is Scope.TRANSIENT or (diagnosis.signature == _NOT_FOUND and deployed)
