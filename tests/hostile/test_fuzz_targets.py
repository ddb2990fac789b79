"""The fuzzing targets, briefly: every seed, every input that once broke something, and a few hundred new ones."""

from __future__ import annotations

import pytest

from fuzz.chance import search
from fuzz.seeding import kept, seeds
from fuzz.targets import TARGETS
from fuzz.trial import tried

BRIEF = {"journal": 40, "log": 100}


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_survived(name: str) -> None:
    known = kept(name)
    assert known
    for data in known:
        tried(TARGETS[name], data)


@pytest.mark.parametrize("name", TARGETS)
def test_new_inputs_are_survived(name: str) -> None:
    found = search(TARGETS[name], seeds(name), number=0, examples=BRIEF.get(name, 250))
    assert found is None, f"{found.data!r:.300}\n{found.fault}"
