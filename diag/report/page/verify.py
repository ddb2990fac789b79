"""What the finished rows really have, as a report."""

from __future__ import annotations

from collections.abc import Iterator

from diag.report.page.model import Failure, Figure, Mend, ReportDocument, Subject, Tone
from diag.report.page.words import share
from diag.report.verify_report import KindModel, VerifyDocument

_KINDS = {
    "nothing": "no result at all",
    "error": "an error is stored as the result",
    "incomplete": "a part of the result is missing",
}


def report_of_verify(document: VerifyDocument) -> ReportDocument:
    """The report of a verification's document."""
    found = [*document.hollow, *document.stored]
    return ReportDocument(
        exit_code=0,
        subject=Subject(
            kind="verify", document=document.schema_, version=document.version, exit_code=document.exit_code
        ),
        title="What the finished rows really have",
        tone=_verdict(document)[1],
        verdict=_verdict(document)[0],
        why=_why(document),
        mends=[_REPAIR] if found else [],
        figures=list(_figures(document)),
        failures=[
            *(_failure(kind, "rows marked as done") for kind in document.hollow),
            *(_failure(kind, "rows that are not marked, and for which the function would answer from a stored failure")
              for kind in document.stored),
        ],
    )  # fmt: skip


_REPAIR = Mend(
    text="analyse exactly these rows anew, with the function's own override", command="nukediag backfill --repair"
)


def _verdict(document: VerifyDocument) -> tuple[str, Tone]:
    if document.hollow or document.stored:
        return "hollow", "warn"
    return ("verified", "good") if document.marked else ("unknown", "unknown")


def _why(document: VerifyDocument) -> str:
    if not document.marked and not document.stored:
        return "no finished row is visible to this key"
    return f"{document.full:,} of {document.marked:,} finished rows have a full result"


def _figures(document: VerifyDocument) -> Iterator[Figure]:
    marked = document.marked
    part = share(document.full / marked) if marked else ""
    yield Figure(name="marked", label="finished rows", value=marked, text=f"{marked:,}")
    yield Figure(name="full", label="with a full result", value=document.full, text=f"{document.full:,}", note=part)
    for name, seen in document.tables.items():
        yield Figure(
            name=f"rows.{name}", label=f"in {name}", value=seen.rows, text=f"{seen.rows:,} rows",
            note=f"{seen.records:,} records",
        )  # fmt: skip


def _failure(kind: KindModel, which: str) -> Failure:
    title = f"{_KINDS[kind.kind]} ({which})"
    return Failure(
        signature=kind.signature or kind.kind, title=title, scope=None, count=kind.count, example=kind.example
    )
