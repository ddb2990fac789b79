"""The function's secrets as text for people: names, ages and fingerprints, never values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from shlex import join

from tabulate import tabulate

from diag.credentials import Copies, Copy, State
from diag.credentials.pushing import Action, Step
from diag.report.terminal import Paper

_STATES = {
    State.SAME: "same as here", State.MISSING: "MISSING", State.ONLY_LOCAL: "only here",
    State.ONLY_STORED: "no copy here", State.EMPTY: "EMPTY", State.PLACEHOLDER: "PLACEHOLDER",
    State.ALTERED: "ALTERED", State.UNEXPECTED: "UNEXPECTED", State.DIFFERS: "DIFFERS",
    State.UNREADABLE: "not comparable",
}  # fmt: skip
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def age(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return "unknown"
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    for name, length in _UNITS:
        count = int(seconds // length)
        if count:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def listing(copies: Copies, paper: Paper) -> str:
    """Every secret with its age, fingerprint and how it compares with the local copy."""
    rows = [
        (copy.name, age(copy.stored.updated_at) if copy.stored else "-", copy.fingerprint or "-", _STATES[copy.state])
        for copy in copies.secrets
    ]
    table = tabulate(
        rows, headers=("secret", "changed", "sha256", "here and there"), tablefmt="plain", disable_numparse=True
    )
    return "\n".join(line.rstrip() for line in table.splitlines()) if rows else paper.words("no secret is set")


def differences(copies: Copies, paper: Paper) -> list[str]:
    """One line for each difference, and how to mend it."""
    lines = [f"! {paper.words(copy.told)}" for copy in copies.different]
    if copies.digests == "unreadable":
        lines.append("? the project's digests are of an unknown kind: the values cannot be compared")
    return [*lines, *(f"  {command}" for command in _mends(copies.different))]


def _mends(different: Sequence[Copy]) -> list[str]:
    settable = [copy for copy in different if copy.local]
    fresh = [copy.name for copy in settable if copy.stored is None]
    stale = [copy.name for copy in settable if copy.stored is not None]
    commands = [f"nukediag secrets push {join(fresh)} --yes"] if fresh else []
    return [*commands, *([f"nukediag secrets push {join(stale)} --overwrite --yes"] if stale else [])]


_WORDS = {Action.SET: "set", Action.OVERWRITE: "overwrite", Action.KEEP: "keep", Action.REFUSE: "refuse"}


def plan_lines(steps: Sequence[Step], paper: Paper) -> list[str]:
    """What would be done, or was."""
    return [f"  {_WORDS[step.action]:<10} {step.name}{paper.words(_outcome(step))}" for step in steps]


def _outcome(step: Step) -> str:
    done = {None: "", True: "; done", False: "; the project does not show the new value yet"}[step.done]
    return f": {step.why}{done}" if step.why else done
