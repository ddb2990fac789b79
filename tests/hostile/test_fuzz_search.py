"""The fuzzer by chance finds what is planted, makes it small and keeps it; the one with atheris is in fuzz_tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz import __main__ as command
from fuzz import guided
from fuzz.chance import Change, search
from fuzz.trial import SlowInput, tried
from fuzz.words import LONGEST

SEEDS = [b"first seed", b"second one"]


def _breaks(data: bytes) -> None:
    if not data.isascii():
        raise ValueError("the planted fault")


def _holds(data: bytes) -> None:
    assert len(data) <= LONGEST


def test_a_planted_fault_is_found_and_made_small() -> None:
    found = search(_breaks, SEEDS, number=0, examples=1_000)
    assert found is not None
    assert found.data is not None
    with pytest.raises(ValueError, match="planted"):
        _breaks(found.data)
    assert len(found.data) <= len(b"first seed") + 4
    assert "the planted fault" in found.fault


def test_the_same_number_gives_the_same_inputs_and_another_one_others() -> None:
    drawn: dict[int, list[bytes]] = {0: [], 1: [], 2: []}
    for which, number in ((0, 7), (1, 7), (2, 8)):
        assert search(drawn[which].append, SEEDS, number=number, examples=100) is None
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) > 50


def test_no_input_is_longer_than_the_longest() -> None:
    sizes: list[int] = []
    assert search(lambda data: sizes.append(len(data)), [b"a" * LONGEST], number=0, examples=50) is None
    assert max(sizes) == LONGEST


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (Change(0, 2, b"", 1), b"cdef"),
        (Change(1 << 15, 1, b"-", 3), b"abc---ef"),
        (Change(1 << 16, 8, b"!", 1), b"abcdef!"),
        (Change(0, 2, None, 2), b"ababcdef"),
    ],
)
def test_a_change_takes_out_puts_in_and_repeats(change: Change, after: bytes) -> None:
    assert change.of(b"abcdef") == after


def test_an_input_that_takes_too_long_has_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.trial.SLOW", -1.0)
    with pytest.raises(SlowInput, match="processor time"):
        tried(_holds, b"")


def test_a_find_is_kept_and_told_and_ends_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "SEEDS", tmp_path)
    monkeypatch.setattr(command, "TARGETS", {"batch": _holds, "page": lambda data: _breaks(b"\xff" + data)})
    assert command.main(["--by-chance", "--minutes", "0", "--seed", "1"]) == 1
    told = capsys.readouterr().out
    (found,) = (tmp_path / "page").iterdir()
    assert f"page: {found} (seed 1)" in told
    assert "the planted fault" in told
    assert "batch: 500 inputs by chance, nothing found (seed 1)" in told


def test_without_atheris_the_inputs_are_drawn_by_chance_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(guided, "here", lambda: False)
    monkeypatch.setattr(command, "TARGETS", {"batch": _holds})
    assert command.main(["--minutes", "0"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("no atheris here: the inputs are drawn by chance (Hypothesis)")
    assert "500 inputs by chance, nothing found" in told
