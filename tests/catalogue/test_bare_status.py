"""A provider that is named with an HTTP status and no cause."""

import json

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer, Diagnosis

MEANINGS = {
    400: "bad-request",
    401: "key-invalid",
    402: "quota-exhausted",
    403: "permission",
    404: "model-unavailable",
    405: "bad-request",
    408: "timeout",
    413: "context-too-long",
    415: "bad-request",
    422: "bad-request",
    429: "rate-limited",
    499: "bad-request",
    500: "overloaded",
    503: "overloaded",
    529: "overloaded",
}
"""What a model's bare status means."""
OTHERS = {
    ("Rekognition", 400): "aws.bad-request",
    ("Rekognition", 401): "aws.key-invalid",
    ("Rekognition", 403): "aws.access-denied",
    ("Rekognition", 404): "aws.resource-not-found",
    ("Rekognition", 405): "aws.bad-request",
    ("Rekognition", 408): "aws.timeout",
    ("Rekognition", 413): "aws.image-rejected",
    ("Rekognition", 429): "aws.throttled",
    ("Rekognition", 499): "aws.bad-request",
    ("Rekognition", 500): "aws.unavailable",
    ("Supabase", 401): "supabase.key-invalid",
    ("Supabase", 403): "supabase.permission-denied",
    ("Supabase", 500): "supabase.unavailable",
    ("Stripe", 401): "service.key-invalid",
    ("Stripe", 403): "service.key-invalid",
    ("Stripe", 429): "service.rate-limited",
    ("Stripe", 500): "service.unavailable",
}


def _of(status: int | None, body: object) -> Diagnosis:
    return classify(Answer(status=status, body=body if isinstance(body, str) else json.dumps(body)))


@pytest.mark.parametrize("status", MEANINGS)
@pytest.mark.parametrize(("name", "component"), [("OpenAI", "openai"), ("Gemini", "gemini"), ("Anthropic", "ai")])
def test_a_models_status_has_one_meaning_whichever_model_it_is(name: str, component: str, status: int) -> None:
    found = _of(500, {"error": f"{name} responded with status {status}"})
    assert found.signature == f"{component}.{MEANINGS[status]}"


@pytest.mark.parametrize("words", ["{0} responded with status {1}", "got {1} from {0}"])
@pytest.mark.parametrize(("name", "status"), OTHERS)
def test_the_status_of_any_other_party_is_its_own_fault(name: str, status: int, words: str) -> None:
    assert _of(500, {"error": words.format(name, status)}).signature == OTHERS[name, status]


@pytest.mark.parametrize("name", ["Supabase", "Stripe"])
def test_a_status_that_has_no_meaning_for_a_party_blames_nobody(name: str) -> None:
    assert _of(500, {"error": f"{name} responded with status 418"}).signature == "runtime.uncaught-exception"


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI status 401, then gemini: 429",
        "gemini: 429, OpenAI status 401",
        "gemini - 429; OpenAI (401)",
        "OpenAI 401, gemini: 429",
    ],
)
def test_a_number_that_is_called_a_status_goes_before_one_that_merely_stands_behind_a_colon(text: str) -> None:
    found = _of(500, {"error": text})
    assert (found.signature, found.others) == ("openai.key-invalid", ())


@pytest.mark.parametrize(("before", "signature"), [(39, "openai.key-invalid"), (40, "openai.overloaded")])
def test_of_the_statuses_of_one_text_forty_are_looked_at(before: int, signature: str) -> None:
    assert _of(500, {"error": "OpenAI: " + "status 503, " * before + "status 401"}).signature == signature


@pytest.mark.parametrize(
    ("status", "signature"),
    [
        (400, "openai.bad-request"),
        (401, "openai.key-invalid"),
        (402, "openai.quota-exhausted"),
        (403, "openai.permission"),
        (404, "openai.model-unavailable"),
        (408, "openai.timeout"),
        (413, "openai.context-too-long"),
        (422, "openai.bad-request"),
        (429, "openai.rate-limited"),
        (500, "openai.bad-request"),
    ],
)
def test_the_answers_own_status_says_more_than_invalid_request_beside_it(status: int, signature: str) -> None:
    refusal = {"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": None}}
    assert _of(status, refusal).signature == signature


@pytest.mark.parametrize(("status", "signature"), [(400, "function.bad-request"), (422, "function.bad-request")])
def test_a_field_that_is_missing_is_the_callers_fault_though_a_model_is_named(status: int, signature: str) -> None:
    found = _of(status, {"error": "Missing required field image_url for the OpenAI analysis"})
    assert found.signature == signature


@pytest.mark.parametrize("status", [405, 409, 410, 499])
def test_a_status_of_the_function_itself_is_none_of_the_providers(status: int) -> None:
    assert _of(status, {"error": "OpenAI said no"}).signature.partition(".")[0] != "openai"


@pytest.mark.parametrize(
    ("status", "text", "signature"),
    [
        (400, "OpenAI said no", "openai.bad-request"),
        (422, "OpenAI said no", "openai.bad-request"),
        (500, "OpenAI said no", "openai.overloaded"),
        (500, "gpt-4o said no", "openai.overloaded"),
        (500, "param: null", "runtime.uncaught-exception"),
        (401, "param: null", "openai.key-invalid"),
        (400, "Rekognition said no", "aws.bad-request"),
        (402, "tool_choice", "gateway.restricted"),
        (None, "param: null", "unknown"),
    ],
)
def test_an_answers_status_is_that_of_whoever_it_speaks_of(status: int | None, text: str, signature: str) -> None:
    """A 4xx is believed to be a provider's whose manner of speaking is heard, a 5xx only one's that is named."""
    assert _of(status, {"error": text}).signature == signature


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("OpenAI status 429, asked by Stripe", "openai.rate-limited"),
        ("gpt-4o status 429, asked by Stripe", "openai.rate-limited"),
        ("Stripe status 429; param: null", "service.rate-limited"),
        ("status 429; param: null", "openai.rate-limited"),
    ],
)
def test_a_status_belongs_to_the_model_that_is_named_else_to_whom_else_is(text: str, signature: str) -> None:
    assert _of(500, {"error": text}).signature == signature


def test_a_caller_is_turned_away_by_the_function_even_where_it_asked_another() -> None:
    found = _of(401, {"error": "Unauthorized", "details": "Supabase Auth responded with status 401"})
    assert (found.signature, found.others) == ("function.unauthorized", ())


@pytest.mark.parametrize(
    "body", [{"by": "Rekognition", "error": "Unauthorized"}, {"error": "Unauthorized", "by": "AWS"}]
)
def test_a_refusal_is_the_named_providers_and_not_the_functions_wherever_it_is_named(body: object) -> None:
    found = _of(401, body)
    assert (found.signature, found.others) == ("aws.key-invalid", ("function.unauthorized",))


def test_a_caller_who_sent_no_header_was_stopped_before_any_provider() -> None:
    assert _of(401, {"error": "Missing authorization header", "for": "Rekognition"}).signature == "gateway.auth-missing"


@pytest.mark.parametrize("said", ['"port": 443', '"line": "- 443"', '"size": 418', '"took": 431'])
def test_a_number_that_is_no_usual_status_is_none_unless_it_is_called_one(said: str) -> None:
    text = f'{{"message": "connect ETIMEDOUT", {said}, "hostname": "rekognition.us-east-1.amazonaws.com"}}'
    assert classify(Answer(body=text)).signature == "aws.timeout"
