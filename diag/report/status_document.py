"""``nukediag/status/1``: how a table and its latest backfill stand, for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field

from diag.backfill.runs import PastRun
from diag.backfill.standing import Standing
from diag.errors import ExitCode
from diag.fleet.state import QueueState
from diag.report.backfill_document import SignatureModel, StoppedModel, signature_model
from diag.report.documents import Document
from diag.secret import redact


class ProblemModel(BaseModel):
    """Why the database could not be asked."""

    signature: str
    message: str


class StatusRunModel(BaseModel):
    """The latest run. ``state``: ``running`` (in ``process``; ``phase`` says what it does: begun, gate, running,
    paused, resting, stopping), ``ended``, or ``killed`` (gone without having recorded its end). ``success_rate`` is
    the share of attempted rows that are done. ``cost_usd`` is estimated. ``signatures`` are those met most often."""

    run: str
    function: str
    state: Literal["running", "ended", "killed"]
    phase: str
    process: int | None
    started_at: datetime
    ended_at: datetime | None
    seen_at: datetime | None
    in_flight: int
    pending: int
    attempted: int
    succeeded: int
    failed: int
    skipped: int
    calls: int
    retries: int
    wasted: int
    unresolved: int
    success_rate: float | None
    cost_usd: float
    stopped: StoppedModel | None
    exit_code: int | None
    signatures: list[SignatureModel]


class PaceModel(BaseModel):
    """The running backfill's speed over the last ``window_ms``: rows settled per second, the success rate as the gate
    reads it, and when it will have called every row at that speed."""

    window_ms: float
    rows_per_second: float
    success_rate: float | None
    left_ms: float | None
    estimated_end: datetime | None


class StatusDocument(Document):
    """``pending`` and ``done`` are counted in the database (null: it could not be asked, ``problem`` says why);
    ``refused`` of the pending ones are recorded as failed on their own account. ``journal`` is why the journal could
    not be read, or null. ``run`` is null where none is known here, ``pace`` where none is running. ``queues`` are the
    shared queues of this table with their workers, rate and breaker; times in them are seconds from now."""

    schema_: Literal["nukediag/status/1"] = Field("nukediag/status/1", alias="schema")
    table: str
    function: str
    pending: int | None
    done: int | None
    refused: int
    problem: ProblemModel | None
    journal: str | None
    run: StatusRunModel | None
    pace: PaceModel | None
    queues: list[QueueState]


_SAME = (
    "function", "phase", "in_flight", "pending", "attempted", "succeeded", "failed", "skipped", "calls", "retries",
    "wasted", "unresolved", "cost_usd", "exit_code",
)  # fmt: skip
_MOST = 20


def exit_code(standing: Standing) -> ExitCode:
    """5 where the database or the journal could not be read, or no row at all is visible to this key."""
    return ExitCode.OK if standing.counts.seen and not standing.trouble else ExitCode.CANNOT_VOUCH


def status_document(standing: Standing, now: float, queues: Sequence[QueueState] = ()) -> StatusDocument:
    """The document; ``now`` in seconds since 1970."""
    counts = standing.counts
    problem = counts.problem and ProblemModel(signature=counts.problem.signature, message=redact(counts.message))
    return StatusDocument(
        exit_code=exit_code(standing),
        table=standing.table,
        function=standing.function,
        pending=counts.pending,
        done=counts.done,
        refused=standing.refused,
        problem=problem,
        journal=standing.trouble and redact(standing.trouble.message),
        run=_run(standing, standing.run) if standing.run else None,
        pace=_pace(standing, now),
        queues=list(queues),
    )


def _run(standing: Standing, run: PastRun) -> StatusRunModel:
    stopped, running = run.stopped, standing.state == "running"
    signatures = [signature_model(seen) for seen in standing.signatures[:_MOST]]
    return StatusRunModel.model_validate(
        {
            **{name: getattr(run, name) for name in _SAME},
            "run": run.id,
            "state": standing.state,
            "process": run.process if running else None,
            "started_at": _time(run.started_at),
            "ended_at": _time(run.ended_at),
            "seen_at": _time(run.seen_at),
            "success_rate": run.succeeded / run.attempted if run.attempted else None,
            "stopped": stopped
            and {"reason": stopped.reason, "signature": stopped.signature, "why": redact(stopped.why)},
            "signatures": signatures,
        }
    )


def _pace(standing: Standing, now: float) -> PaceModel | None:
    pace, left = standing.pace, standing.seconds_left
    if pace is None:
        return None
    return PaceModel(
        window_ms=round(pace.seconds * 1000),
        rows_per_second=round(pace.rate, 3),
        success_rate=pace.success_rate,
        left_ms=None if left is None else round(left * 1000),
        estimated_end=None if left is None else _time(now + left),
    )


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
