"""Runs checks side by side, each as soon as what it needs is known; results come in declared order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from diag.diagnosis import Evidence
from diag.preflight.facts import Facts
from diag.preflight.judgement import found
from diag.preflight.model import Check, CheckResult, Finding, Status
from diag.project import ProjectError
from diag.secret import redact

OnStart = Callable[[Check], None]
OnResult = Callable[[CheckResult], None]


async def run_checks(
    checks: Sequence[Check], facts: Facts, on_result: OnResult | None = None, on_start: OnStart | None = None
) -> tuple[CheckResult, ...]:
    """All results in the order of ``checks``; ``on_start`` hears of each check that is begun, ``on_result`` of
    each result when it is known. A check that crashes becomes an ``error``, the others go on."""
    tasks: dict[str, asyncio.Task[CheckResult]] = {}
    async with asyncio.TaskGroup() as group:
        for check in checks:
            tasks[check.id] = group.create_task(_run_when_ready(check, tasks, facts, on_start, on_result))
    return tuple(task.result() for task in tasks.values())


async def _run_when_ready(
    check: Check,
    tasks: Mapping[str, asyncio.Task[CheckResult]],
    facts: Facts,
    on_start: OnStart | None,
    on_result: OnResult | None,
) -> CheckResult:
    await asyncio.sleep(0)  # let the other tasks come into being first
    waited_for = {name: await tasks[name] for name in (*check.needs, *check.barred_by)}
    because = skipped_because(check, waited_for)
    if because:
        result = CheckResult(check, Finding(Status.SKIP, f"not looked at, because of {because}", because=because))
    else:
        result = await _run(check, facts, on_start)
    if on_result:
        on_result(result)
    return result


def skipped_because(check: Check, waited_for: Mapping[str, CheckResult]) -> str | None:
    """The id of the check that keeps this one from running, or None."""
    for name in check.needs:
        if waited_for[name].status not in (Status.PASS, Status.WARN):
            return _origin(waited_for[name])
    return next((name for name in check.barred_by if waited_for[name].status in (Status.FAIL, Status.ERROR)), None)


def _origin(result: CheckResult) -> str:
    """The check at which a chain of skips begins."""
    return result.finding.because or result.check.id if result.status is Status.SKIP else result.check.id


async def _run(check: Check, facts: Facts, on_start: OnStart | None) -> CheckResult:
    if on_start:
        on_start(check)
    began = time.monotonic()
    finding = await _finding(check, facts)
    return CheckResult(check, finding, (time.monotonic() - began) * 1000)


async def _finding(check: Check, facts: Facts) -> Finding:
    try:
        return await check.run(facts)
    except ProjectError as error:
        return found(error.diagnosis)
    except Exception as error:
        seen = Evidence("exception", redact(f"{type(error).__name__}: {error}"))
        return Finding(Status.ERROR, "the check itself failed: this is a fault of nukediag", evidence=(seen,))
