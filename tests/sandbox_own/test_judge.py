from __future__ import annotations

import json
from dataclasses import replace

import pytest

from diag.catalogue import classify
from diag.config.settings import TableSettings
from diag.diagnosis import Answer
from diag.sandbox.drill.judge import Usual, as_usual, claims_success, filled_fields, judge, usual
from diag.sandbox.drill.model import Conduct, Leak, Shot, Weakness, names_cause
from diag.sandbox.scenarios import SCENARIOS

TABLE = TableSettings()
GOOD = {"success": True, "tags": ["car"], "appraisal": {"subject": "engine", "score": 7}}
REFUSED = {"error": "OpenAI API error 401 invalid_api_key: Incorrect API key provided: sk-proj-****"}


def _answer(body: object, status: int = 200) -> Answer:
    return Answer(status=status, body=body if isinstance(body, str) else json.dumps(body))


def _shot(body: object, status: int = 200, *, paid: int = 1, wrote: tuple[str, ...] = (), **more: object) -> Shot:
    answer = _answer(body, status)
    told = classify(answer, requires=("tags", "appraisal"))
    shot = Shot(answer, told, True, {"openai_accepted": paid}, dict.fromkeys(wrote, 1))
    return replace(shot, **more)  # type: ignore[arg-type]


USUAL = usual([_shot(GOOD, wrote=("image_tags",))])


def _judged(scenario: str, shot: Shot, before: Usual = USUAL) -> tuple[Conduct, set[Weakness]]:
    found = judge(SCENARIOS[scenario], shot, before, TABLE)
    return found.conduct, set(found.weaknesses)


@pytest.mark.parametrize(
    ("body", "status", "claims"),
    [
        (GOOD, 200, True),
        ("done", 200, True),
        ({"tags": []}, 201, True),
        ({"success": False}, 200, False),
        ({"ok": False}, 200, False),
        ({"success": True, "error": "but"}, 200, False),
        ({"status": "failed"}, 200, False),
        ({"paused": True}, 200, False),
        (GOOD, 202, False),
        (GOOD, 500, False),
    ],
)
def test_a_2xx_that_speaks_of_no_failure_claims_success(body: object, status: int, claims: bool) -> None:
    assert claims_success(_answer(body, status)) is claims


def test_an_answer_that_never_came_claims_nothing() -> None:
    assert not claims_success(Answer(failure="network.timeout"))


def test_filled_fields_are_paths_without_positions_and_without_nothing() -> None:
    assert filled_fields(_answer({"a": [{"b": 1}, {"b": 0, "c": ""}], "d": None, "e": False})) == {".a[].b", ".e"}


def test_what_several_healthy_calls_have_in_common_is_usual() -> None:
    found = usual([_shot(GOOD, wrote=("a", "b"), paid=2), _shot({**GOOD, "spid": 1}, wrote=("a",), paid=1)])
    assert (found.paid, found.wrote) == ({"openai_accepted": 1}, {"a"})
    assert ".spid" not in found.fields


def test_a_function_that_did_all_as_usual_was_not_touched() -> None:
    assert _judged("aws-signature-mismatch", _shot(GOOD, wrote=("image_tags",))) == (Conduct.UNTOUCHED, set())


@pytest.mark.parametrize(
    "shot",
    [
        _shot(GOOD, wrote=("image_tags",), paid=0),
        _shot(GOOD),
        _shot({"success": True, "tags": ["car"], "appraisal": None}, wrote=("image_tags",)),
        _shot(REFUSED, 500, wrote=("image_tags",)),
    ],
    ids=["not paid", "not written", "not filled", "refused"],
)
def test_less_than_usual_is_not_as_usual(shot: Shot) -> None:
    assert not as_usual(shot, USUAL)


def test_saying_what_failed_is_honest() -> None:
    assert _judged("openai-key-invalid", _shot(REFUSED, 500, paid=0)) == (Conduct.HONEST, set())


