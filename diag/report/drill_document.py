"""The report card of a drill as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from pydantic import BaseModel, Field

from diag.errors import ExitCode
from diag.report.documents import Document
from diag.report.drill_words import MEND, WHAT, excerpt
from diag.sandbox.drill.model import Card, Conduct, Drilled, Leak, Weakness


class LeakModel(BaseModel):
    """A piece of a secret in the answer: where it stood, which one, how many characters; never the piece."""

    where: str
    secret: str
    characters: int


class WeaknessModel(BaseModel):
    """What is wrong, and how to mend it."""

    kind: Weakness
    what: str
    mend: str


class DrilledModel(BaseModel):
    """One scenario. ``told``: the signature that nukediag finds in the answer and the database; ``recognised``:
    whether that is the ``expected`` one or a defensible other. ``paid``: accepted calls by provider. ``wrote``: records
    that are new or changed, by table; ``columns``: columns of the row that got a value."""

    scenario: str
    title: str
    component: str
    expected: str
    told: str
    recognised: bool
    conduct: Conduct
    status: int | None
    sb_error_code: str | None
    body: str
    duration_ms: float
    claims_success: bool
    reached: bool
    paid: dict[str, int]
    wrote: dict[str, int]
    columns: list[str]
    leaks: list[LeakModel]
    weaknesses: list[WeaknessModel]
    attempts: int


class DrillDocument(Document):
    """``sandbox drill``. ``totals``: scenarios by conduct; ``weaknesses``: scenarios by kind of weakness. Where the
    function does not work in a healthy project (``healthy`` false), nothing else was tried, and ``log`` holds the end
    of what it printed."""

    schema_: Literal["nukediag/drill/1"] = Field("nukediag/drill/1", alias="schema")
    function: str
    folder: str | None
    healthy: bool
    totals: dict[Conduct, int]
    recognised: int
    weaknesses: dict[Weakness, int]
    scenarios: list[DrilledModel]
    log: str


def drill_document(card: Card) -> DrillDocument:
    """The document. Exit code 0 where nothing is to be mended, 4 where something is, 3 where the function does not
    work even with nothing at fault."""
    kinds = Counter(kind for each in card.drilled for kind in each.weaknesses)
    conducts = Counter(each.conduct for each in card.drilled)
    return DrillDocument(
        exit_code=_exit_code(card),
        function=card.function,
        folder=card.folder,
        healthy=card.healthy,
        totals={conduct: conducts[conduct] for conduct in Conduct},
        recognised=sum(each.recognised for each in card.drilled),
        weaknesses={kind: kinds[kind] for kind in Weakness},
        scenarios=[_drilled(each) for each in card.drilled],
        log=card.log,
    )


def _exit_code(card: Card) -> int:
    if not card.healthy:
        return ExitCode.UNHEALTHY
    return ExitCode.DEGRADED if card.weak else ExitCode.OK


def _drilled(each: Drilled) -> DrilledModel:
    shot, scenario = each.shot, each.scenario
    return DrilledModel(
        scenario=scenario.name,
        title=scenario.title,
        component=scenario.signature.partition(".")[0],
        expected=scenario.signature,
        told=shot.told.signature,
        recognised=each.recognised,
        conduct=each.conduct,
        status=shot.answer.status,
        sb_error_code=shot.answer.header("sb-error-code"),
        body=excerpt(shot),
        duration_ms=round(shot.answer.duration_ms, 1),
        claims_success=each.claims_success,
        reached=shot.reached,
        paid={name.removesuffix("_accepted"): count for name, count in shot.paid.items()},
        wrote=dict(shot.wrote),
        columns=sorted(shot.columns),
        leaks=[_leak(leak) for leak in shot.leaks],
        weaknesses=[WeaknessModel(kind=kind, what=WHAT[kind], mend=MEND[kind]) for kind in each.weaknesses],
        attempts=each.attempts,
    )


def _leak(leak: Leak) -> LeakModel:
    return LeakModel(where=leak.where, secret=leak.secret, characters=leak.characters)
