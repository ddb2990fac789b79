"""The search by chance: Hypothesis draws a seed and changes to it, and makes what breaks a target small."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from fuzz.trial import Find, Target, tried
from fuzz.words import LONGEST, WORDS

_WHOLE = 1 << 16


@dataclass(frozen=True)
class Change:
    """What a careless editor, a broken disk and an attacker do: ``length`` bytes become ``what``, ``times`` over.

    ``at`` counts in 65,536ths of the text. Where ``what`` is None the bytes themselves are repeated.
    """

    at: int
    length: int
    what: bytes | None
    times: int

    def of(self, data: bytes) -> bytes:
        """The text after the change, of at most ``LONGEST`` bytes."""
        start = self.at * len(data) // _WHOLE
        end = start + self.length
        what = data[start:end] if self.what is None else self.what
        return (data[:start] + what * self.times + data[end:])[:LONGEST]


def inputs(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """A seed after up to twenty changes."""
    pieces = st.builds(_piece, st.sampled_from(seeds), _PLACES, _LENGTHS)
    whats = st.none() | st.sampled_from(WORDS) | st.binary(max_size=40) | pieces
    changes = st.builds(Change, _PLACES, _LENGTHS, whats, _TIMES)
    return st.builds(_changed, st.sampled_from(seeds), st.lists(changes, max_size=20))


_PLACES = st.integers(0, _WHOLE)
_TIMES = st.integers(1, 3) | st.sampled_from((10, 300))
_LENGTHS = st.sampled_from((0, 1, 2, 8, 64, 1_000, LONGEST))


def _piece(data: bytes, at: int, length: int) -> bytes:
    start = at * len(data) // _WHOLE
    return data[start : start + length]


def _changed(data: bytes, changes: Sequence[Change]) -> bytes:
    for change in changes:
        data = change.of(data)
    return data


def search(target: Target, seeds: Sequence[bytes], *, number: int, examples: int) -> Find | None:
    """Try so many inputs, the same ones for the same number: what breaks the target, made small, or None."""
    last = [b""]

    def one(data: bytes) -> None:
        last[0] = data
        tried(target, data)

    plan = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    try:
        seed(number)(plan(given(inputs(seeds))(one)))()
    except Exception:
        return Find(last[0], traceback.format_exc())
    return None
