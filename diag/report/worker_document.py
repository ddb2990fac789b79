"""``nukediag/worker/1``: what one worker on a shared queue did, for scripts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from diag.fleet.worker import WorkerResult
from diag.report.backfill_document import BackfillDocument, SignatureModel, StoppedModel, backfill_document
from diag.report.documents import Document


class ArchivedModel(BaseModel):
    """A message that was leased too often and was put aside, with the rows that it held."""

    id: int
    ids: list[str]
    reads: int


class WorkerDocument(Document):
    """``failed`` rows were attempted here and have no result by this worker; most of them went back to the queue.
    ``given_up`` ones did not: a later backfill finds them again. ``skipped`` ones were
    not called: an earlier run on this machine found them bad."""

    schema_: Literal["nukediag/worker/1"] = Field("nukediag/worker/1", alias="schema")
    worker: str
    queue: str
    run: str
    function: str
    attempted: int
    succeeded: int
    failed: int
    given_up: int
    skipped: int
    archived: list[ArchivedModel]
    calls: int
    retries: int
    unresolved: int
    cost_usd: float
    duration_ms: float
    signatures: list[SignatureModel]
    stopped: StoppedModel | None


_SAME = ("run", "function", "attempted", "succeeded", "failed", "calls", "retries", "unresolved", "cost_usd",
         "duration_ms", "signatures", "stopped")  # fmt: skip


def worker_document(result: WorkerResult) -> WorkerDocument:
    """The document of a result."""
    run: BackfillDocument = backfill_document(result.run)
    return WorkerDocument(
        exit_code=int(result.exit_code),
        worker=result.worker,
        queue=result.queue,
        given_up=result.given_up,
        skipped=result.skipped,
        archived=[ArchivedModel(id=one.id, ids=list(one.ids), reads=one.reads) for one in result.archived],
        **{name: getattr(run, name) for name in _SAME},
    )


def worker_text(result: WorkerResult) -> str:
    """The same in a sentence or three."""
    run = result.run
    lines = [f"{run.succeeded:,} rows done in {run.calls:,} calls (about ${run.cost_usd:,.2f})"]
    if run.stopped is not None:
        lines.append(f"stopped ({run.stopped.reason}): {run.stopped.why}")
    if result.given_up:
        lines.append(f"{result.given_up:,} rows have no result; a later backfill finds them again")
    if result.skipped:
        lines.append(f"{result.skipped:,} rows were skipped: an earlier run here found them bad (--retry-failed)")
    lines += [f"message {one.id} was put aside with {len(one.ids)} rows" for one in result.archived]
    return "\n".join(lines)
