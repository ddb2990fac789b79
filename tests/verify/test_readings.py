"""What each provider's documented answers say about a credential."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from diag.diagnosis import Answer
from diag.verify import Standing, aws, gemini, openai, supabase

VALID, INVALID, UNKNOWN = Standing.VALID, Standing.INVALID, Standing.UNKNOWN
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def answer(status: int | None, body: Any = "", **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(status, {key.replace("_", "-"): value for key, value in headers.items()}, text)


def error(code: str | None, message: str = "", kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "type": kind}}


@pytest.mark.parametrize(
    ("status", "body", "standing", "signature"),
    [
        (200, {"id": "gpt-4o-mini"}, VALID, None),
        (401, error("invalid_api_key", "Incorrect API key provided"), INVALID, "openai.key-invalid"),
        (401, error(None, "Your API key has expired"), INVALID, "openai.key-invalid"),
        (401, error("missing_scope", "Missing scopes: api.model.read"), VALID, "openai.permission"),
        (401, error(None, "You have insufficient permissions for this operation."), VALID, "openai.permission"),
        (401, error("ip_not_authorized", "Your IP is not authorized"), UNKNOWN, "openai.permission"),
        (403, error("unsupported_country_region_territory"), UNKNOWN, "openai.region-blocked"),
        (403, error(None, "Project does not have access"), VALID, "openai.permission"),
        (404, error("model_not_found"), VALID, "openai.model-unavailable"),
        (429, error("insufficient_quota", kind="insufficient_quota"), VALID, "openai.quota-exhausted"),
        (429, error("billing_hard_limit_reached"), VALID, "openai.quota-exhausted"),
        (429, error("rate_limit_exceeded"), UNKNOWN, "openai.rate-limited"),
        (500, error("server_error"), UNKNOWN, "openai.overloaded"),
        (503, "<html>", UNKNOWN, "openai.overloaded"),
        (401, "<html>a proxy's page</html>", UNKNOWN, "openai.permission"),
    ],
)
def test_openai(status: int, body: Any, standing: Standing, signature: str | None) -> None:
    reading = openai.read(answer(status, body))
    assert (reading.standing, reading.signature) == (standing, signature)


def sts(code: str, message: str = "") -> str:
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@pytest.mark.parametrize(
    ("status", "body", "standing", "signature"),
    [
        (200, "<Account>123456789012</Account>", VALID, None),
        (403, sts("InvalidClientTokenId"), INVALID, "aws.key-invalid"),
        (403, sts("SignatureDoesNotMatch"), INVALID, "aws.signature-mismatch"),
        (403, sts("SignatureDoesNotMatch", "Signature expired: 2026"), UNKNOWN, "aws.clock-skew"),
        (
            403,
            sts("SignatureDoesNotMatch", "Credential should be scoped to a valid region"),
            UNKNOWN,
            "aws.region-invalid",
        ),
        (403, sts("ExpiredToken"), INVALID, "aws.token-expired"),
        (400, {"__type": "com.amazon#AccessDeniedException"}, VALID, "aws.access-denied"),
        (400, {"__type": "SubscriptionRequiredException"}, VALID, "aws.subscription-required"),
        (400, {"__type": "InvalidImageFormatException"}, VALID, None),
        (400, {"__type": "UnrecognizedClientException"}, INVALID, "aws.key-invalid"),
        (400, {"__type": "IncompleteSignatureException"}, INVALID, "aws.key-malformed"),
        (400, {"__type": "ThrottlingException"}, UNKNOWN, "aws.throttled"),
        (503, "", UNKNOWN, "aws.unavailable"),
        (400, {"__type": "SomethingNewException"}, UNKNOWN, None),
    ],
)
def test_aws(status: int, body: Any, standing: Standing, signature: str | None) -> None:
    found = answer(status, body)
    reading = aws.read(found, aws.code_of(found), NOW)
    assert (reading.standing, reading.signature) == (standing, signature)


def test_a_clock_that_is_wrong_is_no_wrong_secret() -> None:
    skewed = answer(403, sts("SignatureDoesNotMatch"), Date="Sun, 22 Nov 2026 11:40:00 GMT")
    assert aws.read(skewed, aws.code_of(skewed), NOW).signature == "aws.clock-skew"
    undated = answer(403, sts("SignatureDoesNotMatch"), Date="Sun, 22 Nov 99999999999999999999 11:40:00 GMT")
    assert aws.read(undated, aws.code_of(undated), NOW).signature == "aws.signature-mismatch"
    right = answer(403, sts("SignatureDoesNotMatch"), Date="Sun, 22 Nov 2026 11:50:00 GMT")
    assert aws.read(right, aws.code_of(right), NOW).signature == "aws.signature-mismatch"


def test_that_a_refused_picture_means_permission_is_marked_as_concluded() -> None:
    found = answer(400, {"__type": "InvalidImageFormatException"})
    assert aws.read(found, aws.code_of(found), NOW).inferred


def test_the_region_decides_the_address_unless_it_is_overridden() -> None:
    assert aws.endpoint("sts", "eu-west-1", {}) == "https://sts.eu-west-1.amazonaws.com/"
    assert aws.endpoint("sts", "cn-north-1", {}) == "https://sts.cn-north-1.amazonaws.com.cn/"
    both = {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_STS": "http://b/"}
    assert aws.endpoint("sts", "eu-west-1", both) == "http://b/"
    assert aws.endpoint("rekognition", "eu-west-1", both) == "http://a/"


def google(status: str, reason: str | None = None) -> dict[str, Any]:
    return {"error": {"status": status, "details": [{"reason": reason}] if reason else []}}


@pytest.mark.parametrize(
    ("status", "body", "standing", "signature"),
    [
        (200, {"models": []}, VALID, None),
        (400, google("INVALID_ARGUMENT", "API_KEY_INVALID"), INVALID, "gemini.key-invalid"),
        (400, google("FAILED_PRECONDITION"), UNKNOWN, "gemini.region-blocked"),
        (403, google("PERMISSION_DENIED", "API_KEY_SERVICE_BLOCKED"), VALID, "gemini.permission"),
        (401, google("UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"), UNKNOWN, "gemini.permission"),
        (429, google("RESOURCE_EXHAUSTED"), VALID, "gemini.rate-limited"),
        (503, google("UNAVAILABLE"), UNKNOWN, "gemini.overloaded"),
        (400, "no json", UNKNOWN, None),
    ],
)
def test_gemini(status: int, body: Any, standing: Standing, signature: str | None) -> None:
    found = answer(status, body)
    reading = gemini.read(found, gemini.code_of(found))
    assert (reading.standing, reading.signature) == (standing, signature)


@pytest.mark.parametrize(
    ("status", "code", "serves", "standing", "signature"),
    [
        (200, None, True, VALID, None),
        (200, None, False, VALID, "supabase.permission-denied"),
        (403, "42501", True, VALID, "supabase.permission-denied"),
        (401, None, True, INVALID, "supabase.key-invalid"),
        (503, None, True, UNKNOWN, "supabase.unavailable"),
        (404, "PGRST205", True, UNKNOWN, None),
    ],
)
def test_supabase(status: int, code: str | None, serves: bool, standing: Standing, signature: str | None) -> None:
    reading = supabase.read(answer(status), code, serves=serves)
    assert (reading.standing, reading.signature) == (standing, signature)


@pytest.mark.parametrize("failure", ["network.timeout", "network.refused", "network.tls", "network.dns"])
def test_a_connection_that_fails_is_unknown_never_invalid(failure: str) -> None:
    lost = Answer(failure=failure)
    readings = (
        openai.read(lost),
        aws.read(lost, None, NOW),
        gemini.read(lost, None),
        supabase.read(lost, None, serves=True),
    )
    assert {reading.standing for reading in readings} == {UNKNOWN}
