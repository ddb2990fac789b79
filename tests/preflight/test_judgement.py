from __future__ import annotations

import pytest

from diag.catalogue import describe
from diag.diagnosis import Diagnosis
from diag.errors import ExitCode
from diag.preflight.facts import Facts
from diag.preflight.judgement import exit_code, root_cause, status_of, verdict
from diag.preflight.model import CALL, Check, CheckResult, Finding, Status


async def never(facts: Facts) -> Finding:
    raise AssertionError("not run here")


def result(
    id: str, status: Status, signature: str | None = None, *, required: bool = True, proved: bool = False
) -> CheckResult:
    diagnosis = describe(signature) if signature else None
    check = Check(id, "group", "claim", never, required=required, proved_by_call=proved)
    return CheckResult(check, Finding(status, "summary", diagnosis))


def called(status: Status, signature: str | None = None) -> CheckResult:
    return result(CALL, status, signature)


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        ("function.ok", Status.PASS),
        ("function.partial", Status.WARN),
        ("function.paused", Status.UNKNOWN),
        ("network.timeout", Status.UNKNOWN),
        ("supabase.unavailable", Status.UNKNOWN),
        ("openai.key-invalid", Status.FAIL),
        ("network.dns", Status.FAIL),
    ],
)
def test_a_passing_fault_teaches_nothing_and_a_lasting_one_fails(signature: str, status: Status) -> None:
    assert status_of(describe(signature)) is status


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result("a", Status.PASS), called(Status.PASS)], ExitCode.OK),
        ([result("a", Status.WARN), called(Status.PASS)], ExitCode.OK),
        ([result("a", Status.FAIL, required=False), called(Status.PASS)], ExitCode.OK),
        ([result("a", Status.FAIL), called(Status.SKIP)], ExitCode.UNHEALTHY),
        ([result("a", Status.PASS), called(Status.SKIP)], ExitCode.CANNOT_VOUCH),
        ([result("a", Status.UNKNOWN), called(Status.PASS)], ExitCode.CANNOT_VOUCH),
        ([result("a", Status.SKIP, proved=True), called(Status.PASS)], ExitCode.OK),
        ([result("a", Status.SKIP, proved=True), called(Status.SKIP)], ExitCode.CANNOT_VOUCH),
        ([result("a", Status.SKIP, proved=True), called(Status.WARN, "function.partial")], ExitCode.CANNOT_VOUCH),
        ([result("a", Status.FAIL, proved=True), called(Status.PASS)], ExitCode.UNHEALTHY),
        ([result("a", Status.PASS), called(Status.WARN, "function.partial")], ExitCode.DEGRADED),
        ([result("a", Status.PASS), called(Status.WARN, "openai.overloaded")], ExitCode.OK),
        ([result("a", Status.PASS), called(Status.UNKNOWN, "function.paused")], ExitCode.CANNOT_VOUCH),
        ([result("a", Status.ERROR), result("b", Status.FAIL)], ExitCode.BUG),
        ([result("a", Status.UNKNOWN), result("b", Status.FAIL)], ExitCode.UNHEALTHY),
    ],
)
def test_the_exit_code_follows_from_the_results(results: list[CheckResult], code: ExitCode) -> None:
    assert exit_code(results) is code


def test_warnings_end_in_4_when_asked_to() -> None:
    results = [result("a", Status.WARN, required=False), called(Status.PASS)]
    assert exit_code(results, strict=True) is ExitCode.DEGRADED
    assert exit_code(results) is ExitCode.OK


def test_the_gate_opens_on_healthy_alone() -> None:
    healthy = [code for code in ExitCode if verdict(code) == "healthy"]
    assert healthy == [ExitCode.OK]


def test_the_root_cause_is_the_first_failure_in_declared_order() -> None:
    results = [
        result("a", Status.WARN, "image.not-found"),
        result("b", Status.FAIL, "openai.key-missing"),
        result("c", Status.FAIL, "aws.credentials-missing"),
        called(Status.SKIP),
    ]
    root = root_cause(results)
    assert root is not None
    assert root.signature == "openai.key-missing"


def test_the_root_cause_prefers_what_the_real_call_met() -> None:
    results = [result("a", Status.UNKNOWN, "supabase.unavailable"), called(Status.UNKNOWN, "function.paused")]
    root = root_cause(results)
    assert root is not None
    assert root.signature == "function.paused"


def test_a_healthy_project_has_no_root_cause() -> None:
    assert root_cause([result("a", Status.WARN, "image.not-found"), called(Status.PASS)]) is None


def test_the_summary_of_a_finding_defaults_to_the_diagnosis_title() -> None:
    from diag.preflight.judgement import found

    diagnosis: Diagnosis = describe("openai.key-invalid")
    assert found(diagnosis).summary == diagnosis.title


def test_what_was_looked_at_explains_more_than_what_was_skipped_for_it() -> None:
    root = root_cause([result("a", Status.UNKNOWN), called(Status.SKIP)])
    assert root is not None
    assert root.check.id == "a"
