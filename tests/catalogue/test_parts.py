"""The values of an answer: where they stand, and whether they are a result."""

from __future__ import annotations

from typing import Any

import pytest

from diag.catalogue.parts import MOST_REMEMBERED, at, fields, has_result, remembered

ANSWER = {"tags": ["a", "b"], "count": 7, "reply": '{"seats": [{"Leather": true}]}', "0": "named so"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("tags[1]", "b"),
        ("$.tags.0", "a"),
        ("tags[2]", None),
        ("tags.first", None),
        ("tags.-1", None),
        ("tags[" + "9" * 5_000 + "]", None),
        ("count.0", None),
        ("0", "named so"),
        ("reply.seats[0].Leather", True),
        ("reply.seats.leather", None),
        ("0.0", None),
    ],
    ids=lambda one: str(one)[:30],
)
def test_a_path_reaches_a_value_even_in_a_text_that_is_json_or_nothing(path: str, value: object) -> None:
    assert at(ANSWER, path) == value


def test_the_fields_are_the_plain_values_with_path_and_lower_case_name() -> None:
    assert fields({"Tags": ["a", {"Score": 7}], "x": None}) == [
        ("Tags[0]", "tags", "a"),
        ("Tags[1].Score", "score", 7),
        ("x", "x", None),
    ]
    assert fields("text", "a.b", "b") == [("a.b", "b", "text")]


def _nested(levels: int, inside: Any, listed: bool) -> Any:
    for _ in range(levels):
        inside = [inside] if listed else {"a": inside}
    return inside


@pytest.mark.parametrize("listed", [True, False], ids=["lists", "objects"])
def test_values_are_looked_for_on_eight_levels_and_no_deeper(listed: bool) -> None:
    assert [value for _, _, value in fields(_nested(8, "x", listed))] == ["x"]
    assert fields(_nested(9, "x", listed)) == []


def test_two_hundred_elements_of_a_list_are_looked_into() -> None:
    assert fields(list(range(250)))[-1] == ("[199]", "", 199)


@pytest.mark.parametrize(
    ("document", "is_one"),
    [
        ({"count": 7}, True),
        ({"finding": "a dent"}, True),
        ({"finding": ["", "a dent"]}, True),
        ({"count": 0}, False),
        ({"count": 1}, False),  # as good as a flag
        ({"usable": True}, False),
        ({"finding": None}, False),
        ({"finding": "no damage found"}, False),
        ({"finding": "n/a"}, False),
        ({"model": "gpt-4o", "cost": 7, "created_at": "today"}, False),
        ({"usage": {"tokens": 900}, "_debug": {"took": 12}}, False),
    ],
    ids=str,
)
def test_a_result_is_neither_a_flag_nor_a_word_for_nothing_nor_talk_about_the_answer(
    document: Any, is_one: bool
) -> None:
    assert has_result(fields(document)) is is_one


def test_what_names_tell_is_worked_out_once() -> None:
    asked: list[str] = []

    @remembered
    def first(name: str) -> str:
        asked.append(name)
        return name[0]

    assert [first(name) for name in ("tags", "note", "tags", "note")] == ["t", "n", "t", "n"]
    assert asked == ["tags", "note"]
    long = "x" * 200
    assert (first(long), first(long), asked.count(long)) == ("x", "x", 2)


def test_no_answer_fills_the_memory() -> None:
    first = remembered(lambda name: name[0])
    sizes = set()
    for number in range(2 * MOST_REMEMBERED):
        first(f"n{number}")
        sizes.add(len(first.__self__))  # type: ignore[attr-defined]
    assert max(sizes) == MOST_REMEMBERED
