"""Reports for tests: one with everything in it, its words chosen by the test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from diag.report.page.model import (
    Band,
    Cause,
    Fact,
    Failure,
    Figure,
    Fixes,
    Flow,
    Item,
    Latency,
    Mend,
    Moment,
    ReportDocument,
    RowSeen,
    RowsToSee,
    Seen,
    Subject,
)

BEGAN = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def full(words: str = "some words", *, rows: int = 3, steps: int = 4) -> ReportDocument:
    """A report in which every text is ``words``."""
    mend = Mend(text=words, command=words, url=words)
    return ReportDocument(
        exit_code=0,
        made_at=BEGAN,
        subject=Subject(kind="backfill", document="nukediag/backfill/1", version=words, exit_code=6, run=words),
        title=words,
        about=[Fact(label=words, text=words)],
        tone="bad",
        verdict=words,
        why=words,
        cause=Cause(signature=words, title=words, scope="project"),
        mends=[mend, mend],
        fixes=Fixes(title=words, changes=[Fact(label=words, text=words)], note=words),
        figures=[Figure(name="n", label=words, value=1.0, text=words, note=words)],
        gate=[Fact(label=words, text=words)],
        items=[item(words, "bad"), item(words, "good"), item(words, "unknown")],
        flow=flow(steps),
        latency=Latency(bands=[Band(from_ms=500, to_ms=600, count=9)], p50_ms=550, p90_ms=590, p99_ms=599),
        failures=[
            Failure(
                signature=words, title=words, scope="item", count=2, example=words, evidence=words, mends=[mend]
            )
        ],
        rows=RowsToSee(total=rows * 10, shown=[row(words) for _ in range(rows)]),
        log=[words, words],
    )  # fmt: skip


def item(words: str, tone: str) -> Item:
    """A check or scenario."""
    return Item.model_validate(
        {
            **dict.fromkeys(("id", "group", "status", "claim", "summary", "signature"), words),
            "tone": tone,
            "evidence": [Seen(where=words, text=words)],
            "mends": [Mend(text=words, command=words, url=words)],
            "notes": [words],
        }
    )


def row(words: str) -> RowSeen:
    """A row to look at."""
    return RowSeen(
        id=words, state=words, signature=words, scope="item", evidence=words, attempts=2, status=404, duration_ms=812.0
    )


def flow(steps: int) -> Flow:
    """So many steps of ten seconds."""
    moments = [
        Moment(at=BEGAN + timedelta(seconds=10 * number), done=9, refused=1, throttled=1, failed=number % 3)
        for number in range(steps)
    ]
    return Flow(seconds=10, moments=moments)