def test_success_over_a_failure_is_weak_and_so_is_what_it_saved() -> None:
    shot = _shot({**GOOD, "appraisal": {"category": "error"}}, paid=0, wrote=("image_tags",))
    assert _judged("openai-key-invalid", shot) == (
        Conduct.WEAK,
        {Weakness.CLAIMS_SUCCESS, Weakness.STORES_FAILURE},
    )


def test_a_failure_that_sets_the_marker_is_weak_even_where_it_says_so() -> None:
    shot = _shot(REFUSED, 500, paid=0, columns=frozenset({TABLE.marker}))
    assert _judged("openai-key-invalid", shot)[1] == {Weakness.STORES_FAILURE}


def test_an_error_that_names_nothing_hides_its_cause() -> None:
    assert _judged("openai-key-invalid", _shot({"error": "Something went wrong"}, 500, paid=0))[1] == {
        Weakness.HIDES_CAUSE
    }


def test_no_answer_in_time_is_a_weakness_of_its_own() -> None:
    answer = Answer(failure="network.timeout")
    shot = Shot(answer, classify(answer), True, {"openai_accepted": 0})
    assert _judged("openai-key-invalid", shot)[1] == {Weakness.HANGS}


def test_paying_before_the_database_refuses_is_weak() -> None:
    body = {"error": "Invalid API key (supabase): JWSError JWSInvalidSignature"}
    assert Weakness.PAYS_FOR_NOTHING in _judged("function-key-wrong", _shot(body, 500, paid=1))[1]
    assert Weakness.PAYS_FOR_NOTHING not in _judged("function-key-wrong", _shot(body, 500, paid=0))[1]


def test_a_write_that_only_fails_in_the_end_could_not_have_been_foreseen() -> None:
    body = {"error": "Supabase 42501: permission denied for table image_tags"}
    assert _judged("results-not-writable", _shot(body, 500, paid=1)) == (Conduct.HONEST, set())


@pytest.mark.parametrize(
    ("scenario", "told", "names"),
    [
        ("gemini-image-garbled", "openai.image-rejected", True),
        ("images-heic", "aws.image-rejected", True),
        ("openai-key-invalid", "supabase.key-invalid", False),
        ("images-heic", "function.image-odd", False),
        ("openai-key-invalid", "openai.rate-limited", False),
    ],
)
def test_another_provider_may_tell_the_same_problem(scenario: str, told: str, names: bool) -> None:
    assert names_cause(SCENARIOS[scenario], told) is names


def test_what_the_platform_answered_is_not_held_against_the_function() -> None:
    body = {"code": "NOT_FOUND", "message": "Requested function was not found"}
    assert _judged("not-deployed", _shot(body, 404, reached=False, paid=0)) == (Conduct.PLATFORM, set())


@pytest.mark.parametrize("scenario", ["riddle", "boot-error", "method-refused"])
def test_a_function_in_whose_place_another_answered_is_not_blamed(scenario: str) -> None:
    assert SCENARIOS[scenario].code
    assert _judged(scenario, _shot("E-7741", 444, paid=0)) == (Conduct.PLATFORM, set())


def test_a_connection_that_broke_in_its_answer_is_not_the_functions_doing() -> None:
    broken = replace(_shot(GOOD), answer=Answer(failure="network.reset"))
    assert _judged("answer-broken-off", broken) == (Conduct.PLATFORM, set())


def test_a_leak_is_weak_wherever_it_happens() -> None:
    leak = Leak("debug", "OPENAI_API_KEY", 10, "sk-proj-ab")
    assert _judged("healthy", _shot(GOOD, wrote=("image_tags",), leaks=(leak,))) == (
        Conduct.WEAK,
        {Weakness.LEAKS_SECRET},
    )


def test_a_bad_picture_may_be_told_by_the_service_that_refused_it() -> None:
    body = {"error": "OpenAI API error 400 invalid_image_format: You uploaded an unsupported image."}
    assert _judged("images-heic", _shot(body, 500, paid=0)) == (Conduct.HONEST, set())


def test_a_missing_part_that_can_be_seen_is_no_weakness() -> None:
    body = {"success": True, "tags": ["car"]}
    assert _judged("partial", _shot(body, wrote=("image_tags",))) == (Conduct.HONEST, set())
