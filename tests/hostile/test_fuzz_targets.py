"""The fuzzing targets, briefly: every seed, every input that once broke something, and a few hundred new ones."""

from __future__ import annotations

import random

import pytest

from fuzz.__main__ import tried
from fuzz.mutate import LONGEST, mutated
from fuzz.seeding import kept, seeds
from fuzz.targets import TARGETS

BRIEF = {"journal": 25, "log": 60}


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_survived(name: str) -> None:
    for data in kept(name):
        assert tried(TARGETS[name], data) is None, data[:200]


@pytest.mark.parametrize("name", TARGETS)
def test_new_inputs_are_survived(name: str) -> None:
    dice, known = random.Random(name), seeds(name)
    for _ in range(BRIEF.get(name, 150)):
        data = mutated(dice, known)
        assert tried(TARGETS[name], data) is None, data[:200]


def test_inputs_differ_and_stay_within_their_size() -> None:
    dice = random.Random(1)
    found = [mutated(dice, [b"a" * LONGEST, b"seed"]) for _ in range(100)]
    assert len(set(found)) > 50
    assert max(map(len, found)) <= LONGEST


def test_what_breaks_a_target_is_told() -> None:
    def breaks(data: bytes) -> None:
        raise ValueError("broken by " + data.decode())

    assert "broken by it" in (tried(breaks, b"it") or "")
