"""The text of ``nukediag.toml``: every proposed value with where it comes from. Pure."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import groupby

from diag.discovery.choice import Choice
from diag.discovery.proposal import Proposal
from diag.inert import inert

_HEAD = """\
# Settings of nukediag for this project, as `nukediag init` found them. Made to be committed: no secret stands here.
# `nukediag config check` reads this file, `nukediag config show` says what counts and why, `nukediag preflight` tries
# it. Lines that begin with "# check" hold a guess.
"""
_SECTIONS = {
    "function": "The edge function that is called once per row.",
    "secrets": "What must be set in the project for the function to work. Names and plain values, never a secret.",
    "table": "The table whose rows are the work.",
    "backfill": "How the rows are worked off.",
}
_LINE = 118


def render(proposal: Proposal, project: Mapping[str, str] | None = None) -> str:
    """The file. ``project``: what an earlier file said of the connection, which is kept."""
    parts = [_HEAD]
    if proposal.unknown:
        parts.append("\n".join(_comment(f"could not be looked at: {one}") for one in proposal.unknown) + "\n")
    if project:
        parts.append("[project]\n" + "".join(f"{key} = {_text(value)}\n" for key, value in project.items()))
    for section, choices in groupby(proposal.choices, key=lambda choice: choice.key.partition(".")[0]):
        lines = "\n".join(line for choice in choices for line in _lines(choice))
        parts.append(f"# {_SECTIONS[section]}\n[{section}]\n{lines}\n")
    return "\n".join(parts)


def _lines(choice: Choice) -> Iterator[str]:
    yield _comment(choice.because if choice.sure else f"check: {choice.because}")
    others = [other for other in choice.others if other != choice.value]
    if others and not choice.sure:
        yield _comment(f"it could be {', '.join(others[:8])}")
    yield f"{choice.key.partition('.')[2]} = {value_text(choice.value)}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _comment(text: str) -> str:
    return textwrap.fill(" ".join(inert(text).split()), _LINE, initial_indent="# ", subsequent_indent="# ")


def value_text(value: object) -> str:
    """A value as TOML writes it. JSON's texts, numbers and lists are TOML's as well."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {value_text(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(one) for one in value)}]"
    return _text(value)


def _text(value: object) -> str:
    """As JSON, which is TOML but for DEL; what would act on a terminal is escaped as well."""
    return "".join(one if inert(one) == one else f"\\U{ord(one):08X}" for one in json.dumps(value, ensure_ascii=False))
