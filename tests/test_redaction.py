"""However a secret comes back, encoded, embedded or broken: it is found, and what stands around it stays."""

from __future__ import annotations

import base64
import copy
import html
import json
import pickle
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from diag.inert import inert
from diag.secret import Redactor, Secret
from diag.spellings import SHORTEST, based, spellings

VALUES = {
    "openai": "sk-proj-Zq8vR2mXk4Lw9TyBNf7gHd3sPa6cQe1u",
    "aws": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY",
    "supabase": "sb_secret_Qw3rTyUiOpAsDfGhJkLzXc_V8nM2kLp",
    "password": "correct horse: battery/staple & <sons>",
    "password in German": "Größe\\42 \"quoted\" 'Straße'",
}


def _quoted_low(letter: str) -> str:
    kept = letter.isascii() and (letter.isalnum() or letter in "-_.~")
    return letter if kept else "".join(f"%{byte:02x}" for byte in letter.encode())


def _url_safe(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "url": lambda value: quote(value, safe=""),
    "url, slashes kept": quote,
    "form": quote_plus,
    "url in lower case": lambda value: "".join(map(_quoted_low, value)),
    "url twice": lambda value: quote(quote(value, safe=""), safe=""),
    "json": lambda value: json.dumps({"a": value}),
    "json as PHP writes it": lambda value: json.dumps({"a": value}).replace("/", "\\/"),
    "json as text": lambda value: json.dumps({"a": value}, ensure_ascii=False),
    "json in json": lambda value: json.dumps({"a": json.dumps({"b": value})}),
    "html": html.escape,
    "repr": repr,
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64url": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "basic": lambda value: "Basic " + base64.b64encode(f"user:{value}".encode()).decode(),
    "basic, shifted": lambda value: "Basic " + base64.b64encode(f"a:{value}:b".encode()).decode(),
    "basic, shifted again": lambda value: "Basic " + base64.b64encode(f"ab:{value}\n".encode()).decode(),
    "as bytes": lambda value: repr(value.encode()),
    "taken for Latin-1": lambda value: value.encode().decode("latin-1"),
    "with accents apart": lambda value: unicodedata.normalize("NFD", value),
    "in a JWT": lambda value: f"h.{_url_safe(json.dumps({'k': value}, ensure_ascii=False))}.s",
    "in colour": lambda value: "\x1b[31m".join((value[:9], value[9:])),
    "in a narrow terminal": lambda value: "\n  ".join(value[at : at + 5] for at in range(0, len(value), 5)),
    "quoted in a mail": lambda value: "\r\n> ".join((value[:4], value[4:10], value[10:])),
    "continued": lambda value: "\\\n".join((value[:8], value[8:])),
    "with invisible letters": lambda value: "\u200b".join(value),
}  # fmt: skip
KINDS = st.sampled_from([value for name, value in VALUES.items() if "password" not in name])


def knowing(*values: str) -> Redactor:
    redactor = Redactor()
    redactor.learn(*map(Secret, values))
    return redactor


def traces(value: str) -> set[str]:
    """Every 8 characters in a row of the value behind its public prefix."""
    private = value.removeprefix(Secret(value).kind)
    return {private[at : at + SHORTEST] for at in range(len(private) - SHORTEST + 1)}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_value_is_found_in_every_encoding(name: str, encoding: str) -> None:
    value = VALUES[name]
    sent = ENCODINGS[encoding](value)
    shown = knowing(value)(f"before {sent} after")
    assert sent not in shown
    assert not [one for one in spellings(value) if one in inert(shown).replace("?", "").replace("\n", "")]
    assert not [one for one in traces(value) if one in shown]
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@given(KINDS, st.binary(max_size=8), st.binary(max_size=8), st.booleans())
def test_base64_is_found_wherever_the_value_begins(value: str, before: bytes, after: bytes, safe: bool) -> None:
    encode = base64.urlsafe_b64encode if safe else base64.b64encode
    shown = knowing(value)(f"[{encode(before + value.encode() + after).decode()}]")
    assert not [one for one in based(value) if one in shown]
    private = value.removeprefix(Secret(value).kind)
    left = {one[at : at + SHORTEST] for one in based(private) for at in range(len(one) - SHORTEST + 1)}
    assert not [one for one in left if one in shown]


@given(
    KINDS,
    st.lists(st.integers(min_value=0, max_value=45), max_size=6),
    st.sampled_from(["\n", "\r\n\t", "\x1b[0m", "\x1b[38;5;9m", "\n | "]),
)
def test_a_value_is_found_wherever_it_is_broken(value: str, places: list[int], by: str) -> None:
    broken = value
    for place in sorted(places, reverse=True):
        broken = broken[:place] + by + broken[place:]
    shown = knowing(value)(f"a {broken} z")
    assert value not in shown.replace(by, "")
    assert not [one for one in traces(value) if one in shown.replace(by, "")]
    assert shown.startswith("a ")
    assert shown.endswith(" z") or broken.endswith(by)


@given(KINDS, st.integers(min_value=1, max_value=40), st.text(alphabet="abc =", max_size=5))
def test_each_half_of_a_value_that_a_chunk_cuts_in_two_is_found(value: str, place: int, around: str) -> None:
    halves = [around + value[:place], value[place:] + around]
    redactor = knowing(value)
    assert not [one for half in halves for one in traces(value) if one in redactor(half)]


@settings(max_examples=200)
@given(st.lists(st.text(min_size=12, max_size=30), min_size=1, max_size=4), st.data())
def test_no_value_of_many_survives_in_any_order_and_company(values: list[str], data: st.DataObject) -> None:
    assume(all(len(value.strip().strip("\"'")) >= SHORTEST for value in values))
    words = st.sampled_from([*values, "word", " ", "\n", "[sha256", "…"])
    text = "".join(data.draw(st.lists(words, max_size=8)))
    shown = knowing(*values)(text)
    masks = "".join(Secret(value).masked for value in values)
    assert not [value for value in values if value in shown and value not in masks]


@given(st.text(max_size=200))
def test_text_without_a_credential_stays_as_it_is_when_broken_lines_are_looked_at(text: str) -> None:
    assume(Redactor()(text) == text)
    assert knowing("correct horse battery staple")(text) == text


def test_hostile_repetition_takes_no_longer_than_its_length() -> None:
    value = VALUES["openai"]
    broken = f"{value[:9]}\n{value[9:]} " * 5_000
    shown = knowing(value)(broken)
    assert value[9:] not in shown
    assert shown.count(Secret(value).masked) == 5_000


@pytest.mark.parametrize(
    "leak",
    [
        copy.copy,
        copy.deepcopy,
        lambda secret: pickle.dumps(secret, protocol=0),
        lambda secret: json.dumps({"key": secret}),
        lambda secret: "".join(secret),
        lambda secret: "key: " + secret,
        lambda secret: secret.encode(),
        lambda secret: bytes(secret),
        list,
        len,
        vars,
        sorted,
        lambda secret: secret in ["a"],
        lambda secret: secret != "a",
        lambda secret: secret < "a",
        lambda secret: {secret: 1},
        lambda secret: secret.__dict__,
    ],
)  # fmt: skip
def test_a_secret_refuses_what_would_let_its_value_out(leak: Callable[[Secret], object]) -> None:
    with pytest.raises((TypeError, AttributeError)) as caught:
        leak(Secret(VALUES["openai"]))
    assert not [one for one in traces(VALUES["openai"]) if one in str(caught.value)]
