"""From diagnoses and check results to statuses, verdict, exit code and root cause. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from diag.diagnosis import Diagnosis, Evidence, Remedy, Scope
from diag.diagnosis import Verdict as Found
from diag.errors import ExitCode, worst
from diag.preflight.model import CALL, CheckResult, Finding, Status, Verdict


def status_of(diagnosis: Diagnosis) -> Status:
    """What a diagnosis means for the check that met it: a passing fault teaches nothing."""
    if diagnosis.verdict is Found.OK:
        return Status.PASS
    if diagnosis.verdict is Found.DEGRADED:
        return Status.WARN
    transient = diagnosis.scope is Scope.TRANSIENT
    return Status.UNKNOWN if diagnosis.verdict is Found.INCONCLUSIVE or transient else Status.FAIL


def passed(summary: str, *, detail: str | None = None, source: str | None = None) -> Finding:
    """The claim holds."""
    return Finding(Status.PASS, summary, detail=detail, source=source)


def found(
    diagnosis: Diagnosis,
    summary: str | None = None,
    *,
    status: Status | None = None,
    source: str | None = None,
    remedies: tuple[Remedy, ...] = (),
) -> Finding:
    """What a diagnosis says about the claim; its title is the summary where none is given."""
    return Finding(
        status or status_of(diagnosis), summary or diagnosis.title, diagnosis, source=source, remedies=remedies
    )


def unknown(summary: str, *evidence: Evidence, remedies: tuple[Remedy, ...] = ()) -> Finding:
    """Nothing was learned about the claim."""
    return Finding(Status.UNKNOWN, summary, evidence=evidence, remedies=remedies)


def is_proven(results: Sequence[CheckResult]) -> bool:
    """Whether a fresh and full test call stands among the results."""
    return any(result.check.id == CALL and _has_fresh_answer(result) for result in results)


def _has_fresh_answer(result: CheckResult) -> bool:
    # The test call also warns when it only succeeded after a passing failure; a degraded answer proves nothing, and
    # neither does a failure that is allowed.
    warned = result.status is Status.WARN and not result.allowed and not _is_degraded(result)
    return result.status is Status.PASS or warned


def _is_degraded(result: CheckResult) -> bool:
    diagnosis = result.finding.diagnosis
    return diagnosis is not None and diagnosis.verdict is Found.DEGRADED


def exit_code(results: Sequence[CheckResult], *, strict: bool = False) -> ExitCode:
    """The exit code that the results add up to."""
    proven = is_proven(results)
    return worst(*(_code(result, strict=strict, proven=proven) for result in results))


def _code(result: CheckResult, *, strict: bool, proven: bool) -> ExitCode:
    check, status = result.check, result.status
    if status is Status.ERROR:
        return ExitCode.BUG
    if status is Status.FAIL and result.required:
        return ExitCode.UNHEALTHY
    if status in (Status.UNKNOWN, Status.SKIP) and result.required and not (proven and check.proved_by_call):
        return ExitCode.CANNOT_VOUCH
    warned = status in (Status.WARN, Status.FAIL)
    return ExitCode.DEGRADED if warned and (strict or _is_degraded(result)) else ExitCode.OK


_VERDICTS: dict[ExitCode, Verdict] = {
    ExitCode.OK: "healthy",
    ExitCode.UNHEALTHY: "unhealthy",
    ExitCode.DEGRADED: "unhealthy",
}


def verdict(code: ExitCode) -> Verdict:
    """The verdict in a word."""
    return _VERDICTS.get(code, "unknown")


_PAUSED = "gateway.project-paused"


def root_cause(results: Sequence[CheckResult], *, strict: bool = False) -> CheckResult | None:
    """The result that explains the exit code: of those that alone would give the same code, the one that was met
    in the real call if there is one, else the first in declared order that has a signature. A paused project explains
    whatever else was met: its host name may not even resolve."""
    code, proven = exit_code(results, strict=strict), is_proven(results)
    if code is ExitCode.OK:
        return None
    guilty = [result for result in results if _code(result, strict=strict, proven=proven) is code]
    looked_at = [result for result in guilty if result.status is not Status.SKIP] or guilty
    telling = [result for result in looked_at if result.signature] or looked_at
    return max(telling, key=lambda result: (result.check.id == CALL, result.signature == _PAUSED), default=None)
