"""Whatever the body's form, the cause in it is found."""

import json

import pytest

from diag.catalogue import classify
from diag.catalogue.reading import normalise
from diag.diagnosis import Answer

QUOTA = {
    "error": {
        "message": "You exceeded your current quota, please check your plan and billing details.",
        "type": "insufficient_quota",
        "param": None,
        "code": "insufficient_quota",
    }
}
TEXT = json.dumps(QUOTA)
DUMP = """AxiosError: Request failed with status code 404 {
  config: { transitional: { clarifyTimeoutError: false }, timeout: 0, url: 'https://api.openai.com/v1/images' },
  response: {
    status: 404,
    headers: { 'x-ratelimit-limit-requests': '500', 'x-ratelimit-reset-requests': '120ms', server: 'cloudflare' },
    data: '[Object]'
  }
}
    at listOnTimeout (node:internal/timers:528:9)"""


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        json.dumps(QUOTA, indent=2),
        json.dumps({"error": TEXT}),
        json.dumps({"success": False, "details": json.dumps({"inner": json.dumps(QUOTA)})}),
        f"RateLimitError: Error code: 429 - {QUOTA!r}",
        f"2026-01-01T00:00:00Z ERROR [worker] call failed: {TEXT}",
        f"data: {TEXT}\n\ndata: [DONE]\n",
        TEXT[:150],
        f"<html><body><h1>Error</h1><pre>{TEXT}</pre></body></html>",
        TEXT.replace('"', '\\"'),
        "code=insufficient_quota type=insufficient_quota param=null from OpenAI",
        "\ufeff" + TEXT,
        TEXT.upper(),
    ],
    ids=[
        "json",
        "indented",
        "in-json",
        "twice-in-json",
        "python",
        "log",
        "events",
        "cut",
        "html",
        "escaped",
        "pairs",
        "bom",
        "upper",
    ],
)
@pytest.mark.parametrize("status", [429, 500, None])
def test_one_cause_in_every_form(body: str, status: int | None) -> None:
    assert classify(Answer(status=status, body=body)).signature == "openai.quota-exhausted"


def test_bytes_that_are_no_text_are_read_as_far_as_they_are() -> None:
    assert classify(Answer(status=500, body=b"\xff\xfeRegion is missing\x00")).signature == "aws.region-invalid"


def test_the_normal_form_is_lower_case_without_quotes() -> None:
    assert (
        normalise('{\'Error\': "It doesn\'t  WORK", "code":7, status=5}')
        == "{error: it doesn't work, code: 7, status: 5}"
    )


def test_evidence_names_the_field_as_it_was_spelled() -> None:
    found = classify(Answer(status=500, body=json.dumps({"details": {"Inner": [{"Message": "Region IS missing"}]}})))
    assert ("body details.Inner[0].Message", "Region IS missing") in [(one.where, one.text) for one in found.evidence]


def test_settings_and_headers_in_a_dump_are_no_cause() -> None:
    assert classify(Answer(body=DUMP)).signature == "openai.model-unavailable"


CHAINS = [
    (
        "Gemini: API key not valid, falling back to OpenAI: insufficient_quota",
        "openai.quota-exhausted",
        "gemini.key-invalid",
    ),
    ("OpenAI: insufficient_quota, trying Gemini: API key not valid", "gemini.key-invalid", "openai.quota-exhausted"),
    ("TypeError: x is undefined; Incorrect API key provided: sk-x***y", "openai.key-invalid", "function.code-error"),
]


@pytest.mark.parametrize(("body", "signature", "other"), CHAINS, ids=[one for _, one, _ in CHAINS])
def test_the_cause_that_explains_the_failure_wins_and_the_others_are_listed(
    body: str, signature: str, other: str
) -> None:
    found = classify(Answer(status=500, body=body))
    assert found.signature == signature
    assert other in found.others


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        ("OpenAI: 余额不足", "openai.quota-exhausted"),
        ("OPENAI_API_KEY não configurada", "openai.key-missing"),
        ("Gemini перегружен", "gemini.overloaded"),
        ("Fehler: OPENAI_API_KEY ist nicht konfiguriert", "openai.key-missing"),
        ("Gemini : délai dépassé", "gemini.timeout"),
        ("OpenAI: リクエストが多すぎます", "openai.rate-limited"),
        ("OpenAI: 시간 초과", "openai.timeout"),
        ("Error al descargar la imagen", "image.unreachable"),
    ],
)
def test_other_languages_are_understood(body: str, signature: str) -> None:
    assert classify(Answer(status=500, body=json.dumps({"error": body}, ensure_ascii=False))).signature == signature


@pytest.mark.parametrize(
    ("host", "signature"),
    [
        ("rekognition.us-east-1.amazonaws.com", "aws.timeout"),
        ("api.openai.com", "openai.timeout"),
        ("generativelanguage.googleapis.com", "gemini.timeout"),
        ("api.anthropic.com", "ai.timeout"),
        ("abcdefghijklmnopqrst.supabase.co/rest/v1/vehicle_images", "supabase.unavailable"),
        ("hooks.example.org", "function.outbound-failed"),
    ],
)
def test_a_connection_that_broke_inside_the_function_is_blamed_on_its_host(host: str, signature: str) -> None:
    body = {"error": f"error sending request for url (https://{host}): connection reset by peer"}
    assert classify(Answer(status=500, body=json.dumps(body))).signature == signature


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (400, "bad-request"),
        (401, "key-invalid"),
        (403, "permission"),
        (404, "model-unavailable"),
        (429, "rate-limited"),
        (502, "overloaded"),
    ],
)
@pytest.mark.parametrize(("name", "provider"), [("OpenAI", "openai"), ("Gemini", "gemini"), ("Mistral", "ai")])
def test_a_named_provider_with_a_bare_status(status: int, problem: str, name: str, provider: str) -> None:
    assert (
        classify(Answer(status=500, body=json.dumps({"error": f"{name} API error: {status}"}))).signature
        == f"{provider}.{problem}"
    )


@pytest.mark.parametrize(
    ("status", "body", "signature"),
    [
        (401, {"error": "no"}, "function.unauthorized"),
        (403, {"error": "no"}, "function.unauthorized"),
        (400, {"error": "no"}, "function.bad-request"),
        (422, {"error": "no"}, "function.bad-request"),
        (429, {"error": "no"}, "function.rate-limited"),
        (503, {"error": "no"}, "function.unavailable"),
        (500, {"error": "no"}, "runtime.uncaught-exception"),
        (418, {"error": "no"}, "unknown"),
    ],
)
def test_the_functions_own_answer_without_a_cause(status: int, body: dict[str, str], signature: str) -> None:
    assert classify(Answer(status=status, body=json.dumps(body))).signature == signature
