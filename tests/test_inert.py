from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.inert import inert, inert_json

ACTS = [
    "\x1b",
    "\x07",
    "\r",
    "\x08",
    "\x7f",
    "\x9b",
    "\x9d",
    "\u202e",
    "\u2066",
    "\u200e",
    "\u2028",
    "\ufeff",
    "\U000e0041",
]


@pytest.mark.parametrize("letter", ACTS, ids=ascii)
def test_what_acts_is_replaced_in_text_and_escaped_in_json(letter: str) -> None:
    assert inert(f"a{letter}b") == "a?b"
    shown = inert_json(json.dumps({"a": f"x{letter}y"}, ensure_ascii=False))
    assert letter not in shown
    assert json.loads(shown) == {"a": f"x{letter}y"}


def test_text_in_any_language_stays_as_it_is() -> None:
    text = "Größe ½ – 車両の写真\tعربى Ωμέγα 🚗\nsecond line"
    assert inert(text) == inert_json(text) == text


@given(st.text())
def test_no_text_can_steer_a_terminal_and_its_length_stays(text: str) -> None:
    shown = inert(text)
    assert len(shown) == len(text)
    assert not [one for one in shown if ord(one) < 32 and one not in "\t\n"]
    assert not [one for one in shown if 0x7F <= ord(one) < 0xA0]


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5))
def test_json_means_the_same_afterwards(document: object) -> None:
    assert json.loads(inert_json(json.dumps(document, ensure_ascii=False))) == document
