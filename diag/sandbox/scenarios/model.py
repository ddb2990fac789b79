"""What a scenario is: a real fault in a real part, never a canned answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Taken:
    """Stands for another value: that of a healthy secret, or of a credential that a stand-in keeps for scenarios."""

    name: str


Change = str | Callable[[str], str] | Taken | None
"""A secret's new value, what makes it from the right one, whose value it takes, or None where it is removed."""


def wrong_twin(value: str) -> str:
    """A value of the same form and length that is not the right one: its last 16 characters are replaced.

    A key keeps its type prefix, and a JWT its claims with a signature that does not fit.
    """
    twin = hashlib.sha256(value.encode()).hexdigest()[:16]
    return value[:-16] + twin


@dataclass(frozen=True, slots=True)
class Scenario:
    """What differs from a healthy project, and what nukediag is expected to find.

    ``secrets``: name -> change (``secrets_from`` applies them). ``faults``: part (``openai``, ``gemini``, ``aws``,
    ``photos``, ``gateway`` ...) -> what its ``configure`` takes; what is not named is as in a healthy project.
    ``deployed``: whether ``analyze-image`` exists; ``code``: what is deployed in its place, a folder below
    ``world/functions/faults`` (one that is not there is a bundle that was lost). ``enter`` and ``leave``: SQL that sets
    the data fault and takes it back. ``caller_key`` and ``access``: the key and the access token in the env file.

    ``signature``: the cause that is to be named; ``also``: others that are defensible. ``preflight_exit``: the exit
    codes that are right for ``nukediag preflight`` (one, except where chance decides). ``most_paid``: how many paid
    upstream calls a gated backfill may make before it stops (None: it runs).
    """

    name: str
    title: str
    signature: str
    preflight_exit: tuple[int, ...] = (3,)
    most_paid: int | None = 0
    also: tuple[str, ...] = ()
    secrets: Mapping[str, Change] = field(default_factory=dict)
    faults: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    deployed: bool = True
    enter: str = ""
    leave: str = ""
    code: str = ""
    caller_key: Literal["service_role", "anon", "secret", "foreign"] = "service_role"
    access: Literal["full", "scoped", "refused"] = "full"

    def secrets_from(self, healthy: Mapping[str, str], kept: Mapping[str, str] | None = None) -> dict[str, str]:
        """The function's secrets in this scenario, from those of a healthy project and the credentials that the
        stand-ins keep for scenarios."""
        secrets, known = dict(healthy), {**(kept or {}), **healthy}
        for name, change in self.secrets.items():
            if change is None:
                secrets.pop(name, None)
            else:
                secrets[name] = _changed(change, name, known)
        return secrets


def _changed(change: str | Callable[[str], str] | Taken, name: str, known: Mapping[str, str]) -> str:
    if isinstance(change, Taken):
        return known[change.name]
    return change if isinstance(change, str) else change(known[name])
