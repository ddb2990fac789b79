"""The normal form of a body, and to which leaf a place in it belongs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from diag.catalogue.reading import DEEPEST, HEAD, MOST_LEAVES, TAIL, Leaf, cut, parse, read, unescape


def _leaves(body: str) -> list[tuple[str, str]]:
    return [(leaf.path, leaf.text) for leaf in read(body).form.leaves]


def _nested(levels: int, inside: Any, listed: bool) -> str:
    for _ in range(levels):
        inside = [inside] if listed else {"a": inside}
    return json.dumps(inside, ensure_ascii=False)


def test_each_value_of_a_json_body_is_a_line_of_its_own() -> None:
    reading = read('{"Error": {"Message": "It \\"FAILED\\""}, "code": 7, "tags": ["a", null], "x": ""}')
    assert reading.normal == b"error.message: it failed\ncode: 7\ntags[0]: a\ntags[1]: null\n"
    assert [leaf.text for leaf in reading.form.leaves] == ['It "FAILED"', "7", "a", "null"]
    assert [leaf.key for leaf in reading.form.leaves] == ["Message", "code", "tags", "tags"]


def test_the_lines_of_a_text_are_one_after_the_other_and_nothing_is_a_leaf_without_text() -> None:
    assert read("One\n\nTWO").normal == b"one two "
    assert (read("").normal, read("").form.leaves) == (b" ", (Leaf("", "", ""),))


def test_each_place_of_the_normal_form_belongs_to_its_leaf() -> None:
    reading = read('{"a": "one", "b": {"c": "two \u2013"}, "d": "three"}')
    words = {b"a: one": "a", b"one": "a", b"b.c": "b.c", b"two": "b.c", b"d:": "d", b"three": "d"}
    for word, path in words.items():
        assert reading.leaf_at(reading.normal.index(word)).path == path
    assert reading.form.starts == (0, len("a: one\n"), reading.normal.index(b"d: "))
    assert [reading.leaf_at(at - 1).path for at in (*reading.form.starts[1:], len(reading.normal))] == ["a", "b.c", "d"]


@pytest.mark.parametrize(
    ("body", "leaves"),
    [
        ('{"error": "{\\"code\\": \\"X\\", \\"inner\\": \\"[7]\\"}"}', [("error.code", "X"), ("error.inner[0]", "7")]),
        ('{"error": "\\"boom\\""}', [("error", '"boom"')]),
        ('{"error": "not {json"}', [("error", "not {json")]),
        ('{"error": "a\\\\nb"}', [("error", "a\nb")]),
        ('{"error": "a\nb\tc"}', [("error", "a\nb\tc")]),
        ('"a lone text"', [("", "a lone text")]),
        ('"{\\"error\\": \\"boom\\"}"', [("error", "boom")]),
        ('{"error": "boom"}\n{"code": 7}', [("[0].error", "boom"), ("[1].code", "7")]),
        ('{"error": "boom"}\nthe end', [("error", "boom"), ("", "the end")]),
        ('begin\n{"error": "a \\"b\\""}\ndata: ["x"]', [("", "begin"), ("line 2.error", 'a "b"'), ("line 3[0]", "x")]),
        ('begin\n"quoted"', [("", "begin"), ("", '"quoted"')]),
        ("a \\u00e9\\n{cut", [("", "a é\n{cut")]),
        ("<html><body>No <b>luck</b></body></html>", [("", "No  luck")]),
        ("<p>a tag is no page</p>", [("", "<p>a tag is no page</p>")]),
    ],
)
def test_json_is_opened_wherever_it_stands_and_text_is_told_by_lines(body: str, leaves: list[tuple[str, str]]) -> None:
    assert [(path, text.strip()) for path, text in _leaves(body) if text.strip()] == leaves


@pytest.mark.parametrize("listed", [True, False], ids=["lists", "objects"])
def test_values_are_taken_apart_on_twelve_levels_and_shown_as_json_below(listed: bool) -> None:
    path = "[0]" * DEEPEST if listed else ".".join("a" * DEEPEST)
    deeper = '["é", 7]' if listed else '{"a": "é"}'
    assert _leaves(_nested(DEEPEST, "é", listed)) == [(path, "é")]
    assert _leaves(_nested(DEEPEST, json.loads(deeper), listed)) == [(path, deeper)]
    assert DEEPEST == 12


def test_json_within_strings_counts_as_a_level() -> None:
    levels = ".".join("a" * (DEEPEST - 1))
    assert _leaves(_nested(DEEPEST - 1, "[7]", False)) == [(levels, "[7]")]
    assert _leaves(_nested(DEEPEST - 2, "[7]", False)) == [(levels.removeprefix("a.") + "[0]", "7")]
    assert _leaves(_nested(DEEPEST, "[7,8]", False)) == [(levels + ".a", "[7,8]")]


@pytest.mark.parametrize(
    ("body", "is_json", "is_html"),
    [
        ('{"a": "<html>"}', True, False),
        ('[{"a": 7}]', True, False),
        ('data: {"a": "<html>"}\n\ndata: [DONE]', True, False),
        ('event: error\nid: 7\n: a comment\ndata: {"a": 7}', True, False),
        ('data: {"a": 7}\nboom', False, False),
        ('data: {"a": 7}\ndata: "boom"', False, False),
        ("event: error", False, False),
        ("7", False, False),
        ('{"a": 7', False, False),
        ("<!DOCTYPE html>", False, True),
        ("x" * 500 + "<html><p>x", False, True),
    ],
)
def test_a_body_is_json_or_a_page_or_text(body: str, is_json: bool, is_html: bool) -> None:
    reading = read(body)
    assert (reading.is_json, reading.is_html) == (is_json, is_html)
    assert (reading.document is not None) is is_json


def test_a_stream_is_the_list_of_its_documents() -> None:
    assert read('data: {"a": 1}\n\ndata: [2]\n\ndata: [DONE]\n').document == [{"a": 1}, [2]]
    assert read('{"a": 1}\n{"a": 2}').document == [{"a": 1}, {"a": 2}]


def test_null_is_a_document_neither_in_a_body_nor_in_a_line() -> None:
    assert parse("null") == (None, False)
    assert read("null\nnull").is_json is False


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (r"\u00e9\u00dF", "éß"),
        (r"\x4a\x7b", "J{"),
        (r"a\nb\rc\td", "a\nb\nc d"),
        (r"\"a\" \'b\' \/", "\"a\" 'b' /"),
        (r"\q \u12 \x", r"\q \u12 \x"),
        ("\\" * 2**3 + "n", "\n"),
        ("\\" * 2**4 + "n", "\\n"),
    ],
)
def test_escapes_are_undone_up_to_four_times(escaped: str, text: str) -> None:
    assert unescape(escaped) == text


@pytest.mark.parametrize("length", [1, HEAD - TAIL + 1, HEAD + TAIL])
def test_a_text_that_may_be_read_whole_is_not_cut(length: int) -> None:
    assert cut("x" * length) == "x" * length


def test_of_more_only_both_ends_are_read() -> None:
    assert cut("a" * HEAD + "b" + "c" * TAIL) == f"{'a' * HEAD}\n…\n{'c' * TAIL}"


def test_of_very_many_values_the_first_are_read() -> None:
    assert len(read(json.dumps(["x"] * 9_000)).form.leaves) == MOST_LEAVES
