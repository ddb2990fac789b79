from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from diag.catalogue import describe
from diag.config.configuration import LocalSecret
from diag.config.settings import FunctionSettings, Place, Settings
from diag.credentials import Copies, Copy, State
from diag.preflight.cause import enriched, is_only_aws, with_ways_on
from diag.preflight.facts import Facts
from diag.preflight.judgement import found
from diag.preflight.model import Check, CheckResult, Finding, Status
from diag.project import StoredSecret
from diag.secret import Secret
from diag.verify import Standing, Verification

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


async def never(facts: Facts) -> Finding:
    raise AssertionError("not run here")


def failed(signature: str, *, required: bool = True) -> CheckResult:
    check = Check(f"x.{signature}", "x", "claim", never, required=required)
    return CheckResult(check, found(describe(signature), status=Status.FAIL))


def copies(state: State, minutes: int = 5) -> Copies:
    stored = StoredSecret("OPENAI_API_KEY", "0" * 64, NOW - timedelta(minutes=minutes))
    local = LocalSecret("OPENAI_API_KEY", Secret("value"), Place(text=".env:1"))
    return Copies("sha256", (Copy("OPENAI_API_KEY", state, "it is another one", True, stored, local),))


def openai(standing: Standing) -> Verification:
    return Verification("openai", ("OPENAI_API_KEY",), "GET /v1/models", standing)


def of_the_call(compared: Copies | None, *asked: Verification, signature: str = "openai.key-invalid") -> Finding:
    finding = found(describe(signature), status=Status.FAIL)
    return enriched(finding, compared, asked, "analyze-image", "abcdefghijklmnopqrst", NOW)


def test_a_call_that_failed_by_a_key_tells_that_the_stored_one_is_not_the_local_one() -> None:
    finding = of_the_call(copies(State.DIFFERS))
    assert finding.evidence[0].text == "it is another one"
    assert finding.remedies[0].command == "nukediag secrets push OPENAI_API_KEY --overwrite --yes"


def test_a_good_key_that_the_function_is_refused_with_is_an_old_one_in_a_warm_worker() -> None:
    finding = of_the_call(copies(State.SAME), openai(Standing.VALID))
    assert "changed 5 minutes ago: a warm worker" in finding.evidence[0].text
    assert "functions deploy analyze-image" in (finding.remedies[0].command or "")


@pytest.mark.parametrize("standing", [Standing.INVALID, Standing.UNKNOWN])
def test_a_key_that_is_not_proven_good_blames_no_worker(standing: Standing) -> None:
    assert of_the_call(copies(State.SAME), openai(standing)) == of_the_call(None)


def test_used_up_quota_is_no_matter_of_workers() -> None:
    finding = of_the_call(copies(State.SAME), openai(Standing.VALID), signature="openai.quota-exhausted")
    assert not [one for one in finding.evidence if "worker" in one.text]


def test_where_only_aws_is_at_fault_both_ways_on_are_named() -> None:
    results = (failed("aws.access-denied"), failed("image.not-found", required=False))
    assert is_only_aws(results)
    first, other = with_ways_on(results, Settings())
    commands = [one.command for one in first.remedies]
    assert "nukediag backfill --if-healthy --function analyze-image-simple" in commands
    assert first.remedies[:-2] == results[0].remedies
    assert other is results[1]


@pytest.mark.parametrize(
    "results",
    [
        (failed("aws.access-denied"), failed("openai.key-invalid")),
        (failed("openai.key-invalid"),),
        (failed("aws.access-denied", required=False),),
        (),
    ],
)
def test_where_something_else_is_at_fault_there_is_no_way_around(results: tuple[CheckResult, ...]) -> None:
    assert not is_only_aws(results)
    assert with_ways_on(results, Settings()) == results


def test_the_simple_function_is_not_offered_in_place_of_itself() -> None:
    results = (failed("aws.access-denied"),)
    own = Settings(function=FunctionSettings(name="analyze-image-simple"))
    assert with_ways_on(results, own) == results
    none = Settings(function=FunctionSettings(fallback=None))
    assert with_ways_on(results, none) == results


@pytest.mark.parametrize(("key", "is_stray"), [("AKIA0123456789ABCDEF", True), ("ASIA0123456789ABCDEF", False)])
def test_a_session_token_beside_a_lasting_key_is_to_be_taken_away(key: str, is_stray: bool) -> None:
    stored, local = (
        StoredSecret("AWS_ACCESS_KEY_ID", "0" * 64),
        LocalSecret("AWS_ACCESS_KEY_ID", Secret(key), Place(text=".env:1")),
    )
    token = Copy("AWS_SESSION_TOKEN", State.ONLY_STORED, "", False, StoredSecret("AWS_SESSION_TOKEN", "1" * 64))
    held = Copies("sha256", (Copy("AWS_ACCESS_KEY_ID", State.DIFFERS, "another", True, stored, local), token))
    told = enriched(found(describe("aws.token-expired"), status=Status.FAIL), held, (), "f", "abc", NOW)
    commands = [one.command for one in told.remedies]
    assert commands[0] == "nukediag secrets push AWS_ACCESS_KEY_ID --overwrite --yes"
    assert ("supabase secrets unset AWS_SESSION_TOKEN --project-ref abc" in commands) is is_stray
