"""What the journal tells of one run, put together for those who show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from diag.backfill.result import BackfillResult
from diag.backfill.runs import FailedRow, Latency, PastRun, Runs, Slot
from diag.errors import ExitCode

RunState = Literal["ended", "running", "killed"]
"""``killed``: gone without having recorded its end."""
_MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class History:
    """What the journal knows of a run beside its sums. Times are seconds since 1970. ``rows`` are the latest of
    ``rows_total`` that were called and have no result. ``command`` is what was supervised, or nothing."""

    state: RunState
    started_at: float
    ended_at: float | None
    slots: Sequence[Slot] = ()
    latencies: Sequence[Latency] = ()
    rows: Sequence[FailedRow] = ()
    rows_total: int = 0
    command: str = ""


def state_of(run: PastRun, holder: int | None) -> RunState:
    """How a run stands while ``holder`` is the process that holds the journal (0: its number is not known)."""
    if run.ended_at is not None:
        return "ended"
    return "running" if holder is not None and holder in (0, run.process) else "killed"


def history_of(runs: Runs, run: PastRun) -> History:
    """Raises JournalError."""
    state = state_of(run, runs.running)
    command = run.options.get("command") or ()
    return History(
        state,
        run.started_at,
        run.ended_at if run.ended_at is not None or state == "running" else run.seen_at,
        runs.slots(run.id),
        runs.latencies(run.id),
        runs.failed_rows(run.id, _MOST_ROWS),
        runs.failed_count(run.id),
        command if isinstance(command, str) else " ".join(map(str, command)),
    )


def result_of(runs: Runs, run: PastRun, now: float) -> BackfillResult:
    """What a run comes to, or has come to so far (``now``: seconds since 1970). Raises JournalError."""
    running = state_of(run, runs.running) == "running"
    end = run.ended_at or (now if running else run.seen_at) or run.started_at
    return BackfillResult(
        run=run.id,
        function=run.function,
        pending=run.pending,
        attempted=run.attempted,
        succeeded=run.succeeded,
        failed=run.failed,
        skipped=run.skipped,
        calls=run.calls,
        retries=run.retries,
        signatures=runs.signatures(run.id),
        gate=run.gate,
        stopped=run.stopped,
        passes=run.passes,
        duration_ms=max(0.0, end - run.started_at) * 1000,
        cost_usd=run.cost_usd,
        remaining=run.remaining,
        refused=run.refused,
        unresolved=run.unresolved,
        wasted=run.wasted,
        cost_per_call=run.cost_per_call,
        exit_code=ExitCode(run.exit_code or 0),
    )
