"""From a reading to the causes that its wording supports, each with its weight and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from diag.catalogue.bare_status import bare_statuses
from diag.catalogue.matcher import Matcher
from diag.catalogue.model import Mark, Rule
from diag.catalogue.reading import Leaf, Reading
from diag.catalogue.speakers import CERTAIN, FAINT, MODELS, NAMED, Speakers, speakers

CHAINED = (
    r"(?:fall(?:ing|s)?[ -]?back|fallback|all (?:\w+ )?(?:providers|models|attempts|services|apis)|both (?:\w+ )?failed"
    r"|(?:trying|switching to) (?:gemini|openai|claude|anthropic|gpt))"
)
"""Words for a chain of providers that were tried one after the other."""
ASIDE = 35
"""How much less a wording weighs in a field that tells about something else than the failure (``_debug``,
``warnings``)."""
SURE = 80
"""Below this weight a wording is so common that a faint sign of a model does not make it the model's."""
_ASIDES = {
    "debug",
    "attempts",
    "previous",
    "warnings",
    "warning",
    "trace",
    "meta",
    "metadata_debug",
    "tried",
    "available",
    "request",
    "headers_sent",
    "input",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause that the text supports: how strongly (``weight``), and where it stands (``start`` in the normal form)."""

    signature: str
    weight: int
    start: int
    leaf: Leaf

    @property
    def component(self) -> str:
        """The first word of the signature: who is at fault."""
        component, _, _ = self.signature.partition(".")
        return component


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules and marks with the matcher that holds their patterns."""

    rules: tuple[Rule, ...]
    marks: tuple[Mark, ...]
    matcher: Matcher
    index: dict[str, list[Rule]] = field(default_factory=dict)
    """Pattern -> its rules; filled on first use."""

    def candidates(self, reading: Reading, status: int | None, around: Reading | None = None) -> tuple[Candidate, ...]:
        """All causes that the reading supports, the most telling first. The order of the rules does not matter.
        ``around``: the whole answer, where the reading is only a part of it: it may name the provider."""
        occurring = self.matcher.occurring(reading.normal)
        voices = self._voices(reading, occurring)
        if around is not None and not voices.strongest(*MODELS, "aws", "service"):
            voices = self._voices(around, self.matcher.occurring(around.normal)).from_the_start()
        found = [*self._ruled(reading, status, occurring, voices), *bare(reading, status, voices)]
        placed = ranked([_outside(candidate, reading, status, voices) for candidate in found])
        return _last_of_chain(placed) if CHAINED in occurring else placed

    def _voices(self, reading: Reading, occurring: frozenset[str]) -> Speakers:
        return speakers(self.marks, occurring, self.matcher, reading.normal)

    def _by_pattern(self) -> Mapping[str, list[Rule]]:
        if not self.index:
            for rule in self.rules:
                self.index.setdefault(rule.pattern, []).append(rule)
        return self.index

    def _ruled(
        self, reading: Reading, status: int | None, occurring: frozenset[str], voices: Speakers
    ) -> Iterator[Candidate]:
        for rule in (rule for pattern in occurring for rule in self._by_pattern().get(pattern, ())):
            if _applies(rule, occurring, status):
                start, end = self.matcher.first(rule.pattern, reading.normal)
                signature = _attributed(rule, voices, start, end)
                if signature:
                    yield _candidate(signature, rule.weight, start, reading)


def bare(reading: Reading, status: int | None, voices: Speakers) -> Iterator[Candidate]:
    """Causes from a provider's name with a bare status."""
    for signature, weight, start in bare_statuses(reading.normal, status, voices):
        yield _candidate(signature, weight, start, reading)


def ranked(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The most telling first: by weight, then the one that stands last (a wrapper is said before its cause), then by
    id. One candidate for each signature."""
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda one: (-one.weight, -one.start, one.signature)):
        best.setdefault(candidate.signature, candidate)
    return tuple(best.values())


def _last_of_chain(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """In a chain of fallbacks the model that was tried last failed last: its cause goes first."""
    sure = [one for one in candidates if one.weight >= SURE - 5 and one.component in MODELS]
    if not sure or sure[0] != candidates[0]:
        return candidates
    latest = max(sure, key=lambda one: one.start).component
    return tuple(sorted(candidates, key=lambda one: one not in sure or one.component != latest))


def _applies(rule: Rule, occurring: frozenset[str], status: int | None) -> bool:
    return (
        rule.pattern in occurring
        and (not rule.status or status in rule.status)
        and all(pattern in occurring for pattern in rule.also)
        and not any(pattern in occurring for pattern in rule.unless)
    )


def _attributed(rule: Rule, voices: Speakers, start: int, end: int) -> str | None:
    component, _, problem = rule.signature.partition(".")
    if component != "model":
        return rule.signature
    speaker, others = voices.model_at(start, end), voices.strongest("aws", "service")
    if (
        speaker is not None
        and (speaker.weight > FAINT or rule.weight >= SURE)
        and not (speaker.weight < NAMED and others)
    ):
        return f"{speaker.provider}.{problem}"
    return f"{rule.default}.{problem}" if rule.default and not others else None


def _candidate(signature: str, weight: int, start: int, reading: Reading) -> Candidate:
    leaf = reading.leaf_at(start)
    aside = any(
        (part.startswith("_") and not part.startswith("__")) or part in _ASIDES
        for part in leaf.path.lower().replace("[", ".").split(".")
    )
    return Candidate(signature, weight - ASIDE if aside else weight, start, leaf)


def _outside(candidate: Candidate, reading: Reading, status: int | None, voices: Speakers) -> Candidate:
    """A broken connection that an answer tells of broke inside the function: it is blamed by the host it went to."""
    strongest = voices.strongest(*MODELS)
    if candidate.signature == "gateway.unavailable" and strongest and strongest.weight >= NAMED:
        return replace(candidate, signature=f"{strongest.provider}.overloaded")
    if candidate.signature == "gateway.unavailable" and voices.weight("aws") >= CERTAIN:
        return replace(candidate, signature="aws.unavailable")
    if not candidate.signature.startswith("network.") and candidate.signature != "function.outbound-failed":
        return candidate
    if strongest is not None and strongest.weight >= NAMED:
        return replace(candidate, signature=f"{strongest.provider}.timeout")
    inside = status is not None or reading.is_json or b"error sending request" in reading.normal  # Deno's wording
    if inside and voices.weight("aws"):
        return replace(candidate, signature="aws.timeout")
    if (
        voices.weight("supabase")
        and (inside or b"/rest/v1" in reading.normal or b"postgrest" in reading.normal)
        and b"functions/v1" not in reading.normal
    ):
        return replace(candidate, signature="supabase.unavailable", weight=68)
    if candidate.signature == "function.outbound-failed" or not inside:
        return candidate
    return replace(candidate, signature="function.outbound-failed", weight=47)
