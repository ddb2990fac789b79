"""Which patterns occur, and where."""

from __future__ import annotations

from diag.catalogue.matcher import Matcher

WORDS = ("quota", "rate.limit", "")


def test_the_patterns_that_occur_are_named_and_the_empty_one_always() -> None:
    assert Matcher(WORDS).occurring(b"over quota") == {"quota", ""}
    assert Matcher(WORDS).occurring(b"") == {""}


def test_the_first_place_is_told_and_none_is_the_beginning() -> None:
    assert Matcher(WORDS).first("quota", b"no quota, no quota") == (3, 8)
    assert Matcher(WORDS).first("quota", b"nothing") == (0, 0)
    assert Matcher(WORDS).first("", b"nothing") == (0, 0)


def test_of_many_places_only_so_many_are_told() -> None:
    assert len(list(Matcher(WORDS).spans("quota", b"quota " * 50))) == 20
    assert list(Matcher(WORDS).spans("quota", b"quota quota quota", 2)) == [(0, 5), (6, 11)]
    assert list(Matcher(WORDS).spans("quota", b"quota", 0)) == []
