"""What an answer means, at the edges of what decides it."""

import json

import pytest

from diag.catalogue import classify
from diag.catalogue.classify import shorten
from diag.diagnosis import Answer, Diagnosis, Verdict


def _of(status: int | None, body: object, requires: tuple[str, ...] = (), **headers: str) -> Diagnosis:
    text = body if isinstance(body, str) else json.dumps(body)
    return classify(Answer(status=status, headers=headers, body=text), requires=requires)


@pytest.mark.parametrize(
    ("code", "signature"),
    [
        ("NOT_FOUND", "gateway.function-not-found"),
        ("WORKER_LIMIT", "runtime.worker-limit"),
        ("BOOT_ERROR", "runtime.boot-error"),
        ("UNAUTHORIZED_NO_AUTH_HEADER", "gateway.auth-missing"),
    ],
)
def test_the_platforms_header_alone_names_the_cause(code: str, signature: str) -> None:
    found = _of(503, "", **{"sb-error-code": code})
    assert found.signature == signature
    assert ("header sb-error-code", code) in [(seen.where, seen.text) for seen in found.evidence]


def test_the_header_that_stands_on_every_failure_of_a_function_says_nothing() -> None:
    with_header = _of(503, "", **{"sb-error-code": "EDGE_FUNCTION_ERROR"})
    assert with_header.signature == _of(503, "").signature == "gateway.unavailable"


def test_a_strong_cause_in_the_body_goes_before_the_header_and_a_weak_status_behind_it() -> None:
    quota = {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}
    assert _of(500, quota, **{"sb-error-code": "EDGE_FUNCTION_ERROR"}).signature == "openai.quota-exhausted"


def test_a_switch_is_told_with_the_parts_that_were_asked_for_or_none() -> None:
    for status in (200, None):
        assert _of(status, {"paused": True}, ("tags",)).parts == {"tags": False}
        assert _of(status, {"paused": True}).parts == {}
        assert _of(status, {"paused": True}).signature == "function.paused"


def test_what_sounds_like_a_switch_and_names_another_cause_is_that_cause() -> None:
    assert _of(200, {"error": "Legacy API keys are disabled"}).signature == "supabase.key-invalid"
    assert _of(200, {"error": "analysis is disabled"}).signature == "function.paused"
    both = _of(200, {"paused": True, "error": "Incorrect API key provided: sk-a***b"})
    assert both.signature == "function.paused"


def test_an_answer_nested_to_any_depth_has_a_diagnosis() -> None:
    for depth in range(600, 1000, 4):
        for status, opening, closing in ((200, "[", "]"), (500, '{"a":', "}")):
            assert _of(status, f"{opening * depth}1{closing * depth}").verdict is Verdict.FAILED


def test_evidence_has_three_hundred_characters_and_places_eighty() -> None:
    assert shorten("x" * 300) == "x" * 300
    assert shorten("x" * 301) == "x" * 299 + "…"
    name = "n" * 200
    (place,) = {seen.where for seen in _of(500, {name: "insufficient_quota"}).evidence if "n" * 20 in seen.where}
    assert (len(place), place[-1]) == (80, "…")


def test_of_a_long_text_four_thousand_characters_are_searched_up_to_the_last_whole_word() -> None:
    text = "x" + " " * 3996 + "end"
    assert len(text) == 4000
    assert shorten(text) == "x end"
    assert shorten(text + "s") == "x"
    assert shorten(" " * 5000) == ""


def test_six_pieces_of_evidence_are_enough() -> None:
    """The status, the platform's header, the cause beside what is missing, and four missing parts would be seven."""
    document = {"a": 1, "_debug": {"openai_error": "insufficient_quota"}}
    found = _of(200, document, ("a", "b", "c", "d", "e", "f"), **{"sb-error-code": "EDGE_FUNCTION_ERROR"})
    assert found.signature == "openai.quota-exhausted"
    assert len(found.evidence) == 6
    assert [seen.text for seen in found.evidence[3:]] == ["missing"] * 3


