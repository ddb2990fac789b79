from __future__ import annotations

from collections.abc import Sequence

from diag.catalogue import describe
from diag.diagnosis import Evidence
from diag.errors import ExitCode
from diag.preflight import Check, CheckResult, Finding, PreflightResult, Status
from diag.preflight.facts import Facts
from diag.preflight.judgement import exit_code, root_cause, verdict
from diag.report.preflight_document import preflight_document
from diag.report.preflight_text import render
from diag.report.terminal import Paper


async def never(facts: Facts) -> Finding:
    raise AssertionError("not run here")


def one(id: str, finding: Finding, *, required: bool = True) -> CheckResult:
    return CheckResult(Check(id, id.partition(".")[0], f"claim of {id}", never, required=required), finding, 12.3456)


def whole(checks: Sequence[CheckResult]) -> PreflightResult:
    code = exit_code(checks)
    return PreflightResult(
        verdict(code), code, tuple(checks), root_cause(checks), ref="r" * 20, url="https://x.example"
    )


MISSING = describe("openai.key-missing", evidence=(Evidence("project's secrets", "no secret OPENAI_API_KEY"),))
BROKEN = whole(
    [
        one("settings.url", Finding(Status.PASS, "https://x.example", source="environment SUPABASE_URL")),
        one("settings.values", Finding(Status.WARN, "one setting needs a look"), required=False),
        one("secrets.A.present", Finding(Status.FAIL, "A is not set", MISSING)),
        one("project.active", Finding(Status.UNKNOWN, "may not look")),
        one("call.test", Finding(Status.SKIP, "skipped", because="secrets.A.present")),
    ]
)


def test_problems_come_first_and_the_worst_before_the_rest() -> None:
    text = render(BROKEN, Paper()).plain
    places = [text.index(words) for words in ("A is not set", "may not look", "one setting needs a look", "skip")]
    assert places == sorted(places)
    assert "claim of settings.url" not in text


def test_everything_is_shown_in_declared_order_when_asked() -> None:
    text = render(BROKEN, Paper(), 1).plain
    places = [text.index(f"claim of {result.check.id}") for result in BROKEN.checks]
    assert places == sorted(places)
    assert "environment SUPABASE_URL" in text


def test_skips_say_what_they_go_back_to() -> None:
    assert "because of secrets.A.present" in render(BROKEN, Paper()).plain


def test_quiet_is_one_line_however_long() -> None:
    assert "\n" not in render(BROKEN, Paper(width=30), -1).plain


def test_the_last_lines_say_verdict_cause_and_exit_code() -> None:
    last = render(BROKEN, Paper()).plain.splitlines()[-2:]
    assert last[0].startswith("UNHEALTHY: openai.key-missing")
    assert last[1].endswith("exit code 3")


def test_what_was_left_out_on_request_is_the_reason_and_no_cause() -> None:
    skipped = one("call.test", Finding(Status.SKIP, "not called", because="--no-call"))
    text = render(whole([one("settings.url", Finding(Status.PASS, "good")), skipped]), Paper(), -1).plain
    assert text == "UNKNOWN: nothing failed, but checks were left out (--no-call)"


def test_an_allowed_failure_says_so() -> None:
    allowed = CheckResult(
        Check("a.a", "a", "claim", never), Finding(Status.WARN, "A is not set", MISSING), allowed=True
    )
    assert "with --allow it counts as a warning" in render(whole([allowed]), Paper()).plain


def test_the_document_holds_every_check_in_declared_order() -> None:
    document = preflight_document(BROKEN).model_dump(mode="json", by_alias=True)
    assert [check["id"] for check in document["checks"]] == [result.check.id for result in BROKEN.checks]
    assert (document["schema"], document["exit_code"], document["signature"]) == (
        "nukediag/preflight/1",
        int(ExitCode.UNHEALTHY),
        "openai.key-missing",
    )
    skipped, missing = document["checks"][4], document["checks"][2]
    assert skipped["because"] == "secrets.A.present"
    assert missing["evidence"] == [{"where": "project's secrets", "text": "no secret OPENAI_API_KEY"}]
    assert missing["remedies"]
    assert set(missing) == {
        "id", "group", "claim", "status", "required", "signature", "summary", "detail", "because", "remedies",
        "evidence", "source", "duration_ms", "attempts", "cost_usd", "allowed",
    }  # fmt: skip
