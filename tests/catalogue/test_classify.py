"""What answers mean, on real-shaped bodies."""

import json

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer

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
