"""``nukediag/preflight/1``: what a preflight found, for scripts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from diag.preflight import CheckResult, PreflightResult
from diag.report.documents import Document, EvidenceModel, RemedyModel

StatusName = Literal["pass", "warn", "fail", "unknown", "skip", "error"]


class ProjectModel(BaseModel):
    ref: str | None
    url: str | None


class CheckModel(BaseModel):
    """One check. ``signature`` is the diagnosis behind a warning or failure; ``because`` what a skip goes back to;
    ``source`` where the credential or setting came from."""

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


class PreflightDocument(Document):
    """The whole of a preflight, its checks in declared order. ``signature`` is the root cause that explains the
    verdict, null when healthy."""

    schema_: Literal["nukediag/preflight/1"] = Field("nukediag/preflight/1", alias="schema")
    project: ProjectModel
    verdict: Literal["healthy", "unhealthy", "unknown"]
    signature: str | None
    counts: dict[str, int]
    cost_usd: float
    checks: list[CheckModel]


def preflight_document(result: PreflightResult) -> PreflightDocument:
    """The document of a result."""
    return PreflightDocument(
        exit_code=int(result.exit_code),
        project=ProjectModel(ref=result.ref, url=result.url),
        verdict=result.verdict,
        signature=result.signature,
        counts=dict(result.counts),
        cost_usd=round(result.cost_usd, 6),
        checks=[check_model(one) for one in result.checks],
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
        remedies=[RemedyModel(text=one.text, command=one.command, url=one.url) for one in result.remedies],
        evidence=[EvidenceModel(where=one.where, text=one.text) for one in result.evidence],
        source=finding.source,
        duration_ms=round(result.duration_ms, 1),
        attempts=finding.attempts,
        cost_usd=round(finding.cost_usd, 6),
    )
