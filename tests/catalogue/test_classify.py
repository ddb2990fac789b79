"""What answers mean, on real-shaped bodies."""

import json
from dataclasses import replace

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer, Headers

SCENARIOS = [
    (500, {"error": "OPENAI_API_KEY not configured"}, "openai.key-missing"),
    (500, {"error": "OpenAI returned 401: Incorrect API key provided: sk-a***b."}, "openai.key-invalid"),
    (
        500,
        {"error": "OpenAI returned 429: You exceeded your current quota, please check your plan and billing details."},
        "openai.quota-exhausted",
    ),
    (500, {"error": "AWS credentials not configured"}, "aws.credentials-missing"),
    (
        500,
        {"error": "The request signature we calculated does not match the signature you provided."},
        "aws.signature-mismatch",
    ),
    (
        500,
        {"error": "Invalid API key", "hint": "Double check your Supabase `anon` or `service_role` API key."},
        "supabase.key-invalid",
    ),
    (200, {"success": False, "paused": True}, "function.paused"),
    (200, {"success": True, "cached": True, "tags": ["a"], "appraisal": {"category": "exterior"}}, "function.cached"),
    (200, {"success": True, "tags": [], "appraisal": {"category": "exterior"}}, "function.partial"),
    (200, {"success": True, "tags": ["wheel"], "appraisal": {"category": "exterior"}}, "function.ok"),
    (404, {"code": "NOT_FOUND", "message": "Requested function was not found"}, "gateway.function-not-found"),
]


@pytest.mark.parametrize(("status", "body", "signature"), SCENARIOS, ids=[s for _, _, s in SCENARIOS])
def test_faults_of_the_sandbox_are_named(status: int, body: dict[str, object], signature: str) -> None:
    found = classify(Answer(status=status, body=json.dumps(body)), requires=("tags", "appraisal"))
    assert found.signature == signature


FULL = '{"tags": ["engine"], "appraisal": {"condition": 7}}'


@pytest.mark.parametrize("body", [FULL, '{"tags": [], "appraisal": null}', '{"tags": ["a"], "error": "quota"}'])
def test_in_brief_only_a_good_answer_loses_its_quotation(body: str) -> None:
    answer = Answer(status=200, body=body)
    whole, brief = (classify(answer, requires=("tags", "appraisal"), brief=brief) for brief in (False, True))
    good = whole.signature == "function.ok"
    assert brief == (replace(whole, evidence=whole.evidence[:1]) if good else whole)
    assert good == (body == FULL)


def test_a_header_is_found_whatever_the_case_of_its_name() -> None:
    plain = Answer(status=429, headers={"Retry-After": "7"})
    lowered = Answer(status=429, headers=Headers({"retry-after": "7"}))
    assert plain.header("retry-AFTER") == lowered.header("retry-AFTER") == "7"
    assert plain.header("date") is lowered.header("date") is None
