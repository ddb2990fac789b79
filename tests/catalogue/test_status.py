"""What an answer says by its status and shape alone, where its text names no cause."""

import json

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer

PAGE = "<html><body>Nothing here names a cause</body></html>"


def _of(status: int | None, body: object, requires: tuple[str, ...] = ()) -> str:
    text = body if isinstance(body, str) else json.dumps(body)
    return classify(Answer(status=status, body=text), requires=requires).signature


@pytest.mark.parametrize(
    ("status", "own", "foreign"),
    [
        (301, "unknown", "unknown"),
        (400, "function.bad-request", "function.bad-request"),
        (401, "function.unauthorized", "gateway.auth-invalid"),
        (402, "gateway.restricted", "gateway.restricted"),
        (403, "function.unauthorized", "function.unauthorized"),
        (404, "unknown", "gateway.function-not-found"),
        (405, "gateway.method-not-allowed", "gateway.method-not-allowed"),
        (408, "runtime.idle-timeout", "runtime.idle-timeout"),
        (413, "gateway.payload-too-large", "gateway.payload-too-large"),
        (422, "function.bad-request", "function.bad-request"),
        (429, "function.rate-limited", "gateway.rate-limited"),
        (499, "unknown", "unknown"),
        (500, "runtime.uncaught-exception", "runtime.uncaught-exception"),
        (501, "runtime.uncaught-exception", "runtime.uncaught-exception"),
        (502, "gateway.unavailable", "gateway.unavailable"),
        (503, "function.unavailable", "gateway.unavailable"),
        (504, "gateway.unavailable", "gateway.unavailable"),
        (519, "runtime.uncaught-exception", "runtime.uncaught-exception"),
        (520, "gateway.unavailable", "gateway.unavailable"),
        (528, "gateway.unavailable", "gateway.unavailable"),
        (529, "gateway.unavailable", "gateway.unavailable"),
        (530, "gateway.unavailable", "gateway.unavailable"),
        (531, "runtime.uncaught-exception", "runtime.uncaught-exception"),
        (540, "gateway.project-paused", "gateway.project-paused"),
        (546, "runtime.worker-limit", "runtime.worker-limit"),
        (None, "unknown", "unknown"),
    ],
)
def test_a_status_alone_means_one_thing_in_the_functions_json_and_another_on_a_page(
    status: int | None, own: str, foreign: str
) -> None:
    assert (_of(status, {"why": "never mind"}), _of(status, PAGE)) == (own, foreign)


@pytest.mark.parametrize(
    ("status", "signature"),
    [
        (401, "function.unauthorized"),
        (429, "function.rate-limited"),
        (500, "runtime.uncaught-exception"),
        (503, "function.unavailable"),
        (528, "gateway.unavailable"),
        (418, "runtime.uncaught-exception"),
        (None, "runtime.uncaught-exception"),
    ],
)
def test_words_that_stand_on_any_failure_say_less_than_a_status_that_says_something(
    status: int | None, signature: str
) -> None:
    assert _of(status, {"error": "An unexpected error occurred"}) == signature


@pytest.mark.parametrize("status", [503, 528])
def test_a_provider_that_is_named_beside_it_is_behind_the_status(status: int) -> None:
    assert _of(status, {"error": "OpenAI said no"}) == "openai.overloaded"


