"""Whose words are these? Attribution of a wording to a provider by the names, hosts and shapes around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from diag.catalogue.matcher import Matcher
from diag.catalogue.model import Mark

MODELS = ("openai", "gemini", "ai")
CERTAIN = 88
"""A mark of this weight is a host or an unmistakable name."""
NAMED = 56
"""A mark of this weight names the provider (below it, only the shape of its answers speaks for it)."""


FAINT = 40
"""A mark of this weight or less is a hint that a model was at work."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One occurrence of a mark."""

    provider: str
    weight: int
    start: int


@dataclass(frozen=True, slots=True)
class Speakers:
    """All marks of one text."""

    heard: tuple[Heard, ...]

    def strongest(self, *providers: str) -> Heard | None:
        """The heaviest mark of these providers; of equal ones the first by place, then by name."""
        among = [one for one in self.heard if one.provider in providers]
        return max(among, key=lambda one: (one.weight, -one.start, one.provider), default=None)

    def weight(self, provider: str) -> int:
        """The weight of a provider's heaviest mark; 0 where it is not named."""
        return max((one.weight for one in self.heard if one.provider == provider), default=0)

    def from_the_start(self) -> Speakers:
        """The same marks, as if all stood before the text."""
        return Speakers(tuple(replace(one, start=0) for one in self.heard))

    def model_at(self, start: int, end: int) -> Heard | None:
        """The model provider whose words stand at this place: the only one that is named, one that is named far more
        clearly than the others, or else (a chain of fallbacks) the one that was named last before it."""
        best = self.strongest(*MODELS)
        others = [one for one in self.heard if best and one.provider in MODELS and one.provider != best.provider]
        rival = max((one.weight for one in others), default=0)
        if best is None or rival < NAMED or (best.weight >= CERTAIN and rival < CERTAIN and best.provider == "ai"):
            return best
        before = [one for one in self.heard if one.provider in MODELS and one.weight >= NAMED and one.start <= end]
        return max(before, key=lambda one: (one.start, one.weight), default=best)


def speakers(marks: Iterable[Mark], occurring: frozenset[str], matcher: Matcher, text: bytes) -> Speakers:
    """The marks that occur in the text."""
    heard = {
        Heard(mark.provider, mark.weight, start)
        for mark in marks
        if mark.pattern in occurring
        for start, _ in matcher.spans(mark.pattern, text)
    }
    return Speakers(tuple(sorted(heard, key=lambda one: (one.start, one.provider, one.weight))))
