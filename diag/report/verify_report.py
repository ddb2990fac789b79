"""``nukediag/verify/1``, and the same as text: what the finished rows really have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, Field
from rich.text import Text

from diag.report.documents import Document
from diag.report.terminal import Paper
from diag.rows.audit import Audit, Kind

_WORDS = {
    Kind.NOTHING: "no result at all",
    Kind.ERROR: "an error is stored as the result",
    Kind.INCOMPLETE: "a part of the result is missing",
}


class KindModel(BaseModel):
    """Rows without a full result: ``example`` is a row's id, ``signature`` the stored error's diagnosis or null."""

    kind: Literal["nothing", "error", "incomplete"]
    signature: str | None
    count: int
    example: str


class TableModel(BaseModel):
    """``rows``: finished rows with at least one record in the table; ``records``: all of them."""

    rows: int
    records: int


class VerifyDocument(Document):
    """``marked`` rows are marked as done, ``full`` of them have a full result behind the mark. ``stored`` rows are not
    marked, but the function would answer for them from a stored failure."""

    schema_: Literal["nukediag/verify/1"] = Field("nukediag/verify/1", alias="schema")
    marked: int
    full: int
    hollow: list[KindModel]
    stored: list[KindModel]
    tables: dict[str, TableModel]


def verify_document(audit: Audit, exit_code: int) -> VerifyDocument:
    """The document of an audit."""
    return VerifyDocument(
        exit_code=exit_code,
        marked=audit.marked,
        full=audit.full,
        hollow=list(_kinds(audit, marked=True)),
        stored=list(_kinds(audit, marked=False)),
        tables={name: TableModel(rows=seen.rows, records=seen.records) for name, seen in audit.tables.items()},
    )


def _kinds(audit: Audit, *, marked: bool) -> Iterator[KindModel]:
    for seen in audit.hollow:
        if seen.marked is marked:
            yield KindModel.model_validate(
                {"kind": seen.kind.value, "signature": seen.signature, "count": seen.count, "example": seen.example}
            )


def render(audit: Audit, paper: Paper, verbosity: int = 0) -> Text:
    """The summary; ``verbosity`` -1 is one line."""
    if not audit.marked and not audit.hollow:
        return Text("UNKNOWN", "bold magenta") + Text(": no finished row is visible to this key")
    style = "bold green" if not audit.hollow else "bold yellow"
    head = Text("VERIFIED" if not audit.hollow else "HOLLOW", style)
    head += Text(paper.words(f": {audit.full:,} of {audit.marked:,} finished rows have a full result"))
    if verbosity < 0:
        return head
    lines = [head, *_tables(audit, paper)]
    if audit.hollow:
        lines += [Text(""), *_hollow(audit, paper), Text("")]
        lines.append(paper.fact("mend", "analyse exactly these rows anew, with the function's own override:"))
        lines.append(paper.command("nukediag backfill --repair"))
    return Text("\n").join(lines)


def _tables(audit: Audit, paper: Paper) -> Iterator[Text]:
    for name, seen in audit.tables.items():
        yield paper.fact("", f"{name}: {seen.rows:,} rows, {seen.records:,} records")


def _hollow(audit: Audit, paper: Paper) -> Iterator[Text]:
    for seen in audit.hollow:
        what = _WORDS[seen.kind] + (f" ({seen.signature})" if seen.signature else "")
        what += "" if seen.marked else ", not marked as done"
        line = Text(f"  {seen.count:>6,}  {paper.words(what)}  ")
        yield line + Text(paper.words(f"e.g. {seen.example}"), "dim")
