"""Which fields of an answer of success tell of an error, and what is quoted with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diag.catalogue import classify
from diag.catalogue.error_signs import complaints, errors, is_error
from diag.catalogue.parts import fields
from diag.diagnosis import Answer, Verdict


def _told(document: Any) -> list[tuple[str, str]]:
    return [(leaf.path, leaf.text) for leaf in errors(document)]


def _nested(levels: int, inside: Any) -> Any:
    for _ in range(levels):
        inside = {"a": inside}
    return inside


QUOTED: list[tuple[Any, list[tuple[str, str]]]] = [
    (
        {"note": "x", "error": "boom", "message": "more", "code": 7, "detail": {"a": 1}, "shape": "round"},
        [("error", "boom"), ("message", "more"), ("code", "7")],
    ),
    ({"status": "error", "message": "boom"}, [("status", "error"), ("message", "boom")]),
    (
        {"results": [{"x": 1}, {"error": {"code": "E1", "inner": {"reason": "r"}}}]},
        [("results[1].error.code", "E1"), ("results[1].error.inner.reason", "r")],
    ),
    ({"error": '{"code": "E", "message": "m"}'}, [("error.code", "E"), ("error.message", "m")]),
    ({"a": {"error": "x", "Hint": "y"}}, [("a.error", "x"), ("a.Hint", "y")]),
    ({"uploadErrors": ["x"], "totalErrors": 3}, [("uploadErrors[0]", "x")]),
    ({"note": "I'm sorry, I can't help with that."}, [("note", "I'm sorry, I can't help with that.")]),
    ("Error: boom", [("", "Error: boom")]),
]


@pytest.mark.parametrize(("document", "told"), QUOTED, ids=[json.dumps(one)[:50] for one, _ in QUOTED])
def test_what_is_quoted_is_the_sign_itself_and_the_plain_values_beside_it_that_explain(
    document: Any, told: list[tuple[str, str]]
) -> None:
    assert _told(document) == told


@pytest.mark.parametrize(
    "sign",
    [
        {"valid": False},
        {"accepted": False},
        {"is_error": True},
        {"statusCode": 400},
        {"http_status": "599"},
        {"code": 404, "message": "x"},
        {"status": 500, "msg": "x"},
        {"code": 400, "error": None},
        {"code": 599, "error": None},
        {"refusal": "I will not"},
        {"finish_reason": "SAFETY"},
        {"category": "failed"},
        {"text": "As an AI, I see no pictures." + " Sorry." * 50},
    ],
    ids=str,
)
def test_a_sign_of_an_error_is_one_wherever_it_stands(sign: dict[str, Any]) -> None:
    assert is_error(sign)
    assert errors({"data": [{"x": 1}, sign]})


@pytest.mark.parametrize(
    "document",
    [
        {"valid": True},
        {"is_error": False},
        {"statusCode": 399},
        {"statusCode": 600},
        {"code": 500},
        {"statusCode": "5" * 5_000},
        {"width": 480, "message": "a fine picture"},
        {"code": 200, "message": "x"},
        {"refusal": ""},
        {"refusal": True},
        {"refusal": None},
        {"finish_reason": "stop"},
        {"category": "engine"},
        {"error": {"message": None, "codes": []}},
        {"data": {"_debug": {"error": "x"}}},
        {"text": "I cannot praise this car enough. " * 100},
        {"message": "a long story. " * 150 + "Quota exceeded."},
        "a plain text",
    ],
    ids=lambda document: str(document)[:60],
)
def test_what_only_resembles_a_sign_is_none(document: Any) -> None:
    assert errors(document) == []


@pytest.mark.parametrize("inside", [{"error": "x"}, [{"error": "x"}]], ids=["object", "list"])
def test_an_error_is_seen_on_eight_levels_and_no_deeper(inside: Any) -> None:
    levels = 8 - (2 if isinstance(inside, list) else 1)
    assert errors(_nested(levels, inside))
    assert errors(_nested(levels + 1, inside)) == []


def test_an_error_among_two_hundred_results_is_seen() -> None:
    results: list[dict[str, str]] = [{"tags": "a"}] * 199
    assert _told([*results, {"error": "x"}]) == [("[199].error", "x")]
    assert _told({"results": [*results, {"error": "x"}]}) == [("results[199].error", "x")]


COMPLAINTS: list[Any] = [
    {"message": "Invalid image"},
    {"verdict": "Vehicle not found", "duration_ms": 12, "model": "gpt-4o", "tags": [], "note": None},
    {"result": "No car detected", "hint": "take another picture"},
    {"description": "no vehicle visible"},
    {"analysis": "The service is unavailable. " + "It is so. " * 10},
    "upload failed",
]


@pytest.mark.parametrize("document", COMPLAINTS, ids=str)
def test_one_or_two_short_texts_that_complain_and_nothing_else_are_an_error(document: Any) -> None:
    assert any(complaints(fields(document)))
    assert classify(Answer(status=200, body=json.dumps(document))).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "document",
    [
        {"verdict": "Vehicle found"},
        {"verdict": "Vehicle not found", "plates": 2},
        {"one": "Vehicle not found", "two": "x", "three": "y"},
        {"description": "A car that failed its inspection"},
        {"description": "At the roadside stands a car with a note: engine failed, cannot move"},
        {"analysis": "The service is unavailable. " + "It is so. " * 40},
        {"request_id": "failed-7"},
        {"note": " "},
        {},
    ],
    ids=lambda document: str(document)[:60],
)
def test_no_complaint_is_what_comes_with_a_result_or_describes_a_picture(document: Any) -> None:
    assert list(complaints(fields(document))) == []


def test_all_that_was_said_is_quoted_of_a_complaint() -> None:
    document = {"hint": "take another picture", "message": "No car detected", "note": "", "id": "7"}
    assert [(leaf.path, leaf.key, leaf.text) for leaf in complaints(fields(document))] == [
        ("hint", "hint", "take another picture"),
        ("message", "message", "No car detected"),
    ]
