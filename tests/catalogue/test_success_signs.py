"""Which fields of an answer of success say that it is paused, cached, not done yet, or no success at all."""

from __future__ import annotations

from typing import Any

import pytest

from diag.catalogue import classify
from diag.catalogue.reading import Leaf
from diag.catalogue.success import Look, look
from diag.diagnosis import Answer

LONG = 399  # characters that a sentence about the answer may have


def _said(leaf: Leaf | None) -> tuple[str, str] | None:
    return (leaf.path, leaf.text) if leaf else None


PAUSED: list[tuple[Any, tuple[str, str] | None]] = [
    ({"tags": ["a"], "paused": True}, ("paused", "true")),
    ({"paused": False}, None),
    ({"data": {"Maintenance": "yes"}}, ("data.Maintenance", "true")),
    ({"kill_switch": 1}, ("kill_switch", "true")),
    ({"kill_switch": 0}, None),
    ({"kill_switch": 2}, None),
    ({"enabled": False}, ("enabled", "false")),
    ({"isActive": False}, ("isActive", "false")),
    ({"enabled": True}, None),
    ({"enabled": 0}, None),
    ({"data": {"enabled": False}}, None),
    ({"crops": False}, None),
    ({"state": " Suspended "}, ("state", " Suspended ")),
    ({"status": "switched_off"}, ("status", "switched_off")),
    ({"note": "switched_off"}, None),
    ({"data": {"status": "paused"}}, ("data.status", "paused")),
    ({"data": {"job": {"status": "paused"}}}, None),
    ({"state": "the function is paused"}, None),
    ({"message": "the function is paused"}, ("message", "the function is paused")),
    ({"caption": "the film is paused"}, None),
    ({"message": "it is paused ".ljust(LONG, "x")}, ("message", "it is paused ".ljust(LONG, "x"))),
    ({"message": "it is paused ".ljust(LONG + 1, "x")}, None),
    ({"_debug": {"paused": True}}, None),
    ({"_debug": {"paused": True}, "disabled": "true"}, ("disabled", "true")),
]
CACHED: list[tuple[Any, tuple[str, str] | None]] = [
    ({"tags": ["a"], "cached": True}, ("cached", "true")),
    ({"cached": False}, None),
    ({"meta": {"servedFromCache": "1"}}, ("meta.servedFromCache", "true")),
    ({"from_cache": "hit"}, ("from_cache", "true")),
    ({"from_cache": "miss"}, None),
    ({"hit": True}, ("hit", "true")),
    ({"cache_state": {"hit": True}}, ("cache_state.hit", "true")),
    ({"billboard": {"hit": True}}, None),
    ({"tagged": True}, None),
    ({"cached_at": "2026-11-23"}, ("cached_at", "2026-11-23")),
    ({"cacheAge": 12}, ("cacheAge", "12")),
    ({"cacheAge": 0}, None),
    ({"source": "database_cache"}, ("source", "database_cache")),
    ({"source": "camera"}, None),
    ({"status": "CACHED"}, ("status", "CACHED")),
    ({"note": "already_processed"}, ("note", "already_processed")),
    ({"note": "memory"}, None),
    ({"reason": "The image was already analyzed."}, ("reason", "The image was already analyzed.")),
    ({"caption": "already analyzed"}, None),
    ({"origin": "from cache"}, ("origin", "from cache")),
    ({"reason": "from cache ".ljust(LONG, "x")}, ("reason", "from cache ".ljust(LONG, "x"))),
    ({"reason": "from cache ".ljust(LONG + 1, "x")}, None),
]
UNFINISHED: list[tuple[Any, tuple[str, str] | None]] = [
    ({"status": " Queued "}, ("status", " Queued ")),
    ({"message": "Your image is still processing"}, ("message", "Your image is still processing")),
    ({"status": 7}, None),
    ({"caption": "queued"}, None),
    ({"processing": True}, ("processing", "true")),
    ({"pending": 3}, ("pending", "3")),
    ({"pending": 1}, ("pending", "1")),
    ({"pending": 0}, None),
    ({"pending": "a"}, None),
    ({"tagged": True}, None),
    ({"isDone": False}, ("isdone", "false")),
    ({"isDone": True}, None),
    ({"cropped": False}, None),
    ({"job": {"status": "running"}}, ("job.status", "running")),
    ({"car": {"status": "running"}}, None),
    ({"job": {"job": {"status": "running"}}}, None),
    ([{"status": "running"}, {"status": "running", "n": 2}], ("status", "running")),
    ([{"status": "running"}, {"tags": ["a"]}], None),
    ([{"tags": ["a"]}, {"status": "running"}], ("status", "running")),
    ({"job_id": 7, "ticket": "t"}, ("job_id", "7")),
    ({"success": True, "status": "fine", "poll_url": "/7"}, ("poll_url", "/7")),
    ({"status_url": "/7", "id": 3, "note": ""}, ("status_url", "/7")),
    ({"request_id": "r", "job_id": 7}, ("job_id", "7")),
    ({"request_id": "r"}, None),
    ({"job_id": None}, None),
    ({"job_id": 7, "tags": ["a"]}, None),
    ({"job_id": 7, "tags": []}, ("job_id", "7")),
    ({"tags": ["a"]}, None),
]


