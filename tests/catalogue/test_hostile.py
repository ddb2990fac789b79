"""Hostile and broken bodies: never an exception, never more than a stated size, never a secret."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.catalogue import SIGNATURES, classify
from diag.catalogue.classify import LONGEST_PLACE
from diag.catalogue.examples import EXAMPLES
from diag.catalogue.reading import HEAD, TAIL, cut, read
from diag.diagnosis import Answer
from diag.secret import Secret, redact

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["error", "code", "status", "message", "success", "tags", "data", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
_HEADERS = st.dictionaries(st.sampled_from(["retry-after", "x-cache", "sb-error-code", "date"]), st.text(max_size=20))
_STATUS = st.none() | st.integers(min_value=-1, max_value=1000)


@settings(max_examples=150, deadline=None)
@given(body=st.text(max_size=300) | st.binary(max_size=300), status=_STATUS, headers=_HEADERS)
def test_any_body_has_a_diagnosis(body: str | bytes, status: int | None, headers: dict[str, str]) -> None:
    assert classify(Answer(status=status, headers=headers, body=body), requires=("tags",)).signature in SIGNATURES


@settings(max_examples=150, deadline=None)
@given(document=_JSON, status=_STATUS)
def test_any_json_has_a_diagnosis(document: Any, status: int | None) -> None:
    assert (
        classify(Answer(status=status, body=json.dumps(document)), requires=("tags", "data.x")).signature in SIGNATURES
    )


@settings(max_examples=100, deadline=None)
@given(example=st.sampled_from(EXAMPLES), length=st.integers(min_value=0, max_value=400))
def test_a_truncated_failure_is_never_called_ok(example: Any, length: int) -> None:
    if example.signature == "function.ok" or (example.status or 0) < 400:
        return
    assert classify(Answer(status=example.status, body=example.body[:length])).verdict != "ok"


@pytest.mark.parametrize(
    "body",
    [
        "[" * 50_000,
        '{"a":' * 20_000,
        '"' * 100_000,
        "\\" * 100_001,
        "<script>" * 20_000,
        "<" * 100_000,
        "a " * 100_000,
        "error: " * 30_000,
        "\ud800 lone surrogate",
        b"\xff\xfe\x00\x00",
        "try again in " + "9" * 10_000,
        json.dumps({"statusCode": "5" * 10_000}),
    ],
    ids=[
        "lists",
        "objects",
        "quotes",
        "backslashes",
        "scripts",
        "tags",
        "words",
        "errors",
        "surrogate",
        "bytes",
        "digits",
        "status",
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_hostile_bodies_are_read(status: int, body: str | bytes) -> None:
    assert classify(Answer(status=status, body=body)).signature in SIGNATURES


def test_long_bodies_keep_head_and_tail() -> None:
    text = "HEAD" + "x" * 1_000_000 + "TAIL"
    kept = cut(text)
    assert len(kept) <= HEAD + TAIL + 3
    assert kept.startswith("HEAD")
    assert kept.endswith("TAIL")


def test_a_cause_at_the_end_of_a_long_body_is_found() -> None:
    body = (
        "log line without meaning\n" * 10_000
        + "InvalidSignatureException: The request signature we calculated does not match"
    )
    assert classify(Answer(status=500, body=body)).signature == "aws.signature-mismatch"


def test_work_grows_no_faster_than_the_body() -> None:
    assert len(read("x: 'y' \\n" * 1_000).normal) * 10 >= len(read("x: 'y' \\n" * 10_000).normal) > 0


def test_evidence_shows_no_key() -> None:
    key = "sk-proj-" + "a1B2" * 12
    found = classify(Answer(status=500, body=json.dumps({"error": f"Incorrect API key provided: {key}"})))
    assert found.signature == "openai.key-invalid"
    assert key not in repr(found)


def test_a_name_in_a_body_is_shown_like_its_text_without_a_key_and_cut() -> None:
    key = "sk-proj-" + "a1B2" * 12
    found = classify(Answer(status=500, body=json.dumps({key: {"n" * 900: "wrong key for OpenAI"}})))
    assert found.signature == "openai.key-invalid"
    assert "a1B2a1B2" not in repr(found)
    assert max(len(piece.where) for piece in found.evidence) <= LONGEST_PLACE


@pytest.mark.parametrize("blanks", range(3_990 - 40, 4_000, 7))
def test_no_key_shows_where_a_long_text_is_cut_in_the_middle_of_it(blanks: int) -> None:
    key = "sb_secret_" + "QqWwEeRrTtYyUuIi12345678"
    redact.learn(Secret(key))
    found = classify(Answer(status=500, body=f"boom{' ' * blanks}{key} {'x' * 5_000}"))
    shown = " ".join(piece.text for piece in found.evidence)
    assert "boom" in shown
    assert not any(key[start : start + 8] in shown for start in range(3, len(key) - 8))


def test_a_body_that_begins_with_thousands_of_blanks_has_a_diagnosis() -> None:
    body = json.dumps({"error": " " * 9_000 + "boom"})
    assert classify(Answer(status=500, body=body)).signature in SIGNATURES


def test_evidence_is_cut_short() -> None:
    found = classify(Answer(status=500, body="OPENAI_API_KEY missing " + "y" * 5_000))
    assert all(len(piece.text) <= 300 for piece in found.evidence)
