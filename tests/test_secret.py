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


KEY = "sk-proj-" + "A1b2C3d4E5f6G7h8"
LONG = "Ab3dEf6hIj9lMn2pQr5t"
"""20 characters without a type prefix: just long enough to be searched for in pieces."""


def shown(value: str, text: str) -> str:
    redact = Redactor()
    redact.learn(Secret(value))
    return redact(text)


def test_eight_characters_in_a_row_are_a_piece_and_seven_are_none() -> None:
    pieces = [KEY[at : at + 8] for at in range(1, len(KEY) - 7)]
    assert {shown(KEY, f"<{piece}>") for piece in pieces} == {"<sk-proj-…>"}
    assert shown(KEY, f"<{KEY[9:16]}>") == f"<{KEY[9:16]}>"


def test_the_public_prefix_alone_is_no_piece() -> None:
    assert shown(KEY, "a key begins with sk-proj-") == "a key begins with sk-proj-"


@pytest.mark.parametrize("text", ["{0}", "{0} ", " {0}", "ab{0}", "abc{0}cd", "{0}{0}", "{0} and {0}"])
def test_only_the_piece_is_taken_out_wherever_it_stands(text: str) -> None:
    piece = KEY[9:20]
    assert shown(KEY, text.format(piece)) == text.format("sk-proj-…")


def test_pieces_that_do_not_touch_are_taken_out_each() -> None:
    assert shown(KEY, f"{KEY[8:16]}-{KEY[15:24]}.") == "sk-proj-…-sk-proj-…."


@pytest.mark.parametrize(
    ("value", "is_searched_for"),
    [(LONG, True), (LONG[:-1], False), (LONG.lower(), False), ("abcdefghijKLMNOPQRSTU", False)],
)
def test_without_a_type_prefix_only_a_long_and_mixed_value_is_searched_for_in_pieces(
    value: str, is_searched_for: bool
) -> None:
    assert (value[3:13] not in shown(value, f"see {value[3:13]}.")) is is_searched_for


@pytest.mark.parametrize("value", ['pass"word\\one', "line one\nline two"])
def test_a_value_that_json_escapes_is_taken_out_of_json_and_the_rest_stays(value: str) -> None:
    document = json.dumps({"key": value})
    assert shown(value, document) == json.dumps({"key": "@"}).replace("@", Secret(value).masked)


def test_nothing_known_nothing_taken_out_but_shapes() -> None:
    redact = Redactor()
    redact.learn(Secret(KEY))
    redact.forget()
    assert redact(f"see {KEY[9:20]}") == f"see {KEY[9:20]}"


@pytest.mark.parametrize("value", ["seven77", "eight888"])
def test_a_value_of_eight_characters_is_taken_out_whole(value: str) -> None:
    assert (value in shown(value, f"it is {value}")) is (len(value) < 8)


def test_an_empty_secret_is_false_and_any_other_true() -> None:
    assert not Secret("")
    assert Secret("0")


def test_what_stands_before_a_date_and_a_region_is_a_key_though_nothing_else_says_so() -> None:
    assert shown(KEY, "KLMNOPQRST/20261122/us-east-1/x") == "…/20261122/us-east-1/x"


def test_of_values_that_a_line_goes_through_each_leaves_its_mask() -> None:
    broken = f"{KEY[:12]}\n{KEY[12:]}"
    mask = Secret(KEY).masked
    assert shown(KEY, f"a {broken} b {broken} c") == f"a {mask} b {mask} c"


def test_lines_before_in_and_after_a_value_stay_where_they_were() -> None:
    text = f"one\ntwo\nthree {KEY[:10]}\n{KEY[10:20]}\n{KEY[20:]} four\nfive"
    assert shown(KEY, text) == f"one\ntwo\nthree {Secret(KEY).masked} four\nfive"


def test_a_broken_value_is_found_where_the_text_begins() -> None:
    assert shown(KEY, f"{KEY[:12]}\n{KEY[12:]} b") == f"{Secret(KEY).masked} b"


@pytest.mark.parametrize("value", [LONG, "AKIARZPUZDIKCQOCXXK7"])
def test_the_first_and_the_last_eight_characters_are_pieces_too(value: str) -> None:
    assert value[:8] not in shown(value, f"see {value[:8]} {value[-8:]}.")
    assert value[-8:] not in shown(value, f"see {value[:8]} {value[-8:]}.")


def test_many_short_lines_before_a_broken_value_stay_all() -> None:
    before = "a\n" * 20
    assert shown(KEY, f"{before}{KEY[:12]}\n{KEY[12:]} b") == f"{before}{Secret(KEY).masked} b"


def test_of_two_values_of_which_one_holds_the_other_the_whole_is_named() -> None:
    short, whole = Secret("the-first-half"), Secret("the-first-half-and-the-second")
    for order in ((short, whole), (whole, short)):
        redact = Redactor()
        redact.learn(*order)
        assert redact(f"<{whole.reveal()}> <{short.reveal()}>") == f"<{whole.masked}> <{short.masked}>"


@pytest.mark.parametrize("at", [0, 5, -8])
def test_eight_characters_of_a_keys_base64_are_a_piece_too(at: int) -> None:
    encoded = base64.b64encode(KEY.removeprefix("sk-proj-").encode()).decode().rstrip("=")
    piece = encoded[: len(encoded) // 4 * 4][at:][:8]
    assert len(piece) == 8
    assert shown(KEY, f"<{piece}>") == "<sk-proj-…>"


def test_half_a_character_becomes_a_mark_and_whole_ones_stay() -> None:
    assert Redactor()("half \ud83d, whole \U0001f600, é") == "half \ufffd, whole \U0001f600, é"
