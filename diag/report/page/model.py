"""``nukediag/report/1``: what a report says, whatever it is about. HTML and Markdown are drawn from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field

from diag.diagnosis import Remedy
from diag.report.documents import Document, RemedyModel
from diag.report.page.readable import Words

Tone = Literal["good", "warn", "bad", "unknown", "busy"]
Scope = Literal["project", "item", "transient"]


class Fact(BaseModel):
    """A line under the title: which project, which run, when."""

    label: Words
    text: Words


class Figure(BaseModel):
    """One number that matters: ``text`` as people read it, ``value`` for machines (milliseconds, USD, a share from 0
    to 1, or a count), null where it is not known. ``note`` says what it is made of."""

    name: str
    label: Words
    value: float | None
    text: Words
    note: Words = ""


class Mend(BaseModel):
    """A way to mend it: what it does, the command to copy, the page to read."""

    text: Words
    command: Words | None = None
    url: Words | None = None


def mends(remedies: Iterable[Remedy | RemedyModel]) -> list[Mend]:
    """Remedies of a diagnosis, or of a document, as they stand in a report."""
    return [Mend(text=one.text, command=one.command, url=one.url) for one in remedies]


class Seen(BaseModel):
    """What was seen, and where."""

    where: Words
    text: Words


class Cause(BaseModel):
    """The diagnosis behind the verdict."""

    signature: Words
    title: Words
    scope: Scope | None = None


class Item(BaseModel):
    """A check, or a scenario of a drill: how it went in a word (``status``), what it claims, what was found."""

    id: Words
    group: Words
    status: Words
    tone: Tone
    claim: Words
    summary: Words
    signature: Words | None = None
    evidence: tuple[Seen, ...] = ()
    mends: tuple[Mend, ...] = ()
    notes: tuple[Words, ...] = ()


class Failure(BaseModel):
    """A signature that was met ``count`` times; ``example`` is a row's id."""

    signature: Words
    title: Words
    scope: Scope | None
    count: int
    example: Words
    evidence: Words = ""
    mends: tuple[Mend, ...] = ()


class Moment(BaseModel):
    """What came of the calls that ended within a step from ``at`` on: rows that are ``done``, rows ``refused`` on their
    own account, calls ``throttled`` because they came too fast, and those that ``failed`` for any other cause."""

    at: datetime
    done: int
    refused: int
    throttled: int
    failed: int

    @property
    def rate(self) -> float | None:
        """The success rate as the gate reads it: of the calls that say something about the project."""
        return self.done / (self.done + self.failed) if self.done + self.failed else None

    @property
    def any(self) -> bool:
        """Whether anything ended in this step."""
        return bool(self.done or self.refused or self.throttled or self.failed)


class Flow(BaseModel):
    """The run over time, in steps of ``seconds``."""

    seconds: float
    moments: list[Moment]

    @property
    def set_apart(self) -> bool:
        """Whether there is anything that the success rate leaves out."""
        return any(moment.refused or moment.throttled for moment in self.moments)


class Band(BaseModel):
    """Calls that took from ``from_ms`` to ``to_ms`` (null: longer)."""

    from_ms: float
    to_ms: float | None
    count: int


class Latency(BaseModel):
    """How long calls took: nukediag's own, without those of a command that it supervised. The percentiles are read off
    the bands, so they are as coarse as those."""

    bands: list[Band]
    p50_ms: float | None
    p90_ms: float | None
    p99_ms: float | None


class RowSeen(BaseModel):
    """A row to look at: what came of its last call."""

    id: Words
    state: Words
    signature: Words
    scope: Scope | None
    evidence: Words
    attempts: int
    status: int | None = None
    at: datetime | None = None
    duration_ms: float | None = None


class RowsToSee(BaseModel):
    """``total`` rows have no result after a call; the first of them are ``shown``."""

    total: int
    shown: list[RowSeen]


class Fixes(BaseModel):
    """What ``preflight --fix`` planned or did: ``label`` is the action, ``text`` what it is done to, and why."""

    title: Words
    changes: tuple[Fact, ...]
    note: Words = ""


class Subject(BaseModel):
    """What the report is about: the ``schema`` of the document that it tells of, and the exit code that it ended with
    (null: it has not)."""

    kind: Literal["backfill", "preflight", "drill", "test-image", "verify"]
    document: Words
    version: Words
    exit_code: int | None
    run: Words | None = None


class ReportDocument(Document):
    """A report. ``tone`` and ``verdict`` say how it stands in a word, ``why`` in a sentence, ``mends`` what to do
    now; the rest is detail, and empty where there is none."""

    schema_: Literal["nukediag/report/1"] = Field("nukediag/report/1", alias="schema")
    made_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    subject: Subject
    title: Words
    about: tuple[Fact, ...] = ()
    tone: Tone
    verdict: Words
    why: Words
    cause: Cause | None = None
    mends: tuple[Mend, ...] = ()
    fixes: Fixes | None = None
    figures: tuple[Figure, ...] = ()
    gate: tuple[Fact, ...] = ()
    items: tuple[Item, ...] = ()
    flow: Flow | None = None
    latency: Latency | None = None
    failures: tuple[Failure, ...] = ()
    rows: RowsToSee | None = None
    log: tuple[Words, ...] = ()
