"""The shared queues as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diag.fleet.state import FleetState, QueueState, State, WorkerState
from diag.report.terminal import Paper

_STATES = {
    State.CLOSED: "calls flow",
    State.OPEN: "PAUSED by an alarm",
    State.PROBING: "PROBING: one worker finds out whether to go on",
    State.PAUSED: "paused by somebody",
    State.STOPPED: "STOPPED",
    State.UNKNOWN: "unknown",
}


def overview(state: FleetState | None, paper: Paper) -> list[str]:
    """Everything that is known of a project's queues."""
    if state is None:
        return ["the shared queue is not installed here: nukediag queue install shows what it would add"]
    pgmq = "pgmq" if state.pgmq in (None, "sql") else f"pgmq {state.pgmq}"
    if not state.queues:
        return [f"installed (version {state.version}, {pgmq}), no queue yet: nukediag backfill --queue NAME makes one"]
    return queues_text(state.queues, paper)


def queues_text(queues: Sequence[QueueState], paper: Paper) -> list[str]:
    """Queues with their workers, rate and breaker."""
    return [_indented(line, paper) for queue in queues for line in _queue(queue)]


def _indented(line: str, paper: Paper) -> str:
    text = line.lstrip()
    return " " * (len(line) - len(text)) + paper.words(text)


def _queue(queue: QueueState) -> Iterator[str]:
    work = f": {queue.work.function} for the rows of {queue.work.table}" if queue.work else ""
    yield f"{queue.queue}{work}"
    aside = f", {queue.archived} put aside after too many leases" if queue.archived else ""
    yield f"  messages: {queue.messages}, of which {queue.visible} can be had now{aside}"
    because = f": {queue.why}" if queue.why else ""
    yield f"  {_STATES[queue.state]}{because}, {queue.rate:.1f} calls a second for all workers together"
    if queue.not_before > 0:
        yield f"  the upstream asked to wait: {queue.not_before:.0f} s are left"
    ends = ", ".join(f"{count} {reading.value}" for reading, count in sorted(queue.counts.items()))
    yield f"  calls: {queue.started} granted" + (f"; ended: {ends}" if ends else "")
    yield f"  workers: {len(queue.workers) or 'none'}"
    for worker in queue.workers:
        yield f"  - {_worker(worker)}"


def _worker(worker: WorkerState) -> str:
    about = ", ".join(f"{key} {value}" for key, value in sorted(worker.about.items()))
    return f"{worker.worker}: seen {worker.seen:.0f} s ago, holds {worker.claims} rows" + (
        f", {about}" if about else ""
    )