def test_only_what_an_answer_lacks_is_told_of_and_of_that_four() -> None:
    paths = ("a", "b", "c", "d", "e", "f")
    found = _of(200, {"a": 1, "success": True}, paths)
    assert (found.signature, found.verdict) == ("function.partial", Verdict.DEGRADED)
    assert [(seen.where, seen.text) for seen in found.evidence if seen.text == "missing"] == [
        (f"body {path}", "missing") for path in "bcde"
    ]
    assert _of(200, {"z": 1, "success": True}, paths).signature == "function.empty"


@pytest.mark.parametrize("header", ["x-cache", "cf-cache-status", "x-cache-status", "x-vercel-cache"])
@pytest.mark.parametrize(("value", "cached"), [("HIT", True), ("Hit from cloudfront", True), ("HIT, MISS", True),
                                               ("MISS", False), ("MISS, HIT", False), (" ", False)])  # fmt: skip
def test_the_first_word_of_a_caches_header_decides(header: str, value: str, cached: bool) -> None:
    found = _of(200, {"tags": ["a"]}, ("tags",), **{header: value})
    assert (found.signature == "function.cached") is cached


@pytest.mark.parametrize(
    ("status", "body", "signature"),
    [
        (202, {"success": True}, "function.unfinished"),
        (202, {"tags": ["a"]}, "function.ok"),
        (200, {"status": "processing", "tags": ["a"]}, "function.ok"),
        (200, {"status": "processing"}, "function.unfinished"),
    ],
)
def test_who_has_all_that_was_asked_for_waits_for_nothing(status: int, body: dict[str, object], signature: str) -> None:
    assert _of(status, body, ("tags",)).signature == signature


def test_without_a_status_only_what_looks_like_an_answer_of_success_is_one() -> None:
    assert _of(None, {"success": True, "tags": ["a"]}).signature == "function.ok"
    assert _of(None, {"name": "something", "count": 3}).signature == "unknown"


@pytest.mark.parametrize(
    ("status", "succeeded"), [(199, False), (200, True), (204, True), (299, True), (300, False), (301, False)]
)
def test_success_is_a_status_from_200_to_299(status: int, succeeded: bool) -> None:
    assert (_of(status, {"success": True, "tags": ["a"]}, ("tags",)).verdict is Verdict.OK) is succeeded


@pytest.mark.parametrize(
    ("status", "signature"), [(201, "function.empty"), (203, "function.empty"), (202, "function.unfinished")]
)
def test_of_the_statuses_only_202_says_that_more_is_to_come(status: int, signature: str) -> None:
    assert _of(status, {"success": True}, ("tags",)).signature == signature


MANY = (
    "insufficient_quota; The request signature we calculated does not match; JWT expired; WORKER_LIMIT; "
    "API key not valid. Please pass a valid API key. Bucket not found; permission denied for table images; "
    "AccessDeniedException; getaddrinfo ENOTFOUND api.openai.com"
)


def test_five_further_causes_are_told_each_once_and_never_the_chosen_one() -> None:
    found = _of(500, {"error": MANY})
    assert len(found.others) == len(set(found.others)) == 5
    assert found.signature not in found.others


def test_of_the_chosen_component_only_causes_with_a_wording_of_their_own_are_told() -> None:
    told = "OpenAI returned 429: Rate limit reached; Incorrect API key provided: sk-a***b. insufficient_quota"
    found = _of(500, {"error": told})
    assert (found.signature, found.others) == ("openai.quota-exhausted", ("openai.key-invalid", "openai.rate-limited"))
    assert _of(500, {"error": "OpenAI returned 429: insufficient_quota"}).others == ()


def test_a_warning_that_names_a_cause_spoils_an_answer_of_which_nobody_said_what_is_full() -> None:
    document = {"success": True, "tags": ["a"], "warnings": ["insufficient_quota"]}
    assert (_of(200, document).signature, _of(200, document).verdict) == ("openai.quota-exhausted", Verdict.DEGRADED)
    assert _of(200, document, ("tags",)).verdict is Verdict.OK
    assert _of(200, {**document, "warnings": ["the picture is dark"]}).verdict is Verdict.OK


