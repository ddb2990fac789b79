"""A backfill run as a report: how it stands, what it cost, what failed and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from diag.backfill.history import History
from diag.backfill.result import BackfillResult, GateReport, SignatureCount, Stopped
from diag.backfill.runs import FailedRow
from diag.catalogue import describe
from diag.diagnosis import Remedy, Scope
from diag.errors import ExitCode
from diag.report.backfill_document import BackfillDocument, SignatureModel
from diag.report.backfill_text import duration
from diag.report.page.model import (
    Cause,
    Fact,
    Failure,
    Figure,
    Mend,
    ReportDocument,
    RowSeen,
    RowsToSee,
    Subject,
    Tone,
    mends,
)  # fmt: skip
from diag.report.page.times import flow, latency
from diag.report.page.words import clock, share
from diag.report.terminal import money
from diag.rows.command import look_at

_MOST_KINDS = 50
_ON_PURPOSE = ("interrupted", "control", "max-calls", "max-cost", "max-duration")
"""Reasons of an early end at which nothing is wrong."""
_AGAIN = Mend(text="run the same command again: it goes on where this one stopped, and calls no row twice that is done")


def report_of_backfill(result: BackfillResult, history: History | None = None, version: str = "") -> ReportDocument:
    """The report of a run. ``version``: of the nukediag that ran it, where it is known."""
    verdict, tone, why = _verdict(result, history)
    ended = history is None or history.state == "ended"
    return ReportDocument(
        exit_code=0,
        subject=Subject(
            kind="backfill",
            document="nukediag/backfill/1",
            version=version,
            exit_code=int(result.exit_code) if ended else None,
            run=result.run,
        ),
        title=f"Backfill with {result.function}",
        about=list(_about(result, history)),
        tone=tone,
        verdict=verdict,
        why=why,
        cause=_cause(result),
        mends=_mends(result, history),
        figures=list(_figures(result)),
        gate=list(_gate(result.gate)),
        flow=flow(history.slots) if history else None,
        latency=latency(history.latencies) if history else None,
        failures=[_failure(seen, history) for seen in result.signatures[:_MOST_KINDS]],
        rows=_rows(history) if history else None,
    )


def told_by(document: BackfillDocument) -> BackfillResult:
    """The run that a document tells of."""
    stopped = document.stopped
    fields: dict[str, Any] = {name: getattr(document, name) for name in BackfillResult.__slots__ if name in _PLAIN}
    return BackfillResult(
        **fields,
        signatures=tuple(_signature(seen) for seen in document.signatures),
        gate=GateReport(
            document.gate.decision, document.gate.why, document.gate.canaries, document.gate.successes
        ),
        stopped=Stopped(stopped.reason, stopped.signature, stopped.why) if stopped else None,
        exit_code=ExitCode(document.exit_code),
    )  # fmt: skip


def _signature(seen: SignatureModel) -> SignatureCount:
    remedies = tuple(Remedy(one.text, one.command, one.url) for one in seen.remedies)
    scope = Scope(seen.scope) if seen.scope else None
    return SignatureCount(seen.signature, scope, seen.count, seen.example, seen.title, remedies)


_PLAIN = set(BackfillResult.__slots__) - {"signatures", "gate", "stopped", "exit_code"}


def _verdict(result: BackfillResult, history: History | None) -> tuple[str, Tone, str]:
    if history and history.state == "running":
        return "running", "busy", f"{result.attempted:,} of {result.pending:,} rows have been attempted so far"
    if history and history.state == "killed":
        return "killed", "warn", "the process went away without recording its end; what it had done is recorded"
    return _ended(result)


def _ended(result: BackfillResult) -> tuple[str, Tone, str]:
    told = result.stopped.why if result.stopped else ""
    if result.exit_code is ExitCode.UNHEALTHY:
        return "not started", "bad", told or "the gate stayed shut"
    if result.stopped is not None:
        reason = result.stopped.reason
        verdict = "interrupted" if reason == "interrupted" else "stopped"
        return verdict, "warn" if reason in _ON_PURPOSE else "bad", told or reason
    tone: Tone = "warn" if result.failed else "good"
    if result.finished:
        return "finished", tone, _nothing_left(result)
    if result.remaining is None:
        return "done", tone, "how many rows are left could not be counted"
    return "done", tone, f"{result.remaining:,} rows are still without a result"


def _nothing_left(result: BackfillResult) -> str:
    if not result.remaining:
        return "no row is left without a result"
    return f"no row is left but {result.refused:,} that fail on their own account"


def _about(result: BackfillResult, history: History | None) -> Iterator[Fact]:
    yield Fact(label="run", text=result.run)
    if history:
        ended = f" to {clock(history.ended_at)}" if history.ended_at else ""
        yield Fact(label="time", text=f"{clock(history.started_at)}{ended}")
        if history.command:
            yield Fact(label="command", text=history.command)


def _cause(result: BackfillResult) -> Cause | None:
    signature = result.stopped.signature if result.stopped else None
    if not signature:
        return None
    title, scope, _ = _known(signature, result.signatures)
    return Cause(signature=signature, title=title, scope=scope)


def _known(
    signature: str, seen: Sequence[SignatureCount], context: dict[str, str] | None = None
) -> tuple[str, Scope | None, tuple[Remedy, ...]]:
    """Title, scope and remedies: as they were when it was met, else the catalogue's."""
    met = next((one for one in seen if one.signature == signature), None)
    told = describe(signature, context=context)
    if told.signature != signature:  # one of the user's own
        return (met.title, met.scope, met.remedies) if met else ("", None, ())
    return (
        (met and met.title) or told.title,
        (met and met.scope) or told.scope,
        (met and met.remedies) or told.remedies,
    )  # fmt: skip


