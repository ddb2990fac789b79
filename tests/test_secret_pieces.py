"""The redactor finds pieces of a value, and values that a line or an encoding has broken."""

from __future__ import annotations

import base64
import json

import pytest

from diag.secret import Redactor, Secret

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


@pytest.mark.parametrize("at", [0, 1, -8])
def test_so_are_those_of_a_key_within_a_text_that_is_no_single_credential(at: int) -> None:
    encoded = base64.b64encode(f"{LONG}u".encode()).decode()
    piece = encoded[at:][:8]
    assert len(piece) == 8
    assert shown(json.dumps({"type": "account", "key": f"{LONG}u"}), f"<{piece}>") == "<…>"


def test_half_a_character_becomes_a_mark_and_whole_ones_stay() -> None:
    assert Redactor()("half \ud83d, whole \U0001f600, é") == "half \ufffd, whole \U0001f600, é"
