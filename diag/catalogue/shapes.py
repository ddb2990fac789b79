"""Texts that nobody knows, grouped by shape: 1,400 unknown lines become three patterns.

The method is Drain's (He et al., 2017: a fixed-depth tree of token count and first token, then the most similar
template), written here in a screen: drain3, the library for it, has had no release since 2022 and would bring
jsonpickle and cachetools into the core for a tree that has to live no longer than one run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SIMILAR = 0.6
"""The share of equal words from which two texts have one shape."""
LONGEST = 40
"""Words of a text that are compared."""
_HOLE = "<*>"
_VARYING = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{13,}|https?://\S+|(?:/[\w.@~-]+){2,}|\d{4}-\d\d-\d\d[T ][\d:.,Z+-]+"
    r"|\b0x[0-9a-f]+\b|\b[0-9a-f]{12,}\b"
    r"|\b\d+(?:[.,:]\d+)*(?:ms|s|kb|mb|gb|%)?\b|\"[^\"]{0,200}\"|'[^']{0,200}'",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Shape:
    """One shape: its words with holes where they vary, and the texts that had it (their indexes)."""

    words: list[str]
    members: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The shape as one line."""
        return " ".join(self.words)


def shapes(texts: Iterable[str]) -> list[Shape]:
    """The shapes of the texts, the most frequent first, then by text."""
    tree: dict[tuple[int, str], list[Shape]] = {}
    for number, text in enumerate(texts):
        words = masked(text)
        branch = tree.setdefault((len(words), words[0] if words else ""), [])
        shape = _nearest(branch, words)
        if shape is None:
            shape = Shape(words)
            branch.append(shape)
        _join(shape, words, number)
    found = [shape for branch in tree.values() for shape in branch]
    return sorted(found, key=lambda shape: (-len(shape.members), shape.text))


def masked(text: str) -> list[str]:
    """The words of a text with holes for what surely varies: numbers, ids, times, URLs, paths, quoted words."""
    return _VARYING.sub(_HOLE, text).split()[:LONGEST]


def _nearest(branch: Sequence[Shape], words: list[str]) -> Shape | None:
    rated = [(_likeness(shape.words, words), -number, shape) for number, shape in enumerate(branch)]
    likeness, _, shape = max(rated, key=lambda one: one[:2], default=(0.0, 0, None))
    return shape if likeness >= SIMILAR else None


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one) if one else 1.0


def _join(shape: Shape, words: list[str], number: int) -> None:
    shape.words = [a if a == b else _HOLE for a, b in zip(shape.words, words, strict=True)]
    shape.members.append(number)