def test_a_field_beside_what_is_missing_names_the_cause_only_if_it_talks_about_the_answer() -> None:
    debug = {"a": 1, "_debug": {"openai_error": "insufficient_quota"}}
    assert _of(200, debug, ("a", "b")).signature == "openai.quota-exhausted"
    assert _of(200, debug, ("b",)).verdict is Verdict.FAILED
    assert _of(200, {"a": 1, "note": "insufficient_quota"}, ("a", "b")).signature == "function.partial"
    assert _of(200, {"a": 1, "_debug": {"openai_error": "busy"}}, ("a", "b")).signature == "function.partial"


def test_a_success_that_is_no_json_has_none_of_its_parts() -> None:
    found = _of(200, "plain text", ("tags",))
    assert (found.signature, found.parts) == ("function.empty", {"tags": False})


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        ({"success": True}, "function.ok"),
        ({"cached": True, "x": 1}, "function.cached"),
        ({"status": "processing"}, "function.unfinished"),
        ({"x": 1}, "unknown"),
    ],
)
def test_each_sign_alone_makes_pasted_json_an_answer_of_success(body: object, signature: str) -> None:
    assert _of(None, body).signature == signature
    assert _of(None, {"x": 1}, ("x",)).signature == "function.ok"


def test_a_good_answer_is_quoted_unless_nobody_reads_it() -> None:
    body = '{"tags": ["a"]}'
    for brief, quoted in ((False, ["200", body]), (True, ["200"])):
        found = classify(Answer(status=200, body=body), requires=("tags",), brief=brief)
        assert [seen.text for seen in found.evidence] == quoted
    assert len(classify(Answer(status=200, body=body), requires=("tags",)).evidence) == 2
    assert len(classify(Answer(status=500, body='{"error": "insufficient_quota"}'), brief=True).evidence) == 2


def test_the_body_is_quoted_where_nothing_in_it_is() -> None:
    unknown, known = _of(500, {"weird": "nothing known"}), _of(500, {"error": "insufficient_quota"})
    assert [seen.where for seen in unknown.evidence] == ["status", "body"]
    assert [(seen.where, seen.text) for seen in known.evidence[1:]] == [("body error", "insufficient_quota")]
    assert [seen.where for seen in _of(503, "").evidence] == ["status"]


def test_a_service_that_is_disabled_for_a_cause_has_that_cause() -> None:
    assert _of(200, {"error": "Service disabled: insufficient_quota"}).signature == "openai.quota-exhausted"
    assert _of(200, {"error": "function is paused; temporarily unavailable"}).signature == "function.paused"


def test_what_is_cut_off_a_long_text_is_its_last_word_alone() -> None:
    assert shorten("one two " + " " * 3989 + "end of it") == "one two"
    assert shorten("one two " + " " * 3984 + "three four") == "one two three"


def test_of_several_causes_the_strongest_is_taken_wherever_they_stand() -> None:
    keys = ["InvalidClientTokenId", "Incorrect API key provided: sk-a***b", "API_KEY_INVALID"]
    for order in (keys, keys[::-1]):
        assert _of(200, {"success": True, "tags": ["a"], "warnings": order}).signature == "gemini.key-invalid"
        assert _of(200, {"a": 1, "_debug": order}, ("a", "b")).signature == "gemini.key-invalid"


def test_a_weak_sign_beside_a_strong_one_changes_nothing() -> None:
    beside = {"error": "insufficient_quota", "debug": "temporarily unavailable"}
    assert _of(500, beside).signature == "openai.quota-exhausted"
    for weak in ("timed out", "service unavailable"):
        disabled = {"error": f"analysis is disabled; insufficient_quota; {weak}"}
        assert _of(200, disabled).signature == "openai.quota-exhausted"
