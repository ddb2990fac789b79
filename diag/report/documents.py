"""The JSON documents that nukediag prints, as models: what scripts may rely on.

One model per document; each is the single source of its JSON Schema. Times are ISO 8601 UTC, durations milliseconds,
money USD.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from diag import __version__
from diag.diagnosis import Diagnosis, Remedy


class Document(BaseModel):
    """What every document has."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)

    version: str = Field(default_factory=lambda: __version__)
    exit_code: int


class RemedyModel(BaseModel):
    text: str
    command: str | None = None
    url: str | None = None


class EvidenceModel(BaseModel):
    where: str
    text: str


class HttpModel(BaseModel):
    """The answer of the one call as it came over the wire."""

    status: int | None
    sb_error_code: str | None
    sb_request_id: str | None
    execution_id: str | None
    duration_ms: float


class DiagnosisDocument(Document):
    """What one answer means (``explain``, ``test-image``)."""

    schema_: Literal["nukediag/diagnosis/1"] = Field("nukediag/diagnosis/1", alias="schema")
    id: str | None = None
    verdict: Literal["ok", "degraded", "failed", "inconclusive"]
    signature: str
    component: str
    scope: Literal["project", "item", "transient"] | None
    title: str
    remedies: list[RemedyModel]
    evidence: list[EvidenceModel]
    others: list[str]


class TestImageDocument(DiagnosisDocument):
    """``test-image``: the diagnosis, the call behind it and what it left in the database."""

    __test__ = False  # not a test class, whatever its name begins with

    row: str | None
    function: str
    http: HttpModel
    parts: dict[str, bool]
    writes: dict[str, int]


def remedy_models(remedies: Iterable[Remedy]) -> list[RemedyModel]:
    """Remedies as they stand in documents."""
    return [RemedyModel(text=one.text, command=one.command, url=one.url) for one in remedies]


def diagnosis_fields(diagnosis: Diagnosis) -> dict[str, object]:
    """The fields of a ``DiagnosisDocument`` that come from the diagnosis itself."""
    return {
        "verdict": diagnosis.verdict.value,
        "signature": diagnosis.signature,
        "component": diagnosis.component,
        "scope": diagnosis.scope.value if diagnosis.scope else None,
        "title": diagnosis.title,
        "remedies": remedy_models(diagnosis.remedies),
        "evidence": [EvidenceModel(where=e.where, text=e.text) for e in diagnosis.evidence],
        "others": list(diagnosis.others),
    }
