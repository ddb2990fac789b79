"""From what a function did under a fault to what is to be said of it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from diag.catalogue import SIGNATURES
from diag.config.settings import TableSettings
from diag.diagnosis import Answer, Verdict
from diag.sandbox.drill.model import Conduct, Drilled, Shot, Weakness, names_cause
from diag.sandbox.scenarios import Scenario

_IN_FRONT: Final = frozenset({"gateway", "network", "runtime"})
_SEEN_BY_A_SELECT: Final = frozenset(
    {"supabase.key-invalid", "supabase.key-missing", "supabase.unavailable", "supabase.url-missing"}
)
"""Faults of the database that a function finds out about by asking for its row before it pays."""
_NO_ANSWER: Final = frozenset({"network.timeout", "runtime.idle-timeout"})


@dataclass(frozen=True, slots=True)
class Usual:
    """What the function always does in a healthy project: how often it pays whom, which tables and columns it writes,
    which fields its answer fills."""

    paid: Mapping[str, int]
    wrote: frozenset[str]
    columns: frozenset[str]
    fields: frozenset[str]


def usual(shots: Sequence[Shot]) -> Usual:
    """What several healthy calls have in common. There must be one at least."""
    paid = {name: min(shot.paid.get(name, 0) for shot in shots) for name in shots[0].paid}
    wrote = frozenset.intersection(*(frozenset(shot.wrote) for shot in shots))
    columns = frozenset.intersection(*(shot.columns for shot in shots))
    return Usual(paid, wrote, columns, frozenset.intersection(*(filled_fields(shot.answer) for shot in shots)))


def claims_success(answer: Answer) -> bool:
    """Whether the answer says that the work is done: a 2xx (but 202) that does not speak of a failure."""
    if answer.status is None or not 200 <= answer.status < 300 or answer.status == 202:
        return False
    body = _document(answer)
    if not isinstance(body, dict):
        return True
    denied = any(body.get(name) is False for name in ("success", "ok"))
    said = str(body.get("status", "")).lower() in ("error", "failed", "failure", "partial", "paused")
    return not (denied or said or body.get("error") or body.get("errors") or body.get("paused"))


def filled_fields(answer: Answer) -> frozenset[str]:
    """The paths of the answer's fields that hold something; positions in lists do not count."""
    return frozenset(_filled(_document(answer), ""))


def _filled(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _filled(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _filled(inner, f"{path}[]")
    elif value not in (None, ""):
        yield path


def _document(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def as_usual(shot: Shot, before: Usual) -> bool:
    """Whether the function did all that it does in a healthy project, so that the fault did not touch it."""
    return (
        claims_success(shot.answer)
        and all(shot.paid.get(name, 0) >= count for name, count in before.paid.items())
        and before.wrote <= set(shot.wrote)
        and before.columns <= shot.columns
        and before.fields <= filled_fields(shot.answer)
    )


def judge(scenario: Scenario, shot: Shot, before: Usual, table: TableSettings, attempts: int = 1) -> Drilled:
    """What is to be said of one scenario."""
    claimed = claims_success(shot.answer)
    conduct = _conduct(scenario, shot, before)
    found = list(_weaknesses(scenario, shot, before, table)) if conduct is Conduct.HONEST else []
    found += [Weakness.LEAKS_SECRET] if shot.leaks else []
    return Drilled(scenario, shot, Conduct.WEAK if found else conduct, claimed, tuple(found), attempts)


def _conduct(scenario: Scenario, shot: Shot, before: Usual) -> Conduct:
    if as_usual(shot, before):
        return Conduct.UNTOUCHED
    in_front = scenario.signature.partition(".")[0] in _IN_FRONT or scenario.caller_key == "anon"
    is_another = bool(scenario.code)  # it was not this function that answered
    return Conduct.PLATFORM if in_front or is_another or not shot.reached else Conduct.HONEST


def _weaknesses(scenario: Scenario, shot: Shot, before: Usual, table: TableSettings) -> Iterator[Weakness]:
    failed = SIGNATURES[scenario.signature].verdict is Verdict.FAILED
    claimed = claims_success(shot.answer)
    named = names_cause(scenario, shot.told.signature)
    if claimed and (failed or shot.told.verdict is Verdict.OK):
        yield Weakness.CLAIMS_SUCCESS
    elif not named:
        yield Weakness.HANGS if shot.told.signature in _NO_ANSWER else Weakness.HIDES_CAUSE
    if failed and _stored(shot, before, table, claimed=claimed):
        yield Weakness.STORES_FAILURE
    if scenario.signature in _SEEN_BY_A_SELECT and any(shot.paid.values()) and not shot.wrote:
        yield Weakness.PAYS_FOR_NOTHING


def _stored(shot: Shot, before: Usual, table: TableSettings, *, claimed: bool) -> bool:
    """Whether the database says now that the row is analysed: its marker is set, or a result was saved by a call that
    claimed success."""
    result_columns = shot.columns & (set(table.result_columns) | before.columns)
    return table.marker in shot.columns or (claimed and bool(result_columns or set(shot.wrote) & before.wrote))
