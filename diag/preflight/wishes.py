"""Which checks a user wants, which failures are allowed, and how long to wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from diag.errors import UsageError
from diag.preflight.model import Check, CheckResult

BY_ONLY = "--only"
BY_SKIP = "--skip"
"""What a check that was left out on request goes back to, instead of another check."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user asks of a preflight. ``only``, ``skip`` and ``allow`` hold ids or groups of checks; ``wait``,
    ``timeout`` (of each check but the test call, which has the function's own) and ``deadline`` (of all) are
    seconds."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    wait: float = 0.0
    timeout: float | None = None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the runner does about each check, by id: ``omitted`` ones are skipped for that reason, failures of
    ``allowed`` ones are warnings, ``known`` results stand and are not looked for again. ``ends_at`` is a moment of
    the event loop's clock."""

    omitted: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    known: Mapping[str, CheckResult] = field(default_factory=dict)
    timeout: float | None = None
    ends_at: float | None = None


def plan_of(wishes: Wishes, checks: Sequence[Check], known: Sequence[Check], now: float) -> Plan:
    """The plan for ``checks``. ``known``: all checks that there can be, since one that does not apply here may still
    be named. ``now``: the event loop's clock. Raises UsageError for a name that is neither a check nor a group."""
    for name in (*wishes.only, *wishes.skip, *wishes.allow):
        refuse_unknown(name, known)
    return Plan(
        omitted=_omitted(wishes, checks),
        allowed=_chosen(wishes.allow, checks),
        timeout=wishes.timeout,
        ends_at=None if wishes.deadline is None else now + wishes.deadline,
    )


def refuse_unknown(name: str, checks: Sequence[Check]) -> None:
    """Raises UsageError, with the near name, unless ``name`` is a check's id or a group."""
    groups = dict.fromkeys(check.group for check in checks)
    names = [*(check.id for check in checks), *groups]
    if name in names:
        return
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]}?" if near else f"the groups of checks are {', '.join(groups)}"
    raise UsageError(f"there is no check {name}", remedy)


def _omitted(wishes: Wishes, checks: Sequence[Check]) -> dict[str, str]:
    wanted = _with_needs(_chosen(wishes.only, checks), checks) if wishes.only else {check.id for check in checks}
    skipped = _chosen(wishes.skip, checks)
    omitted = {check.id: BY_ONLY for check in checks if check.id not in wanted}
    return omitted | dict.fromkeys(skipped, BY_SKIP)


def _chosen(names: Sequence[str], checks: Sequence[Check]) -> frozenset[str]:
    return frozenset(check.id for check in checks if check.id in names or check.group in names)


def _with_needs(ids: frozenset[str], checks: Sequence[Check]) -> set[str]:
    """The checks, and all that they need: declared order lists what is needed before."""
    wanted = set(ids)
    for check in reversed(checks):
        if check.id in wanted:
            wanted.update(check.needs)
    return wanted
