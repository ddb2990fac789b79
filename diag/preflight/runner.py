"""Runs checks side by side, each as soon as what it needs is known; results come in declared order."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence

from diag.catalogue import in_context
from diag.diagnosis import Evidence
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, unknown
from diag.preflight.model import Check, CheckResult, Finding, Status
from diag.preflight.wishes import Plan
from diag.project import ProjectError
from diag.secret import redact

OnStart = Callable[[Check], None]
OnResult = Callable[[CheckResult], None]


async def run_checks(
    checks: Sequence[Check],
    facts: Facts,
    on_result: OnResult | None = None,
    on_start: OnStart | None = None,
    plan: Plan | None = None,
) -> tuple[CheckResult, ...]:
    """All results in the order of ``checks``; ``on_start`` hears of each check that is begun, ``on_result`` of
    each result when it is known. A check that crashes becomes an ``error``, the others go on."""
    tasks: dict[str, asyncio.Task[CheckResult]] = {}
    one = _One(tasks, facts, plan or Plan(), on_start, on_result)
    async with asyncio.TaskGroup() as group:
        for check in checks:
            tasks[check.id] = group.create_task(one.result(check))
    return tuple(task.result() for task in tasks.values())


@dataclasses.dataclass(frozen=True, slots=True)
class _One:
    """How one check comes to its result, beside the others."""

    tasks: Mapping[str, asyncio.Task[CheckResult]]
    facts: Facts
    plan: Plan
    on_start: OnStart | None
    on_result: OnResult | None

    async def result(self, check: Check) -> CheckResult:
        if check.id in self.plan.known:
            return self.plan.known[check.id]
        await asyncio.sleep(0)  # let the other tasks come into being first
        because = self.plan.omitted.get(check.id) or await self._skipped_because(check)
        if because:
            result = CheckResult(check, Finding(Status.SKIP, f"not looked at, because of {because}", because=because))
        else:
            result = await self._run(check)
        if self.on_result:
            self.on_result(result)
        return result

    async def _skipped_because(self, check: Check) -> str | None:
        waited_for = {name: await self.tasks[name] for name in (*check.needs, *check.barred_by)}
        return skipped_because(check, waited_for)

    async def _run(self, check: Check) -> CheckResult:
        if self.on_start:
            self.on_start(check)
        began = time.monotonic()
        finding = await _finding(check, self.facts, self.plan)
        result = CheckResult(check, finding, (time.monotonic() - began) * 1000)
        return allowed(result) if check.id in self.plan.allowed else result


def allowed(result: CheckResult) -> CheckResult:
    """The result of a check whose failure is allowed: a failure becomes a warning, anything else stays."""
    if result.status is not Status.FAIL:
        return result
    return dataclasses.replace(result, finding=dataclasses.replace(result.finding, status=Status.WARN), allowed=True)


def skipped_because(check: Check, waited_for: Mapping[str, CheckResult]) -> str | None:
    """The id of the check that keeps this one from running, or None."""
    for name in check.needs:
        if waited_for[name].status not in (Status.PASS, Status.WARN):
            return _origin(waited_for[name])
    return next((name for name in check.barred_by if waited_for[name].status in (Status.FAIL, Status.ERROR)), None)


def _origin(result: CheckResult) -> str:
    """The check at which a chain of skips begins."""
    because = result.finding.because or "--"
    return result.check.id if result.status is not Status.SKIP or because.startswith("--") else because


async def _finding(check: Check, facts: Facts, plan: Plan) -> Finding:
    clock, ends_at = asyncio.get_running_loop().time, plan.ends_at
    if ends_at is not None and clock() >= ends_at:
        return unknown("not begun: the time was up (--deadline)")
    if plan.timeout is not None and not check.cost_usd:
        ends_at = min(clock() + plan.timeout, ends_at or float("inf"))
    try:
        async with asyncio.timeout_at(ends_at) as limit:
            return _in_context(await check.run(facts), facts)
    except ProjectError as error:
        return _in_context(found(error.diagnosis), facts)
    except Exception as error:
        return _crashed(error) if not limit.expired() else _cut_off(check, by_deadline=ends_at == plan.ends_at)


def _in_context(finding: Finding, facts: Facts) -> Finding:
    """What the project refused was diagnosed by who did not know the project's ref: a command to copy needs it."""
    told = finding.diagnosis
    return dataclasses.replace(finding, diagnosis=in_context(told, facts.context)) if told else finding


def _cut_off(check: Check, *, by_deadline: bool) -> Finding:
    """No answer in time teaches nothing; a call that was cut off may have been paid for."""
    flag = "--deadline" if by_deadline else "--timeout"
    finding = unknown(f"no answer before the time was up ({flag})")
    return dataclasses.replace(finding, cost_usd=check.cost_usd)


def _crashed(error: Exception) -> Finding:
    seen = Evidence("exception", redact(f"{type(error).__name__}: {error}"))
    return Finding(Status.ERROR, "the check itself failed: this is a fault of nukediag", evidence=(seen,))
