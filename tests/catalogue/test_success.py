"""Answers of success are looked into."""

import json
from typing import Any

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer, Diagnosis, Verdict

BOTH = ("tags", "appraisal")


def _seen(document: Any, requires: tuple[str, ...] = BOTH, status: int = 200, **headers: str) -> Diagnosis:
    return classify(Answer(status=status, headers=headers, body=json.dumps(document)), requires=requires)


def test_parts_say_what_was_there() -> None:
    found = _seen({"tags": ["a"], "appraisal": None})
    assert found.parts == {"tags": True, "appraisal": False}
    assert found.verdict is Verdict.DEGRADED


def test_an_appraisal_that_is_an_error_is_missing_and_its_subject_is_the_cause() -> None:
    found = _seen(
        {
            "tags": ["a"],
            "appraisal": {"category": "error", "subject": "openai_failed", "description": "OpenAI returned status 429"},
        }
    )
    assert (found.signature, found.verdict) == ("openai.rate-limited", Verdict.DEGRADED)
    assert found.parts == {"tags": True, "appraisal": False}


def test_an_error_without_anything_usable_failed() -> None:
    found = _seen(
        {"success": True, "tags": [], "appraisal": {"category": "error", "description": "OpenAI returned status 401"}}
    )
    assert (found.signature, found.verdict) == ("openai.key-invalid", Verdict.FAILED)


@pytest.mark.parametrize("empty", [None, [], {}, "", "null", [None], {"category": "error"}, False])
def test_an_empty_part_is_missing(empty: object) -> None:
    assert _seen({"tags": empty}, ("tags",)).verdict is not Verdict.OK


def test_required_paths_reach_into_objects_and_lists() -> None:
    body = {"appraisal": {"category": "exterior"}, "results": [{"tags": ["a"]}]}
    assert _seen(body, ("appraisal.category", "results[0].tags", "results.0.tags")).verdict is Verdict.OK
    assert _seen(body, ("appraisal.subject",)).verdict is Verdict.FAILED


def test_an_error_in_a_debug_field_does_not_spoil_a_full_answer() -> None:
    assert _seen({"tags": ["a"], "appraisal": {"x": 1}, "_debug": {"error": "Gemini 429"}}).verdict is Verdict.OK


def test_a_debug_field_names_the_cause_of_a_missing_part() -> None:
    found = _seen({"tags": ["a"], "appraisal": None, "_debug": {"openai_error": "insufficient_quota"}})
    assert (found.signature, found.verdict) == ("openai.quota-exhausted", Verdict.DEGRADED)


def test_cached_wins_over_full() -> None:
    assert _seen({"tags": ["a"], "appraisal": {"x": 1}, "cached": True}).signature == "function.cached"


def test_a_failed_element_of_a_batch_is_seen() -> None:
    found = _seen({"results": [{"ok": True, "tags": ["a"]}, {"ok": False, "error": "OpenAI API error: 500"}]}, ())
    assert found.signature == "openai.overloaded"
    assert found.verdict is Verdict.DEGRADED


def test_a_failure_wrapped_for_another_platform_is_seen() -> None:
    body = {"statusCode": 500, "body": json.dumps({"error": "Region is missing"})}
    assert _seen(body, ()).signature == "aws.region-invalid"


def test_server_sent_events_are_read() -> None:
    stream = 'event: error\ndata: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\ndata: [DONE]\n'
    assert classify(Answer(status=200, body=stream)).signature == "ai.overloaded"


def test_truncated_json_is_no_success() -> None:
    assert classify(Answer(status=200, body='{"success":true,"tags":["a"')).verdict is not Verdict.OK


def test_an_html_page_is_no_success() -> None:
    assert (
        classify(Answer(status=200, body="<!doctype html><html><body>Welcome</body></html>")).verdict is not Verdict.OK
    )


@pytest.mark.parametrize("text", ["OK", "success", '{"success":true}', '{"ok":true}'])
def test_a_bare_claim_of_success_is_ok_where_nothing_is_required(text: str) -> None:
    assert classify(Answer(status=200, body=text)).signature == "function.ok"
    assert classify(Answer(status=200, body=text), requires=("tags",)).verdict is not Verdict.OK


def test_our_own_broken_connection_is_taken_as_it_was_seen() -> None:
    found = classify(Answer(failure="network.timeout", failure_text="read timed out"))
    assert (found.signature, found.evidence[0].text) == ("network.timeout", "read timed out")


NOT_OK = [
    {"status": "ok", "result": "Error calling OpenAI: 401"},
    {"status": "Failed to analyze image"},
    {"code": 500, "msg": "boom"},
    {"errcode": 40001, "errmsg": "invalid credential"},
    {"Response": {"Error": {"Code": "AuthFailure"}}},
    {"isSuccess": False},
    {"success": 0},
    {"success": "false", "labels": []},
    {"successful": False, "labels": ["a"]},
    {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}],
        "usage": {"total_tokens": 9},
    },
    {"choices": [{"message": {"content": '{"tags":'}, "finish_reason": "length"}]},
    {"type": "message", "role": "assistant", "content": [], "stop_reason": "refusal"},
    {"candidates": [{"finishReason": "SAFETY"}], "usageMetadata": {"promptTokenCount": 3}},
    {"Labels": [], "LabelModelVersion": "3.0"},
    {"status": "success", "data": {"tags": []}},
    {"success": True, "data": {"error_code": "E1"}},
    {"success": True, "result": {"status": "error"}},
    {"result": "null"},
    {"data": None},
    {"message": "Invalid API key"},
    {"analysis": "I cannot view images, please describe it."},
    {"tags": ["a"], "errors": [{"message": "SPID failed"}]},
    {"statusCode": 502, "body": "x"},
    {"success": True, "labels": ["a"], "warnings": ["OpenAI failed: insufficient_quota"]},
    {"success": True, "processed": 0, "failed": 3},
    [],
    None,
    "",
    "Error: boom",
    [{"success": False}],
]


@pytest.mark.parametrize("document", NOT_OK, ids=[json.dumps(one)[:60] for one in NOT_OK])
def test_a_failing_answer_of_success_is_never_called_ok(document: Any) -> None:
    assert _seen(document, ()).verdict is not Verdict.OK


@pytest.mark.parametrize(
    "text",
    [
        "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        "Traceback (most recent call last):\n  File x",
        "{ error: 'boom' }",
        'data: {"error":"boom"}',
        "Rate limit exceeded",
        "null",
        " ",
    ],
)
def test_a_failing_text_of_success_is_never_called_ok(text: str) -> None:
    assert classify(Answer(status=200, body=text)).verdict is not Verdict.OK


def test_a_text_part_that_tells_of_an_error_is_missing_and_names_the_cause() -> None:
    found = _seen({"tags": ["a"], "appraisal": "Error: OpenAI API error: 429"})
    assert (found.signature, found.parts) == ("openai.rate-limited", {"tags": True, "appraisal": False})


@pytest.mark.parametrize("blank", [" ", "\t", ","])
def test_a_cache_header_without_a_word_says_nothing(blank: str) -> None:
    assert _seen({"tags": ["a"], "appraisal": {"x": 1}}, **{"x-cache": blank}).verdict is Verdict.OK
