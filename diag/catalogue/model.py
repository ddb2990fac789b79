"""The words of the catalogue: what a signature is, and how a rule recognises it.

All patterns are RE2 (no look-around, no back-references), so they run in linear time on any body. They are written
for the *normal form* of a text (``diag.catalogue.reading``): lower case, no double quotes or backslashes, apostrophes
only inside words, one blank between words, ``key: value`` for every field of a JSON document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.diagnosis import Answer, Remedy, Scope, Verdict


@dataclass(frozen=True, slots=True)
class Rule:
    """How a signature shows itself.

    ``signature`` is an id, or ``model.<problem>``: then the model provider that the text names (``openai``,
    ``gemini``, ``ai``) takes the place of ``model``, and the rule needs one to be named unless ``default`` gives it.
    ``weight`` says how much the wording proves; see ``diag.catalogue.weights``. ``also``: further patterns of which
    each must occur; ``unless``: patterns of which none may occur. ``status``: the answer's HTTP status must be one of
    these.
    """

    signature: str
    weight: int
    pattern: str
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    status: tuple[int, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A wording that tells who is speaking: ``provider`` is ``openai``, ``gemini``, ``ai``, ``aws``, ``supabase``,
    ``image`` or ``service``. The heavier mark wins where several stand in one text."""

    provider: str
    weight: int
    pattern: str


@dataclass(frozen=True, slots=True)
class Example:
    """A real-shaped answer that must be classified as ``signature``. ``like``: a signature for which it could be
    mistaken, and must not be."""

    signature: str
    body: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    like: str = ""

    @property
    def answer(self) -> Answer:
        """The answer to classify."""
        return Answer(status=self.status, headers=self.headers, body=self.body)


@dataclass(frozen=True, slots=True)
class Signature:
    """One entry of the catalogue. ``title`` is one plain sentence part; ``remedies`` may hold ``{ref}``,
    ``{function}``, ``{secret}``, ``{url}`` and ``{table}``."""

    id: str
    title: str
    verdict: Verdict
    scope: Scope | None
    remedies: tuple[Remedy, ...] = ()
    meaning: str = ""

    @property
    def component(self) -> str:
        """The first word of the id: who is at fault."""
        return self.id.partition(".")[0]
