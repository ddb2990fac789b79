"""Which variables a user's functions get: the sandbox's own right values under the user's names.

No real credential of the user reaches a stand-in: whatever is one of ours by its name or by its look is replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from diag.secret import Secret, redact

_NAMES: Final[Mapping[str, str]] = {
    "AWS_ACCESS_KEY": "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION": "AWS_REGION",
    "AWS_SECRET": "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY": "AWS_SECRET_ACCESS_KEY",
    "GOOGLE_AI_API_KEY": "GEMINI_API_KEY",
    "GOOGLE_API_KEY": "GEMINI_API_KEY",
    "GOOGLE_GENERATIVE_AI_API_KEY": "GEMINI_API_KEY",
    "OPENAI_KEY": "OPENAI_API_KEY",
    "OPENAI_SECRET_KEY": "OPENAI_API_KEY",
    "OPEN_AI_KEY": "OPENAI_API_KEY",
    "SB_SERVICE_ROLE_KEY": "SERVICE_ROLE_KEY",
    "SERVICE_KEY": "SERVICE_ROLE_KEY",
}
"""Other names under which functions keep what the sandbox has."""

_KINDS: Final[Mapping[str, str]] = {
    "AIza": "GEMINI_API_KEY",
    "AKIA": "AWS_ACCESS_KEY_ID",
    "AQ.": "GEMINI_API_KEY",
    "ASIA": "AWS_ACCESS_KEY_ID",
    "sb_secret_": "SERVICE_ROLE_KEY",
    "sk-": "OPENAI_API_KEY",
    "sk-proj-": "OPENAI_API_KEY",
    "sk-svcacct-": "OPENAI_API_KEY",
}
"""A value's type prefix -> the sandbox's secret of that kind."""

_GIVEN_BY_THE_PLATFORM: Final = ("SUPABASE_", "SB_", "DENO_")


@dataclass(frozen=True, slots=True)
class OwnEnvironment:
    """``aliases``: the user's name -> the sandbox's secret that stands behind it. ``plain``: further variables, as the
    user has them. ``unset``: names that the code reads and nobody sets. ``wanted``: the sandbox's secrets
    that the code reads, under whatever name."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    wanted: frozenset[str] = frozenset()

    def over(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """These secrets of the sandbox (in some scenario) with the user's on top; a missing one misses under all of
        its names."""
        known = {name: secrets[source] for name, source in self.aliases.items() if source in secrets}
        return {**self.plain, **secrets, **known}


def own_environment(env_file: Path, reads: Mapping[str, bool], known: Collection[str]) -> OwnEnvironment:
    """From the ``.env`` beside the functions and the names that their code reads (each with whether it cannot do
    without); ``known``: the names of the sandbox's secrets."""
    given = {name: value or "" for name, value in dotenv_values(env_file, interpolate=False).items()}
    redact.learn(*(Secret(value) for value in given.values() if _is_credential(value)))
    ours = set(known)
    aliases = {name: source for name, value in given.items() if (source := _source(name, value, ours))}
    read = {name for name in reads if not name.startswith(_GIVEN_BY_THE_PLATFORM)}
    needed = {name for name in read if reads[name]}
    aliases |= {name: _NAMES[name] for name in read if _NAMES.get(name) in ours}
    plain = {name: value for name, value in given.items() if name not in aliases and _may_be_set(name, ours)}
    unset = tuple(sorted(needed - ours - set(aliases) - set(plain)))
    return OwnEnvironment(aliases, plain, unset, frozenset(ours & read | set(aliases.values())))


def _source(name: str, value: str, ours: set[str]) -> str | None:
    """Which of the sandbox's secrets a user's variable is; None for one of the user's alone, or where the name is the
    sandbox's own."""
    if name in ours or not _may_be_set(name, ours):
        return None
    source = _NAMES.get(name) or _KINDS.get(Secret(value).kind)
    return source if source in ours else None


def _may_be_set(name: str, ours: set[str]) -> bool:
    return name not in ours and not name.startswith("SUPABASE_")


def _is_credential(value: str) -> bool:
    return len(value) >= 16 and not value.startswith(("http://", "https://")) and " " not in value
