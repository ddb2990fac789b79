"""Is everything there, good, and working? Checks as records, and one real test call."""

from __future__ import annotations

import time

from diag.config.settings import Settings
from diag.credentials.needs import falling_back, fitted
from diag.preflight.cause import is_only_aws, with_ways_on
from diag.preflight.facts import Facts, Options
from diag.preflight.judgement import exit_code, root_cause, verdict
from diag.preflight.model import Check, CheckResult, Finding, PreflightResult, Status
from diag.preflight.registry import checks_for
from diag.preflight.runner import OnResult, OnStart, run_checks
from diag.project import Project
from diag.rows import Pictures, RowWorker
from diag.verify import Verifier

__all__ = [
    "Check",
    "CheckResult",
    "Finding",
    "PreflightResult",
    "Status",
    "checks_for",
    "is_only_aws",
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
    on_start: OnStart | None = None,
    on_result: OnResult | None = None,
    pictures: Pictures | None = None,
    verifier: Verifier | None = None,
) -> PreflightResult:
    """Run every check against a project.

    ``call``: make the test call, which costs money; the rows of verified calls are marked as done unless ``mark`` is
    False. ``strict``: warnings end in exit code 4. ``on_start`` hears of each check that begins,
    ``on_result`` of each result when it is known.
    ``max_cost``: what may be spent beside the test call, in USD (0: nothing).
    ``pictures`` and ``verifier`` are for tests. Raises nothing for faults of the project: they are results.
    """
    began = time.monotonic()
    settings = fitted(settings or project.configuration.settings)
    endpoints = project.configuration.endpoints
    async with RowWorker(project, settings, pictures=pictures) as worker, verifier or Verifier(endpoints) as asked:
        options = Options(call=call, mark=mark, max_cost=max_cost)
        facts = Facts(project, worker, options, settings=settings, verifier=asked)
        checks = checks_for(settings, has_source=facts.source is not None)
        results = with_ways_on(await run_checks(checks, facts, on_result, on_start), settings)
    code = exit_code(results, strict=strict)
    return PreflightResult(
        verdict(code),
        code,
        results,
        root_cause(results, strict=strict),
        tuple(facts.outcomes),
        project.configuration.ref,
        project.configuration.url,
        (time.monotonic() - began) * 1000,
        tuple(facts.verifications),
    )


async def run_or_fall_back(project: Project, settings: Settings | None = None) -> tuple[Settings, PreflightResult]:
    """A preflight of the configured function and, where only AWS keeps that from working, one of the fallback
    function; the settings to go on with, and the result that speaks for them. The fallback's result counts only where
    it is healthy: else the first one says what to mend."""
    settings = settings or project.configuration.settings
    result, other = await run(project, settings), falling_back(settings)
    if other is None or not is_only_aws(result.checks):
        return settings, result
    second = await run(project, other)
    return (other, second) if second.verdict == "healthy" else (settings, result)
