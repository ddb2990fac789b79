"""The queues as text."""

from __future__ import annotations

from diag.fleet.state import FleetState, QueueState, State, WorkerState
from diag.gate import Reading
from diag.report.queue_text import overview
from diag.report.terminal import Paper

PAPER = Paper(None)


def state_of(*queues: QueueState) -> FleetState:
    return FleetState(version=1, pgmq="1.5.1", queues=queues)


def test_what_is_not_there_names_the_next_step() -> None:
    assert "nukediag queue install" in overview(None, PAPER)[0]
    assert "nukediag backfill --queue" in overview(state_of(), PAPER)[0]
    assert "pgmq 1.5.1" in overview(state_of(), PAPER)[0]


def test_an_alarm_is_told_with_its_reason_and_every_worker_is_named() -> None:
    queue = QueueState(
        queue="photos", state=State.STOPPED, why="openai.key-invalid came 2 times", rate=14.2, messages=7, visible=5,
        archived=2, started=33, counts={Reading.SUCCESS: 31, Reading.PROJECT: 2}, not_before=12,
        workers=(WorkerState(worker="host-7", seen=3.4, started=60, claims=50, about={"in_flight": 8}),),
    )  # fmt: skip
    assert overview(state_of(queue), PAPER) == [
        "photos",
        "  messages: 7, of which 5 can be had now, 2 put aside after too many leases",
        "  STOPPED: openai.key-invalid came 2 times, 14.2 calls a second for all workers together",
        "  the upstream asked to wait: 12 s are left",
        "  calls: 33 granted; ended: 2 project, 31 success",
        "  workers: 1",
        "  - host-7: seen 3 s ago, holds 50 rows, in_flight 8",
    ]


def test_a_workers_words_cannot_break_the_page() -> None:
    worker = WorkerState(worker="a\nb\x1b[31m", seen=0, started=0, about={"state": "x\ny\x07"})
    queue = QueueState(queue="photos", state=State.CLOSED, workers=(worker,))
    lines = overview(state_of(queue), PAPER)
    assert len(lines) == 6
    assert not any(letter in line for line in lines for letter in "\n\x1b\x07")
