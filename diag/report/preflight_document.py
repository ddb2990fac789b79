"""``nukediag/preflight/1``: what a preflight found, for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from diag.preflight import CheckResult, PreflightResult
from diag.preflight.mending import Mend, MendAction
from diag.report.documents import Document, EvidenceModel, RemedyModel, remedy_models

StatusName = Literal["pass", "warn", "fail", "unknown", "skip", "error"]


class ProjectModel(BaseModel):
    ref: str | None
    url: str | None


class CheckModel(BaseModel):
    """One check. ``signature`` is the diagnosis behind a warning or failure; ``because`` what a skip goes back to;
    ``source`` where the credential or setting came from; ``allowed``: it failed, and that counts as a warning."""

    id: str
    group: str
    claim: str
    status: StatusName
    required: bool
    signature: str | None
    summary: str
    detail: str | None
    because: str | None
    remedies: list[RemedyModel]
    evidence: list[EvidenceModel]
    source: str | None
    duration_ms: float
    attempts: int
    cost_usd: float
    allowed: bool = False


class FixModel(BaseModel):
    """One change that ``--fix`` planned or made: to a secret or function of that ``name``. ``done``: whether it was
    seen afterwards, null where it was not carried out. ``leave``: it wants mending, and nukediag cannot."""

    action: MendAction
    name: str
    change: str
    done: bool | None


class PreflightDocument(Document):
    """The whole of a preflight, its checks in declared order. ``signature`` is the root cause that explains the
    verdict, null when healthy. ``fixed``: with ``--fix``, what was planned or done; the rest is the look after it."""

    schema_: Literal["nukediag/preflight/1"] = Field("nukediag/preflight/1", alias="schema")
    project: ProjectModel
    verdict: Literal["healthy", "unhealthy", "unknown"]
    signature: str | None
    counts: dict[str, int]
    cost_usd: float
    checks: list[CheckModel]
    fixed: list[FixModel] = Field(default_factory=list)


def preflight_document(
    result: PreflightResult, mends: Sequence[Mend] = (), *, spent_before: float = 0.0
) -> PreflightDocument:
    """The document of a result. ``spent_before``: what an earlier look of the same command cost, in USD."""
    return PreflightDocument(
        exit_code=int(result.exit_code),
        project=ProjectModel(ref=result.ref, url=result.url),
        verdict=result.verdict,
        signature=result.signature,
        counts=dict(result.counts),
        cost_usd=round(result.cost_usd + spent_before, 6),
        checks=[check_model(one) for one in result.checks],
        fixed=[FixModel(action=one.action, name=one.name, change=one.change, done=one.done) for one in mends],
    )


def check_model(result: CheckResult) -> CheckModel:
    """One check's part of the document."""
    check, finding = result.check, result.finding
    return CheckModel(
        id=check.id,
        group=check.group,
        claim=check.claim,
        status=finding.status.value,
        required=result.required,
        signature=result.signature,
        summary=finding.summary,
        detail=finding.detail,
        because=finding.because,
        remedies=remedy_models(result.remedies),
        evidence=[EvidenceModel(where=one.where, text=one.text) for one in result.evidence],
        source=finding.source,
        duration_ms=round(result.duration_ms, 1),
        attempts=finding.attempts,
        cost_usd=round(finding.cost_usd, 6),
        allowed=result.allowed,
    )
