"""``nukediag/backfill/1``: what a backfill run came to, for scripts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from diag.backfill import BackfillResult, SignatureCount
from diag.backfill.result import Estimate
from diag.report.documents import Document, RemedyModel
from diag.secret import redact


class SignatureModel(BaseModel):
    """How often a signature was met; ``example`` is a row's id, for ``nukediag test-image``; ``title`` and ``remedies``
    say what it means and how to mend it."""

    signature: str
    scope: Literal["project", "item", "transient"] | None
    count: int
    example: str
    title: str
    remedies: list[RemedyModel]


class GateModel(BaseModel):
    """``none``: nobody asked the gate. ``canaries`` calls were sent for it (preflight's test call among them)."""

    decision: Literal["open", "shut", "undecided", "none"]
    why: str
    canaries: int
    successes: int


class StoppedModel(BaseModel):
    reason: str
    signature: str | None
    why: str


class EstimateModel(BaseModel):
    """What a run would call, and by a guess how long that would take and what it would cost."""

    rows: int
    duration_ms: float
    cost_usd: float


class BackfillDocument(Document):
    """One run. ``failed`` rows were attempted and have no result; ``skipped`` ones were left out because an earlier
    run found them bad. ``remaining`` rows are without a result now (null: could not be counted), ``refused`` of
    them failed on their own account; ``finished`` only where nothing else remains. ``unresolved`` calls were cut
    off, ``wasted`` ones left nothing. ``queued`` rows were put on ``queue`` for workers. ``cost_usd`` is an estimate:
    the calls that may have been paid for, times ``cost_per_call``, the configured cost of one (null: not known).
    ``estimate``: of what a run would do; only a dry run has it."""

    schema_: Literal["nukediag/backfill/1"] = Field("nukediag/backfill/1", alias="schema")
    run: str
    function: str
    pending: int
    attempted: int
    succeeded: int
    failed: int
    skipped: int
    calls: int
    retries: int
    signatures: list[SignatureModel]
    gate: GateModel
    stopped: StoppedModel | None
    passes: int
    duration_ms: float
    cost_usd: float
    finished: bool
    remaining: int | None
    refused: int
    unresolved: int
    wasted: int
    cost_per_call: float | None = None
    queue: str | None
    queued: int
    estimate: EstimateModel | None


_SAME = (
    "run", "function", "pending", "attempted", "succeeded", "failed", "skipped", "calls", "retries", "passes",
    "duration_ms", "cost_usd", "finished", "remaining", "refused", "unresolved", "wasted",
    "cost_per_call", "queue", "queued",
)  # fmt: skip


def backfill_document(result: BackfillResult) -> BackfillDocument:
    """The document of a result."""
    gate, stopped = result.gate, result.stopped
    fields = {
        **{name: getattr(result, name) for name in _SAME},
        "exit_code": int(result.exit_code),
        "estimate": _estimate(result.estimate),
        "signatures": [signature_model(seen) for seen in result.signatures],
        "gate": {
            "decision": gate.decision,
            "why": redact(gate.why),
            "canaries": gate.canaries,
            "successes": gate.successes,
        },
        "stopped": stopped and {"reason": stopped.reason, "signature": stopped.signature, "why": redact(stopped.why)},
    }
    return BackfillDocument.model_validate(fields)


def _estimate(guess: Estimate | None) -> EstimateModel | None:
    if guess is None:
        return None
    return EstimateModel(rows=guess.rows, duration_ms=round(guess.seconds * 1000), cost_usd=guess.cost_usd)


def signature_model(seen: SignatureCount) -> SignatureModel:
    """A signature's part of a document."""
    remedies = [
        RemedyModel(text=redact(one.text), command=one.command and redact(one.command), url=one.url)
        for one in seen.remedies
    ]
    return SignatureModel(
        signature=seen.signature,
        scope=seen.scope and seen.scope.value,
        count=seen.count,
        example=redact(seen.example),
        title=redact(seen.title),
        remedies=remedies,
    )
