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