@pytest.mark.parametrize("text", ["", " ", "null", "undefined", "[object Object]"])
def test_nothing_is_no_answer_unless_it_was_accepted_for_later(text: str) -> None:
    assert (_of(200, text), _of(202, text), _of(204, text)) == (
        "function.empty", "function.unfinished", "function.empty",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("<html><body>Welcome</body></html>", "unknown"),
        ("<html><body>JWT expired</body></html>", "supabase.key-invalid"),
        ("<html><body>Attention Required! | Cloudflare</body></html>", "gateway.unavailable"),
        ("<html><body> </body></html>", "function.empty"),
    ],
)
def test_a_page_is_no_success_whatever_it_shows(text: str, signature: str) -> None:
    assert _of(200, text) == signature


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Error: it went down", "function.error-in-200"),
        ("Too many requests, quota used up", "service.rate-limited"),
        ("Error: misconfigured", "function.config-missing"),
        ("Error: x is not defined", "function.code-error"),
        ("Error: insufficient_quota", "openai.quota-exhausted"),
        ("Error: timed out", "function.outbound-failed"),
        ("error: connect ECONNREFUSED 203.0.113.9:80", "function.outbound-failed"),
        ("getaddrinfo ENOTFOUND api.openai.com: failed", "openai.timeout"),
    ],
)
def test_a_success_in_plain_words_that_tells_of_a_failure_has_the_cause_that_it_names(
    text: str, signature: str
) -> None:
    assert _of(200, text) == signature
    assert _of(200, text, ("tags",)) == signature
    assert _of(202, text) == signature


@pytest.mark.parametrize("text", ["<html>{}</html>", "Error: {}", '{{"a": "' + "x " * 300 + '", "error": "{}'])
def test_of_two_causes_in_such_a_text_the_more_telling_one_is_taken(text: str) -> None:
    for both in ("too many requests; insufficient_quota", "insufficient_quota; too many requests"):
        assert _of(200, text.format(both)) == "openai.quota-exhausted"


@pytest.mark.parametrize(
    ("length", "signature"), [(399, "function.error-in-200"), (400, "function.ok"), (401, "function.ok")]
)
def test_in_a_long_text_a_word_like_failed_is_about_what_it_tells(length: int, signature: str) -> None:
    assert _of(200, "the left indicator failed ".ljust(length, "x")) == signature


def test_a_long_text_that_begins_with_an_error_is_one() -> None:
    for start in ("Error:", '"error":', "FAILED", "Exception in", "Traceback (most"):
        assert _of(200, f"{start} {'x ' * 300}") == "function.error-in-200"
        assert _of(200, f"{start} insufficient_quota {'x ' * 300}") == "openai.quota-exhausted"
    assert _of(200, f"An error: {'x ' * 300}") == "function.ok"


LONG = "x " * 300


@pytest.mark.parametrize(
    ("text", "requires", "signature"),
    [
        ('{"tags": ["a", ', (), "function.empty"),
        ('[{"tags": ["a"]', (), "function.empty"),
        ('{"a": "insufficient_quota', (), "function.empty"),
        (f'{{"a": "{LONG}", "error": "insufficient_quota', (), "openai.quota-exhausted"),
        (f'{{"a": "{LONG}", "error": "boom', (), "function.empty"),
        (f"{LONG} error: insufficient_quota", (), "function.ok"),
        (f"{LONG} error: insufficient_quota", ("tags",), "openai.quota-exhausted"),
        (f"{LONG} insufficient_quota", ("tags",), "function.empty"),
        ("a wheel", ("tags",), "function.empty"),
        ("a wheel", (), "function.ok"),
    ],
)
def test_json_that_was_cut_off_or_words_where_parts_were_asked_for_are_no_result(
    text: str, requires: tuple[str, ...], signature: str
) -> None:
    assert _of(200, text, requires) == signature


def test_words_that_were_accepted_for_later_are_not_finished() -> None:
    assert (_of(202, "a wheel"), _of(201, "a wheel"), _of(203, "a wheel")) == (
        "function.unfinished", "function.ok", "function.ok",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("document", "ok"),
    [
        ({"success": True}, True),
        ({"OK": True, "row_id": 7, "version": ""}, True),
        ({"message": "thank you"}, True),
        ({"Message": "thank you", "note": None}, True),
        ({"status": "fine", "timestamp": 3}, True),
        ({"row_id": 7}, False),
        ({"message": "", "row_id": 7}, False),
        ({"success": True, "tags": []}, False),
        ({}, False),
        ([], False),
        ([{"success": True}], False),
    ],
)
def test_a_bare_claim_of_success_promises_no_result_and_lacks_none(document: object, ok: bool) -> None:
    assert (_of(200, document) == "function.ok") is ok
    assert _of(200, document, ("tags",)) != "function.ok"
