"""One test call as a report: what it means, what was seen, what it left in the database."""

from __future__ import annotations

from collections.abc import Iterator

from diag.report.documents import TestImageDocument
from diag.report.page.model import Cause, Fact, Figure, Item, ReportDocument, Seen, Subject, Tone, mends
from diag.report.page.words import took

_TONES: dict[str, Tone] = {"ok": "good", "degraded": "warn", "failed": "bad", "inconclusive": "unknown"}


def report_of_test_image(document: TestImageDocument) -> ReportDocument:
    """The report of a test call's document."""
    tone = _TONES[document.verdict]
    return ReportDocument(
        exit_code=0,
        subject=Subject(
            kind="test-image", document=document.schema_, version=document.version, exit_code=document.exit_code
        ),
        title=f"Test call of {document.function}",
        about=list(_about(document)),
        tone=tone,
        verdict=document.verdict,
        why=document.title,
        cause=None if tone == "good" else Cause(signature=document.signature, title="", scope=document.scope),
        mends=[] if tone == "good" else mends(document.remedies),
        figures=list(_figures(document)),
        items=[_item(document, tone)],
    )


def _about(document: TestImageDocument) -> Iterator[Fact]:
    if document.row or document.id:
        yield Fact(label="row" if document.row else "url", text=document.row or document.id or "")
    for label, text in (("execution", document.http.execution_id), ("request", document.http.sb_request_id)):
        if text:
            yield Fact(label=label, text=text)


def _figures(document: TestImageDocument) -> Iterator[Figure]:
    status = document.http.status
    yield Figure(name="status", label="HTTP status", value=status, text="none" if status is None else f"{status}")
    took_ms = document.http.duration_ms
    yield Figure(name="duration_ms", label="took", value=took_ms, text=took(took_ms))
    for name, count in document.writes.items():
        yield Figure(name=f"writes.{name}", label=f"saved in {name}", value=count, text=f"{count}")


def _item(document: TestImageDocument, tone: Tone) -> Item:
    missing = [name for name, there in document.parts.items() if not there]
    return Item(
        id=document.signature,
        group=document.component,
        status=document.verdict,
        tone=tone,
        claim="one real call brings a full answer that is saved",
        summary=f"{document.title}; missing: {', '.join(missing)}" if missing else document.title,
        signature=document.signature,
        evidence=[Seen(where=one.where, text=one.text) for one in document.evidence],
    )
