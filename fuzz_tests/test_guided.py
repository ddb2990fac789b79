"""The search that learns, with the real atheris: it finds what is planted, keeps the input, and leaves nothing behind.

Run by ``make fuzz`` before anything else.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from planted import TARGETS

from fuzz import chance
from fuzz.guided import Limits, Search, search
from fuzz.words import WORDS

LONG_ENOUGH = 120  # seconds; what is found ends the search long before


def _searched(name: str, *, seconds: int = LONG_ENOUGH, **limits: int) -> Search:
    return search(name, [b"seed"], seconds=seconds, number=1, module="fuzz_tests.planted", limits=Limits(**limits))


def test_a_fault_behind_five_doors_is_found_with_its_input_and_traceback() -> None:
    found = _searched("deep").find
    assert found is not None
    assert found.data is not None
    assert found.data.startswith(b"nuke!")
    assert 'raise ValueError("the planted fault")' in found.fault


def test_chance_alone_does_not_come_that_far() -> None:
    assert not [word for word in WORDS if b"nuke" in word]
    assert chance.search(TARGETS["deep"], [b"seed"], number=1, examples=1_000) is None


def test_an_input_without_an_end_is_found() -> None:
    found = _searched("endless", patience=1).find
    assert found is not None
    assert b"!" in (found.data or b"")
    assert "Timeout" in found.fault


def test_an_input_that_takes_too_much_memory_is_found() -> None:
    found = _searched("greedy", megabytes=512).find
    assert found is not None
    assert b"!" in (found.data or b"")
    assert "out-of-memory" in found.fault


def test_an_input_is_kept_also_where_the_process_takes_its_time_to_end() -> None:
    found = _searched("late", patience=1).find
    assert found is not None
    assert b"!" in (found.data or b"")
    assert "the late fault" in found.fault


def test_a_sound_target_passes_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = _searched("sound", seconds=2)
    assert found.find is None
    assert found.inputs > 100
    assert found.reached > 0
    assert list(tmp_path.iterdir()) == []


def test_a_search_that_cannot_begin_is_no_pass() -> None:
    found = _searched("no-such-target").find
    assert found is not None
    assert found.data is None
    assert "KeyError: 'no-such-target'" in found.fault
