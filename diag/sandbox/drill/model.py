"""What a drill sees and says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diag.diagnosis import Answer, Diagnosis
from diag.sandbox.scenarios import Scenario

_PROVIDERS = frozenset({"openai", "gemini", "ai", "aws"})


@dataclass(frozen=True, slots=True)
class Leak:
    """A piece of a secret in an answer: ``where`` (a JSON path, ``header <name>`` or ``body``), which ``secret``, how
    many ``characters`` of it. ``piece`` itself is for taking it out of what is shown, never for showing."""

    where: str
    secret: str
    characters: int
    piece: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shot:
    """One call and all that it did.

    ``reached``: the call came to the function. ``paid``: provider -> calls that it accepted. ``wrote``: table ->
    records that are new or changed; ``columns``: those of the row itself that changed to a value.
    """

    answer: Answer
    told: Diagnosis
    reached: bool
    paid: Mapping[str, int] = field(default_factory=dict)
    wrote: Mapping[str, int] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    leaks: tuple[Leak, ...] = ()


class Weakness(StrEnum):
    """What is wrong with how a function took a fault."""

    CLAIMS_SUCCESS = "claims-success"
    HIDES_CAUSE = "hides-cause"
    HANGS = "hangs"
    STORES_FAILURE = "stores-failure"
    PAYS_FOR_NOTHING = "pays-for-nothing"
    LEAKS_SECRET = "leaks-secret"  # noqa: S105 - a name


class Conduct(StrEnum):
    """``honest``: the fault reached it and it said so. ``untouched``: it worked as in a healthy project, so the fault
    is none of its affair (or it got over it). ``platform``: somebody in front of it answered. ``weak``: see the
    weaknesses."""

    HONEST = "honest"
    UNTOUCHED = "untouched"
    PLATFORM = "platform"
    WEAK = "weak"


def names_cause(scenario: Scenario, signature: str) -> bool:
    """Whether a signature tells what the scenario put in the way. A bad picture may also be told by the service that
    refused it (unlike ``test-image``, a drill does not look at the picture first), and by another one than that which
    the sandbox's own function asks."""
    if signature in (scenario.signature, *scenario.also):
        return True
    component, _, problem = scenario.signature.partition(".")
    told_by, _, told = signature.partition(".")
    if told_by not in _PROVIDERS:
        return False
    return (component == "image" and told.startswith("image-")) or (component in _PROVIDERS and told == problem)


@dataclass(frozen=True, slots=True)
class Drilled:
    """One scenario: what happened and what is to be said of it. ``attempts``: calls until the fault showed."""

    scenario: Scenario
    shot: Shot
    conduct: Conduct
    claims_success: bool
    weaknesses: tuple[Weakness, ...] = ()
    attempts: int = 1

    @property
    def recognised(self) -> bool:
        """Whether nukediag named the cause from the answer (and the database)."""
        return names_cause(self.scenario, self.shot.told.signature)


@dataclass(frozen=True, slots=True)
class Card:
    """The report card. ``healthy``: the function worked with nothing at fault; if not, nothing else was tried, and
    ``log`` holds the end of what it printed."""

    function: str
    folder: str | None
    healthy: bool
    drilled: tuple[Drilled, ...]
    log: str = ""

    @property
    def weak(self) -> bool:
        """Whether anything is to be mended."""
        return any(each.weaknesses for each in self.drilled)
