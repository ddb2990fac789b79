"""Explanations as JSON documents."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from diag import __version__
from diag.catalogue.log import Group, LogReport, root_group
from diag.catalogue.registry import SIGNATURES
from diag.diagnosis import Diagnosis
from diag.report.documents import DiagnosisDocument, Document, diagnosis_fields
from diag.secret import redact


class GroupModel(BaseModel):
    """The failures of a log that have one cause. ``count``: failures; ``retried``: tries that were repeated;
    ``shape``: the pattern of an unknown one; times as the log writes them."""

    signature: str
    scope: str | None
    title: str
    count: int
    retried: int
    shape: str | None
    first: str | None
    last: str | None
    first_line: int
    examples: list[str]


class LogDocument(DiagnosisDocument):
    """A whole log: the cause to mend first, as a diagnosis, and all ``groups``. ``failures`` counts them all;
    ``progress`` holds the figures of the script that wrote the log, where it gave any."""

    lines: int
    failures: int
    progress: dict[str, int]
    groups: list[GroupModel]


class BatchLine(DiagnosisDocument):
    """One line of ``explain --jsonl``: ``id`` is what was given, of whatever type."""

    id: Any = None


class CatalogueEntry(BaseModel):
    id: str
    component: str
    verdict: str
    scope: str | None
    title: str


class CatalogueDocument(Document):
    """``explain --list``: every signature."""

    schema_: Literal["nukediag/catalogue/1"] = Field("nukediag/catalogue/1", alias="schema")
    signatures: list[CatalogueEntry]


def diagnosis_document(diagnosis: Diagnosis, given: str | None = None) -> DiagnosisDocument:
    """One diagnosis. ``exit_code`` is that of the command: explaining succeeded, whatever the diagnosis."""
    return DiagnosisDocument.model_validate({**diagnosis_fields(diagnosis), "exit_code": 0, "id": given})


def diagnosis_line(diagnosis: Diagnosis, given: Any) -> dict[str, Any]:
    """The same document as a plain dict, for batches of many thousands: ``id`` is what was given, of whatever type."""
    return {
        "schema": "nukediag/diagnosis/1",
        "version": __version__,
        "exit_code": 0,
        "id": redact(given) if isinstance(given, str) else given,
        "verdict": diagnosis.verdict.value,
        "signature": diagnosis.signature,
        "component": diagnosis.component,
        "scope": diagnosis.scope.value if diagnosis.scope else None,
        "title": diagnosis.title,
        "remedies": [{"text": one.text, "command": one.command, "url": one.url} for one in diagnosis.remedies],
        "evidence": [{"where": one.where, "text": one.text} for one in diagnosis.evidence],
        "others": list(diagnosis.others),
    }


def fault_line(number: int, fault: str) -> dict[str, Any]:
    """What stands in the place of a line of a batch that cannot be read."""
    message = redact(f"line {number}: {fault}")
    return {
        "schema": "nukediag/error/1",
        "version": __version__,
        "exit_code": 2,
        "error": {"message": message, "remedy": None},
    }


def log_document(report: LogReport, fallback: Diagnosis) -> LogDocument:
    """A log's document; ``fallback`` stands for a log without any failure."""
    root = root_group(report)
    fields = diagnosis_fields(root.diagnosis if root else fallback)
    fields["others"] = [
        one.diagnosis.signature for one in report.groups if root and one.diagnosis.signature != root.diagnosis.signature
    ]
    return LogDocument.model_validate(
        {
            **fields,
            "exit_code": 0,
            "lines": report.lines,
            "failures": report.failures,
            "progress": dict(report.progress),
            "groups": [_group(one) for one in report.groups],
        }
    )


def catalogue_document() -> CatalogueDocument:
    """Every signature of the catalogue."""
    entries = [
        CatalogueEntry(
            id=one.id,
            component=one.component,
            verdict=one.verdict.value,
            scope=one.scope.value if one.scope else None,
            title=one.title,
        )
        for one in SIGNATURES.values()
    ]
    return CatalogueDocument(exit_code=0, signatures=entries)


def _group(group: Group) -> dict[str, Any]:
    diagnosis = group.diagnosis
    return {
        "signature": diagnosis.signature,
        "scope": diagnosis.scope.value if diagnosis.scope else None,
        "title": diagnosis.title,
        "count": group.count,
        "retried": group.retried,
        "shape": redact(group.shape) if group.shape else None,
        "first": group.first,
        "last": group.last,
        "first_line": group.first_line,
        "examples": group.examples,
    }
