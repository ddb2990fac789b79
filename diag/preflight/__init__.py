"""Is everything there, good, and working? Checks as records, and one real test call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from diag.config.settings import Settings
from diag.credentials.needs import falling_back, fitted
from diag.preflight.cause import is_only_aws, with_ways_on
from diag.preflight.facts import Facts, Options
from diag.preflight.judgement import exit_code, root_cause, verdict
from diag.preflight.looks import look_until
from diag.preflight.model import Check, CheckResult, Finding, PreflightResult, Status
from diag.preflight.observer import Observer
from diag.preflight.registry import checks_for, known_checks
from diag.preflight.runner import run_checks
from diag.preflight.wishes import Plan, Wishes, plan_of
from diag.project import Project
from diag.rows import Pictures, RowWorker
from diag.rows.holding import Alone, Holding
from diag.verify import Verifier

__all__ = [
    "Check",
    "CheckResult",
    "Finding",
    "PreflightResult",
    "Status",
    "checks_for",
    "is_only_aws",
    "result_of",
    "run",
    "run_or_fall_back",
]


async def run(
    project: Project,
    settings: Settings | None = None,
    *,
    call: bool = True,
    mark: bool = True,
    strict: bool = False,
    max_cost: float = 0.0,
    avoid: frozenset[str] = frozenset(),
    holding: Holding | None = None,
    wishes: Wishes | None = None,
    observer: Observer | None = None,
    pictures: Pictures | None = None,
    verifier: Verifier | None = None,
) -> PreflightResult:
    """Run every check against a project.

    ``call``: make the test call, which costs money; the rows of verified calls are marked as done unless ``mark`` is
    False. ``strict``: warnings end in exit code 4. ``wishes``: which checks, which failures are allowed, how long to
    wait. ``observer`` hears of what begins and ends.
    ``max_cost``, ``avoid``, ``holding``: see ``Options``. ``pictures`` and ``verifier`` are for tests. Raises
    UsageError for an unknown name among the wishes, and nothing for faults of the project: they are results.
    """
    began = time.monotonic()
    settings = fitted(settings or project.configuration.settings)
    async with RowWorker(project, settings, pictures=pictures) as worker:
        options = Options(call=call, mark=mark, max_cost=max_cost, avoid=avoid, holding=holding or Alone())
        looks = _Looks(project, settings, worker, options, verifier, observer or Observer())
        results = with_ways_on(await looks.results(wishes or Wishes()), settings)
    configuration = project.configuration
    return result_of(
        results,
        strict=strict,
        outcomes=tuple(outcome for facts in looks.facts for outcome in facts.outcomes),
        ref=configuration.ref,
        url=configuration.url,
        duration_ms=(time.monotonic() - began) * 1000,
        verifications=tuple(one for facts in looks.facts for one in facts.verifications),
    )


def result_of(results: tuple[CheckResult, ...], *, strict: bool = False, **rest: Any) -> PreflightResult:
    """What the checks' results add up to; ``rest`` are the other fields of a ``PreflightResult``."""
    code = exit_code(results, strict=strict)
    return PreflightResult(verdict(code), code, results, root_cause(results, strict=strict), **rest)


@dataclass
class _Looks:
    """All looks of one preflight. Each has facts of its own: what was seen before may have changed."""

    project: Project
    settings: Settings
    worker: RowWorker
    options: Options
    verifier: Verifier | None
    observer: Observer
    facts: list[Facts] = field(default_factory=list)

    async def results(self, wishes: Wishes) -> tuple[CheckResult, ...]:
        source = Facts(self.project, self.worker, self.options, settings=self.settings).source
        checks = checks_for(self.settings, has_source=source is not None)
        clock = asyncio.get_running_loop().time
        plan = plan_of(wishes, checks, known_checks(self.settings), clock())
        self.observer.on_plan(checks)

        async def again(ids: frozenset[str], before: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
            known = {one.check.id: one for one in before if one.check.id not in ids}
            return await self._look(checks, replace(plan, known=known))

        first, wait = await self._look(checks, plan), min(wishes.wait, wishes.deadline or wishes.wait)
        return await look_until(
            first, again, wait=wait, clock=clock, sleep=asyncio.sleep, on_wait=self.observer.on_wait
        )

    async def _look(self, checks: Sequence[Check], plan: Plan) -> tuple[CheckResult, ...]:
        new = Verifier.of(self.project.configuration)
        async with nullcontext(self.verifier) if self.verifier else new as asked:
            facts = Facts(self.project, self.worker, self.options, settings=self.settings, verifier=asked)
            self.facts.append(facts)
            return await run_checks(checks, facts, self.observer.on_result, self.observer.on_start, plan)


async def run_or_fall_back(
    project: Project, settings: Settings | None = None, **options: Any
) -> tuple[Settings, PreflightResult]:
    """A preflight of the configured function and, where only AWS keeps that from working, one of the fallback
    function; the settings to go on with, and the result that speaks for them. The fallback's result counts only where
    it is healthy: else the first one says what to mend. ``options`` are those of ``run``."""
    settings = settings or project.configuration.settings
    result, other = await run(project, settings, **options), falling_back(settings)
    if other is None or not is_only_aws(result.checks):
        return settings, result
    second = await run(project, other, **options)
    return (other, second) if second.verdict == "healthy" else (settings, result)
