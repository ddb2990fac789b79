"""Which of the causes that a text supports goes first, and whose it is."""

import json

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer, Diagnosis


def _of(status: int | None, body: object) -> Diagnosis:
    return classify(Answer(status=status, body=body if isinstance(body, str) else json.dumps(body)))


@pytest.mark.parametrize(
    ("text", "signature", "others"),
    [
        ("OpenAI: insufficient_quota; Gemini: resource_exhausted", "openai.quota-exhausted", ("gemini.rate-limited",)),
        (
            "all providers failed: OpenAI: insufficient_quota; Gemini: resource_exhausted",
            "gemini.rate-limited",
            ("openai.quota-exhausted",),
        ),
        (
            "all providers failed: Gemini: resource_exhausted, OpenAI: insufficient_quota",
            "openai.quota-exhausted",
            ("gemini.rate-limited",),
        ),
        (
            "OpenAI: insufficient_quota, falling back to Gemini: resource_exhausted, invalid value",
            "gemini.rate-limited",
            ("openai.quota-exhausted", "function.bad-request"),
        ),
    ],
)
def test_in_a_chain_of_models_the_last_one_that_was_tried_is_the_cause(
    text: str, signature: str, others: tuple[str, ...]
) -> None:
    found = _of(500, {"error": text})
    assert (found.signature, found.others) == (signature, others)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("OpenAI: insufficient_quota, falling back to Gemini: invalid value", "openai.quota-exhausted"),
        ("OpenAI: insufficient_quota, falling back to Gemini; JWT expired PGRST301", "supabase.key-invalid"),
        ("falling back to the cache: JWT expired PGRST301", "supabase.key-invalid"),
    ],
)
def test_a_chain_changes_nothing_where_its_last_link_names_no_sure_cause(text: str, signature: str) -> None:
    assert _of(500, {"error": text}).signature == signature


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("AI service error: overloaded", "ai.overloaded"),
        ("tool_choice: invalid value", "function.bad-request"),
        ("AI analysis: invalid value", "function.bad-request"),
        ("AI analysis: too many requests", "service.rate-limited"),
        ("bad json from the ai", "ai.bad-output"),
        ("Stripe: bad json from the ai", "runtime.uncaught-exception"),
        ("Rekognition: bad json from the ai", "aws.unavailable"),
        ("gpt-4o: overloaded, called by Stripe", "openai.overloaded"),
        ("gpt-4o: too many requests, called by Stripe", "openai.rate-limited"),
        ("AI vision: insufficient permissions", "ai.permission"),
        ("param: null overloaded, called by Stripe", "runtime.uncaught-exception"),
    ],
)
def test_a_faint_sign_of_a_model_makes_only_a_sure_wording_its_own_and_nobody_elses(text: str, signature: str) -> None:
    assert _of(500, {"error": text}).signature == signature


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("gpt-4o behind Cloudflare", "openai.overloaded"),
        ("param: null behind Cloudflare", "gateway.unavailable"),
        ("Rekognition: bad gateway", "gateway.unavailable"),
        ("rekognition.us-east-1.amazonaws.com: bad gateway", "aws.unavailable"),
        ("Stripe behind Cloudflare", "gateway.unavailable"),
    ],
)
def test_a_proxys_page_that_a_function_met_is_that_of_the_host_it_called(text: str, signature: str) -> None:
    assert _of(500, {"error": text}).signature == signature


@pytest.mark.parametrize(
    ("host", "inside", "outside"),
    [
        ("gpt-4o", "openai.timeout", "openai.timeout"),
        ("param: null", "function.outbound-failed", "network.tls"),
        ("Rekognition", "aws.timeout", "network.tls"),
        ("Supabase", "supabase.unavailable", "network.tls"),
        ("https://abc.supabase.co/rest/v1/x", "supabase.unavailable", "supabase.unavailable"),
        ("postgrest", "supabase.unavailable", "supabase.unavailable"),
        ("https://abc.supabase.co/functions/v1/x", "function.outbound-failed", "network.tls"),
        ("203.0.113.9", "function.outbound-failed", "network.tls"),
    ],
)
def test_a_connection_that_broke_is_blamed_by_the_host_and_on_whoever_tells_of_it(
    host: str, inside: str, outside: str
) -> None:
    text = f"certificate verify failed: {host}"
    assert _of(500, {"error": text}).signature == inside
    assert _of(500, text).signature == inside
    assert _of(None, {"error": text}).signature == inside
    assert _of(None, text).signature == outside


@pytest.mark.parametrize(
    ("status", "body", "signature"),
    [
        (None, "error sending request for url (https://203.0.113.9/)", "function.outbound-failed"),
        (None, "socket hang up", "network.reset"),
        (502, {"error": "fetch failed"}, "function.outbound-failed"),
        (502, {"error": "timed out"}, "gateway.unavailable"),
        (504, {"error": "request timed out"}, "gateway.unavailable"),
    ],
)
def test_a_time_out_says_less_than_a_gateways_status_and_a_failed_fetch_more(
    status: int | None, body: object, signature: str
) -> None:
    assert _of(status, body).signature == signature


@pytest.mark.parametrize("place", ["_info", "debug", "attempts", "trace", "available"])
def test_a_field_that_tells_of_something_else_hides_no_cause(place: str) -> None:
    for told in ("insufficient_quota", ["insufficient_quota"], {"why": "insufficient_quota"}):
        assert _of(500, {place: told, "error": "JWT expired"}).signature == "supabase.key-invalid"
        assert _of(500, {place: told}).signature == "openai.quota-exhausted"


@pytest.mark.parametrize("place", ["__info", "info", "reason"])
def test_any_other_field_tells_of_the_failure(place: str) -> None:
    told = {place: "insufficient_quota", "error": "JWT expired"}
    assert _of(500, told).signature == "openai.quota-exhausted"


@pytest.mark.parametrize(
    ("error", "engine", "signature"),
    [
        ("Rate limit exceeded", "claude-3", "ai.rate-limited"),
        ("Rate limit exceeded", "gpt-4o", "openai.rate-limited"),
        ("Rate limit exceeded", "none", "service.rate-limited"),
        ("Incorrect API key for OpenAI", "gemini-2", "openai.key-invalid"),
        ("Rekognition: rate exceeded", "gpt-4o", "aws.throttled"),
    ],
)
def test_an_error_that_names_nobody_is_that_of_the_model_the_answer_names_elsewhere(
    error: str, engine: str, signature: str
) -> None:
    assert _of(200, {"error": error, "engine": {"name": engine}}).signature == signature
