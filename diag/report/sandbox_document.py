"""The sandbox's JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, Field

from diag.report.documents import Document


class Rows(BaseModel):
    """Rows of the table: pending = without a result, done = marked as analysed."""

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
    """null while the sandbox's database is away."""
    calls: Calls
    twice: int
    """Rows for which one provider accepted more than one call."""
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


def sandbox_document(where: Mapping[str, str], status: Mapping[str, Any]) -> SandboxDocument:
    """The document from a sandbox's addresses and what its supervisor says. A dead part is exit code 1."""
    return SandboxDocument(exit_code=1 if status["problems"] else 0, **where, **status)


def sandbox_lines(document: SandboxDocument) -> list[str]:
    """The same for people."""
    rows, calls = document.rows, document.calls
    pending = f"{rows.pending:,} pending, {rows.done:,} done" if rows else "unknown: the database is away"
    paid = (
        f"{calls.function:,} of the function, {calls.openai_accepted:,} paid to OpenAI, {calls.aws_accepted:,} to AWS"
    )
    lines = [
        f"scenario    {document.scenario} ({document.variant} function)",
        f"url         {document.url}",
        f"settings    {document.env_file}",
        f"rows        {pending}",
        f"calls       {paid}",
        f"paid twice  {document.twice:,} rows",
        f"memory      {document.memory_mb:,} MB in {len(document.parts) + 1} processes",
    ]
    if document.restarted:
        lines.append("restarted   " + ", ".join(f"{name} ({times}x)" for name, times in document.restarted.items()))
    return lines + [f"problem     {problem}" for problem in document.problems]
