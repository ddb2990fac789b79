"""``nukediag/runs/1``, and the same as text: the runs that the journal knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field
from rich.text import Text

from diag.backfill.history import state_of
from diag.backfill.runs import PastRun
from diag.report.documents import Document
from diag.report.terminal import Paper, money


class RunModel(BaseModel):
    """One run. ``killed``: gone without having recorded its end. ``stopped`` is the reason of an early end."""

    run: str
    function: str
    state: Literal["ended", "running", "killed"]
    started_at: datetime
    ended_at: datetime | None
    attempted: int
    succeeded: int
    failed: int
    cost_usd: float
    stopped: str | None
    exit_code: int | None


class RunsDocument(Document):
    """``report --list``: newest first."""

    schema_: Literal["nukediag/runs/1"] = Field("nukediag/runs/1", alias="schema")
    runs: list[RunModel]


def runs_document(runs: Sequence[PastRun], holder: int | None) -> RunsDocument:
    """The document; ``holder`` is the process that holds the journal."""
    return RunsDocument(exit_code=0, runs=[_model(run, holder) for run in runs])


def _model(run: PastRun, holder: int | None) -> RunModel:
    return RunModel(
        run=run.id,
        function=run.function,
        state=state_of(run, holder),
        started_at=datetime.fromtimestamp(run.started_at, UTC),
        ended_at=datetime.fromtimestamp(run.ended_at, UTC) if run.ended_at else None,
        attempted=run.attempted,
        succeeded=run.succeeded,
        failed=run.failed,
        cost_usd=run.cost_usd,
        stopped=run.stopped.reason if run.stopped else None,
        exit_code=run.exit_code,
    )


def runs_text(runs: Sequence[PastRun], holder: int | None, paper: Paper) -> Text:
    """A line for each run."""
    if not runs:
        return Text("no backfill has run on this table from here")
    return Text("\n").join(_line(run, holder, paper) for run in runs)


def _line(run: PastRun, holder: int | None, paper: Paper) -> Text:
    state = state_of(run, holder)
    how = f"stopped: {run.stopped.reason}" if run.stopped else "done" if state == "ended" else state
    figures = f"{run.succeeded:,} done, {run.failed:,} failed, about {money(run.cost_usd)}"
    return Text(run.id, "bold") + Text(f"  {paper.words(how):<22} {paper.words(figures)}")
