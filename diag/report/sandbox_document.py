"""The sandbox's JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, Field

from diag.report.documents import Document

OWN_TABLE = "vehicle_images"


class Rows(BaseModel):
    """Rows of the sandbox's own table: pending = without a result, done = marked as analysed."""

    total: int
    pending: int
    done: int


class Calls(BaseModel):
    """Calls since the start or the last ``sandbox scenario``; accepted ones are those that cost money."""

    function: int
    openai: int
    openai_accepted: int
    aws: int
    aws_accepted: int
    gemini: int = 0
    gemini_accepted: int = 0
    openrouter: int = 0
    openrouter_accepted: int = 0


class SandboxDocument(Document):
    """``sandbox up``, ``status`` and ``scenario``: where it is, what it plays, what its stand-ins counted."""

    schema_: Literal["nukediag/sandbox/1"] = Field("nukediag/sandbox/1", alias="schema")
    url: str
    ref: str
    management_url: str
    env_file: str
    name: str
    variant: str
    scenario: str
    rows: Rows | None
    """null where they cannot be counted: while the sandbox's database is away."""
    table: str = OWN_TABLE
    """Whose rows these are: the sandbox's own. Those of a table that was brought along are in ``status --sandbox``."""
    functions: str | None = None
    """The folder of the user's own functions that it serves, or null."""
    calls: Calls
    twice: int
    """Rows of that table for which one provider accepted more than one call."""
    parts: dict[str, str]
    memory_mb: int
    """Megabytes that all its processes use together."""
    restarted: dict[str, int]
    """Parts that ended unasked and were started again, and how often."""
    problems: list[str]
    """Parts that ended unasked and stay away."""


class ScenarioModel(BaseModel):
    """One scenario. ``group``: who is at fault; ``also``: other signatures that are defensible."""

    name: str
    group: str
    title: str
    signature: str
    also: list[str]
    preflight_exit: list[int]


class ScenariosDocument(Document):
    """``sandbox scenarios``: what can be played, and what nukediag is expected to find."""

    schema_: Literal["nukediag/scenarios/1"] = Field("nukediag/scenarios/1", alias="schema")
    scenarios: list[ScenarioModel]


def scenario_lines(document: ScenariosDocument) -> list[str]:
    """The scenarios under the names of their groups."""
    lines, width = [], max(len(each.name) for each in document.scenarios)
    for group, members in groupby(document.scenarios, key=lambda each: each.group):
        lines.append(group)
        lines += [f"  {each.name:{width}}  {each.signature:28} {each.title}" for each in members]
    return lines


def sandbox_document(where: Mapping[str, str | None], status: Mapping[str, Any]) -> SandboxDocument:
    """The document from a sandbox's addresses and what its supervisor says. A dead part is exit code 1."""
    return SandboxDocument(exit_code=1 if status["problems"] else 0, **where, **status)


def sandbox_lines(document: SandboxDocument) -> list[str]:
    """The same for people."""
    calls = document.calls
    paid = (
        f"{calls.function:,} of the function, {calls.openai_accepted:,} paid to OpenAI, {calls.aws_accepted:,} to AWS"
    )
    served = document.functions or f"{document.variant} function"
    lines = [
        f"scenario    {document.scenario} ({served})",
        f"url         {document.url}",
        f"settings    {document.env_file}",
        f"rows        {_rows(document)}",
        f"calls       {paid}",
        f"paid twice  {document.twice:,} rows{_whose(document)}",
        f"memory      {document.memory_mb:,} MB in {len(document.parts) + 1} processes",
    ]
    if document.restarted:
        lines.append("restarted   " + ", ".join(f"{name} ({times}x)" for name, times in document.restarted.items()))
    return lines + [f"problem     {problem}" for problem in document.problems]


def _rows(document: SandboxDocument) -> str:
    rows = document.rows
    if rows is None:
        return "unknown: the database is away" if "postgres" not in document.parts else "unknown: not to be counted"
    ours = f"{rows.pending:,} pending, {rows.done:,} done"
    return f"{ours}{_whose(document)}; of yours: nukediag status --sandbox" if document.functions else ours


def _whose(document: SandboxDocument) -> str:
    """Said where somebody might take them for his own."""
    return f" of the sandbox's own {document.table}" if document.functions else ""