@pytest.mark.parametrize(("document", "said"), PAUSED)
def test_a_switch_is_known_by_its_name_and_place(document: Any, said: tuple[str, str] | None) -> None:
    assert _said(look(document, ()).paused) == said


@pytest.mark.parametrize(("document", "said"), CACHED)
def test_a_stored_result_is_known_by_what_says_so(document: Any, said: tuple[str, str] | None) -> None:
    assert _said(look(document, ()).cached) == said


@pytest.mark.parametrize(("document", "said"), UNFINISHED)
def test_what_is_not_done_yet_says_so_or_gives_nothing_but_a_number_to_ask_with(
    document: Any, said: tuple[str, str] | None
) -> None:
    assert _said(look(document, ()).unfinished) == said


def test_each_sign_is_quoted_with_the_name_of_its_field() -> None:
    seen = look({"data": {"paused": True, "fromCache": True}, "job": {"status": "running"}}, ())
    leaves = [leaf for leaf in (seen.paused, seen.cached, seen.unfinished) if leaf]
    assert [leaf.key for leaf in leaves] == ["paused", "fromcache", "status"]
    asked = look({"ticket": 7}, ()).unfinished
    assert asked is not None
    assert asked.key == "ticket"


@pytest.mark.parametrize(
    ("document", "claims"),
    [
        ({"success": True}, True),
        ({"Ok": True}, True),
        ({"success": False}, False),
        ({"ok": False}, False),
        ({"ok": "yes"}, False),
        ([{"ok": True}, {"tags": ["a"]}], False),
        ([{"tags": ["a"]}, {"ok": True}], True),
        ([], False),
        ("ok", False),
    ],
)
def test_an_answer_claims_success_with_a_plain_true_at_its_end(document: Any, claims: bool) -> None:
    assert look(document, ()).claims is claims


def _errors(seen: Look) -> list[tuple[str, str]]:
    return [(leaf.path, leaf.text) for leaf in seen.errors]


def test_a_complaint_is_an_error_only_where_nobody_said_what_is_full() -> None:
    assert _errors(look({"message": "no model is configured: missing"}, ())) == [
        ("message", "no model is configured: missing")
    ]
    assert _errors(look({"message": "no model is configured: missing"}, ("tags",))) == []
    assert _errors(look({"error": "boom", "category": "missing"}, ())) == [("error", "boom")]


def test_what_tells_of_an_error_is_no_content() -> None:
    assert not look({"result": {"error": "boom"}, "list": [{"error": "bang"}]}, ()).content
    assert look({"result": {"error": "boom", "labels": ["car"]}}, ()).content
    assert look({"error": "boom", "tags": ["a"]}, ("tags",)).content
    assert not look({"error": "boom", "tags": ["a"]}, ("appraisal",)).content


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        (["error light"], True),
        ([{"error": "boom"}], False),
        ([{"error": "boom"}, {"name": "car"}], True),
        ([{"name": ""}], False),
        ([["a"]], True),
        ([[]], False),
        ({"name": "car"}, True),
        ({"error": "boom"}, False),
        ("a red car", True),
        ("Error: boom", False),
        (7, True),
    ],
)
def test_a_part_that_is_an_error_is_missing_and_a_tag_about_one_is_not(value: Any, usable: bool) -> None:
    assert look({"tags": value}, ("tags",)).parts == {"tags": usable}


def test_a_text_in_the_place_of_a_part_is_told_as_the_error_that_it_is() -> None:
    seen = look({"tags": "Error: boom", "note": "Error: bang"}, ("tags",))
    assert [(leaf.path, leaf.key, leaf.text) for leaf in seen.errors][-1] == ("tags", "tags", "Error: boom")


@pytest.mark.parametrize(
    ("document", "warnings"),
    [
        ({"warnings": ["insufficient_quota", " ", 7]}, ["insufficient_quota"]),
        ({"ai_warning": "dark"}, ["dark"]),
        ({"note": "insufficient_quota"}, []),
    ],
)
def test_a_warning_is_a_text_where_warnings_stand(document: Any, warnings: list[str]) -> None:
    assert [leaf.text for leaf in look(document, ()).warnings] == warnings


def test_a_connection_that_broke_inside_the_function_is_the_functions() -> None:
    for body in ('{"error": "timed out"}', '{"success": false, "error": "ECONNREFUSED"}'):
        assert classify(Answer(status=200, body=body)).signature == "function.outbound-failed"