def _mends(result: BackfillResult, history: History | None) -> list[Mend]:
    context = {"function": result.function}
    if result.stopped and result.stopped.signature:
        _, _, remedies = _known(result.stopped.signature, result.signatures, context)
        return [*mends(remedies), _AGAIN]
    if result.stopped or (history and history.state == "killed"):
        return [_AGAIN]
    example = next((seen.example for seen in result.signatures if seen.example), None)
    if result.failed and example:
        return [Mend(text="look at one of the failed rows", command=look_at(example))]
    return []


def _figures(result: BackfillResult) -> Iterator[Figure]:
    done, attempted = result.succeeded, result.attempted
    rate = done / attempted if attempted else None
    seconds = result.duration_ms / 1000
    pace = done / seconds if seconds and done else None
    yield _figure("succeeded", "rows done", done, f"{done:,}", f"of {result.pending:,} that were pending")
    yield _figure("success_rate", "success rate", rate, share(rate) or "–", f"{attempted:,} rows attempted")
    if result.failed:
        yield _figure("failed", "rows failed", result.failed, f"{result.failed:,}", "attempted, no result so far")
    if result.remaining is not None:
        refused = f"{result.refused:,} of them fail on their own account" if result.refused else "without a result now"
        yield _figure("remaining", "rows left", result.remaining, f"{result.remaining:,}", refused)
    yield _figure("duration_ms", "took", result.duration_ms, duration(seconds), f"{pace:.3g} rows/s" if pace else "")
    retries = f"{result.calls:,} calls, {result.retries:,} of them retries; estimated"
    yield _figure("cost_usd", "spent", result.cost_usd, _spent(result.cost_usd), retries)
    wasted, nothing = result.wasted_usd, f"{result.wasted:,} calls were paid for, or may have been, and left nothing"
    yield _figure("wasted_usd", "wasted", wasted, _spent(wasted), nothing)
    if result.unresolved:
        yield _figure("unresolved", "cut off", result.unresolved, f"{result.unresolved:,}", "the next run looks first")


def _spent(usd: float) -> str:
    return money(usd) if usd else "nothing"


def _figure(name: str, label: str, value: float | None, text: str, note: str) -> Figure:
    return Figure(name=name, label=label, value=value, text=text, note=note)


def _gate(gate: GateReport) -> Iterator[Fact]:
    yield Fact(label="decision", text=gate.decision)
    yield Fact(label="why", text=gate.why)
    if gate.canaries:
        yield Fact(label="canary calls", text=f"{gate.successes:,} of {gate.canaries:,} were good")


def _failure(seen: SignatureCount, history: History | None) -> Failure:
    title, scope, remedies = _known(seen.signature, [seen])
    rows = history.rows if history else ()
    evidence = next((row.evidence for row in rows if row.signature == seen.signature and row.evidence), "")
    return Failure(
        signature=seen.signature,
        title=title,
        scope=scope,
        count=seen.count,
        example=seen.example,
        evidence=evidence,
        mends=mends(remedies),
    )


def _rows(history: History) -> RowsToSee:
    return RowsToSee(total=history.rows_total, shown=[_row(row) for row in history.rows])


def _row(row: FailedRow) -> RowSeen:
    return RowSeen(
        id=row.id,
        state=row.state,
        signature=row.signature or "",
        scope=row.scope,
        evidence=row.evidence,
        attempts=row.attempts,
        status=row.status,
        at=datetime.fromtimestamp(row.ended_at, UTC) if row.ended_at else None,
        duration_ms=row.duration_ms,
    )
