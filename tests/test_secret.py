"""Secrets cannot be printed by accident, and the redactor finds them in the spellings in which they come back."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.secret import Redactor, Secret

VALUE = "sk-proj-Zq8vR2mXk4Lw9TyB/+=Nf7"
LETTERS = st.characters(min_codepoint=33, max_codepoint=126)


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>80}".format, lambda s: f"{s!r}", lambda s: "%s" % s])  # noqa: UP031
def test_no_way_of_formatting_shows_the_value(show) -> None:
    shown = show(Secret(VALUE))
    assert VALUE not in shown
    assert VALUE[8:16] not in shown
    assert "sk-proj-" in shown


def test_a_secret_is_not_pickled_compared_or_hashed_by_accident() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(VALUE))
    with pytest.raises(TypeError):
        _ = Secret(VALUE) == VALUE
    with pytest.raises(TypeError):
        hash(Secret(VALUE))
    assert Secret(VALUE).matches(VALUE)
    assert not Secret(VALUE).matches(VALUE + "\n")


def test_the_digest_is_plain_sha256_of_the_text() -> None:
    # The digest of an empty value, as the Management API shows it for an empty secret.
    assert Secret("").digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Secret("true").fingerprint == "b5bea41b"


@pytest.mark.parametrize(
    "spelling",
    [
        VALUE,
        quote(VALUE, safe=""),
        json.dumps({"key": VALUE}),
        base64.b64encode(VALUE.encode()).decode(),
        f"Bearer {VALUE}",
    ],
)
def test_a_known_value_is_taken_out_in_every_spelling(spelling: str) -> None:
    redact = Redactor()
    redact.learn(Secret(VALUE))
    text = redact(f"before {spelling} after")
    assert VALUE[8:16] not in text
    assert spelling not in text
    assert text.startswith("before ")
    assert text.endswith(" after")


@pytest.mark.parametrize(
    "credential",
    [
        "sk-proj-abcdefghijklmnop",
        "sk-abcde***************************wxyz",
        "AKIAIOSFODNN7EXAMPLE",
        "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz",
        "sbp_0123456789abcdef0123456789abcdef01234567",
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl",
        "AIzaSyA1234567890abcdefghijklmnopqrstu",
        "ya29.a0AfH6SMBx-abcdefghijklmnopqrstuvwxyz",
    ],
)
def test_a_credential_is_taken_out_though_its_value_was_never_known(credential: str) -> None:
    text = Redactor()(f"Incorrect API key provided: {credential}. You can find")
    assert credential[6:] not in text
    assert text.startswith("Incorrect API key provided: ")
    assert text.endswith("You can find")


@pytest.mark.parametrize(
    "header", ["Bearer {}", "bearer {}", "Authorization: Basic {}==", '{{"authorization": "Bearer {}"}}']
)
def test_what_an_authorization_header_held_is_taken_out(header: str) -> None:
    shown = Redactor()(f"401 for {header.format('dXNlcjpwYXNzd29yZDEyMzQ1')} of basic authentication-schemes")
    assert "dXNlcjpw" not in shown
    assert shown.endswith(" of basic authentication-schemes")


def pem(line_end: str) -> str:
    return line_end.join(("-----BEGIN PRIVATE KEY-----", *LINES, "-----END PRIVATE KEY-----", ""))


LINES = [
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDXhTzhYaU6xVkA",
    "qM7bMZlhVq3YbK9h5jvW2GvJ2b1cQ8f8Hq8vT1xk0Z9bP4r7kK2F5z2u7mD3H9Lq",
    "Zm9v",
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\\n", "\\\\n"])
@pytest.mark.parametrize("length", [90, 120, 200, None])
def test_a_private_key_is_taken_out_whole_or_cut_off_though_it_was_never_known(
    line_end: str, length: int | None
) -> None:
    shown = Redactor()(f"no key: {pem(line_end)[:length]}: what a pity, said he")
    assert not [line for line in LINES if line[:8] in shown]
    assert shown.startswith("no key: …")
    assert shown.endswith(": what a pity, said he")


def test_every_line_of_a_private_key_in_a_service_account_is_a_credential() -> None:
    redact = Redactor()
    account = json.dumps({"type": "service_account", "private_key": pem("\n"), "client_email": "x@project-1.iam"})
    redact.learn(Secret(account))
    for line in LINES[:2]:
        assert not [line[at : at + 8] for at in range(56) if line[at : at + 8] in redact(f"at position 99: {line[9:]}")]
    assert redact("service_account x@project-1.iam") == "service_account x@project-1.iam"


@pytest.mark.parametrize("known", [str.lower, str.upper])
def test_a_key_is_found_where_a_host_or_a_header_changed_its_letters(known: Callable[[str], str]) -> None:
    redact = Redactor()
    redact.learn(Secret(VALUE), Secret("Supabase"))
    assert known(VALUE)[8:] not in redact(f"no such host: {known(VALUE)}")
    assert redact("SUPABASE and supabase") == "SUPABASE and supabase"


@pytest.mark.parametrize("text", ["{head}", "{tail}", "see {tail}!"])
def test_half_of_a_value_of_small_letters_and_digits_is_a_piece(text: str) -> None:
    value = "9f86d081884c7d659a2feaa0c55ad015"
    redact = Redactor()
    redact.learn(Secret(value), Secret("project number 1 of the year 2026"), Secret("abcdefghijklmnopqrstuvwxyz123"))
    shown = redact(text.format(head=value[:16], tail=value[16:]))
    assert not [value[at : at + 8] for at in range(25) if value[at : at + 8] in shown]
    assert redact("abcdefghijklm") == "abcdefghijklm"


@pytest.mark.parametrize("text", ["debug: {head}", "Credential={head} {tail}/20261122/us-east-1/x", "[{tail}]"])
@pytest.mark.parametrize("value", ["AKIARZPUZDIKCQOCXXK7", VALUE, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY"])
def test_a_piece_of_a_known_value_is_taken_out(value: str, text: str) -> None:
    redact = Redactor()
    redact.learn(Secret(value))
    shown = redact(text.format(head=value[:-10], tail=value[-10:]))
    pieces = {value[at : at + 8] for at in range(len(value) - 7)} - {"sk-proj-"}
    assert not [piece for piece in pieces if piece in shown]


def test_a_key_id_with_a_blank_in_it_is_taken_out_though_it_was_never_known() -> None:
    shown = Redactor()(
        "'IKCQOCXXK7/20261122/us-east-1/rekognition/aws4_request' in Credential=AKIARZPUZD IKCQOCXXK7/2026"
    )
    assert "IKCQOCXXK7/20261122" not in shown
    assert "RZPUZD" not in shown


def test_the_host_of_a_connection_string_is_no_credential() -> None:
    redact = Redactor()
    redact.learn(Secret("postgresql://postgres:Zq8vR2mXk4Lw@127.0.0.1:54322/postgres"))
    assert redact("http://127.0.0.1:54321 answers") == "http://127.0.0.1:54321 answers"


def test_a_plain_word_is_no_credential_in_pieces() -> None:
    redact = Redactor()
    redact.learn(Secret("analyze-image-of-vehicles"), Secret("https://project-number-one.supabase.co"))
    assert redact("analyze-image answered for project-number") == "analyze-image answered for project-number"


def test_the_password_in_a_url_is_taken_out() -> None:
    assert "hunter22" not in Redactor()("postgresql://postgres:hunter22@127.0.0.1:5432/postgres")


def test_ordinary_text_passes_unchanged() -> None:
    redact = Redactor()
    redact.learn(Secret("short"), Secret(VALUE))
    text = (
        "Edge Function returned a non-2xx status code; task-list-of-many-items, risk-free-and-simple; short of memory"
    )
    assert redact(text) == text


@given(st.text(LETTERS, min_size=12, max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_no_learnt_value_survives_whatever_stands_around_it(value: str, before: str, after: str) -> None:
    redact = Redactor()
    redact.learn(Secret(value))
    assert value.strip("\"'") not in redact(before + value + after).replace(Secret(value).masked, "")


@pytest.mark.parametrize(
    "message",
    [
        "'KLMNOPQRST/20261122/us-east-1/rekognition/aws4_request' not a valid key=value pair (missing equal-sign) in "
        "Authorization header: 'AWS4-HMAC-SHA256 Credential=AKIAEFGHIJ KLMNOPQRST/20261122/us-east-1/rekognition/"
        "aws4_request, SignedHeaders=host, Signature=0'.",
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
        "'abcdEFGHIJ/KLMNOPQRST/20261122/us-east-1/sts/aws4_request'",
    ],
)
def test_a_header_that_aws_repeats_shows_no_part_of_the_key(message):
    shown = Redactor()(message)
    assert "EFGHIJ" not in shown
    assert "KLMNOP" not in shown
    assert "/20261122/us-east-1/" in shown


def test_hostile_text_before_a_scope_takes_linear_time():
    text = "a" * 500_000 + " Credential=" * 20_000 + "aws4_request"
    assert Redactor()(text) == text


def test_an_empty_secret_is_false_and_any_other_true() -> None:
    assert not Secret("")
    assert Secret("0")
