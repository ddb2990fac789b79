from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from diag.cli.console import at_words


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("one two three", ["one two", "three"]),
        ("  one two three", ["  one two", "  three"]),
        ("a averyverylongword b", ["a", "averyverylongword", "b"]),
        ("id  one two", ["id  one", "    two"]),
        ("id  longer  one two", ["id  longer", "    one", "    two"]),
        ("日本 日本 日本", ["日本 日本", "日本"]),
    ],
)
def test_a_line_is_broken_at_words_and_keeps_its_indent(line: str, parts: list[str]) -> None:
    assert [part.plain for part in at_words(Text(line), 10)] == parts


def test_colours_stay_with_their_words() -> None:
    line = Text.assemble("plain words and ", ("red words", "red"))
    broken = at_words(line, 16)
    assert [part.plain for part in broken] == ["plain words and", "red words"]
    assert [span.style for span in broken[1].spans] == ["red"]


@given(st.text("ab \u00e9\u65e5", max_size=60), st.integers(1, 30))
def test_no_word_is_lost_or_broken(line: str, width: int) -> None:
    words = [word for part in at_words(Text(line), width) for word in part.plain.split()]
    assert words == line.split()
