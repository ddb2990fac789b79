"""What a backfill run comes to."""

from __future__ import annotations

from dataclasses import dataclass, field

from diag.diagnosis import Remedy, Scope
from diag.errors import ExitCode


@dataclass(frozen=True, slots=True)
class SignatureCount:
    """How often a signature was met. ``example`` is the id of the first row that met it; ``title`` and ``remedies``
    are those of its diagnosis."""

    signature: str
    scope: Scope | None
    count: int
    example: str
    title: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate decided (``open``, ``shut``, ``undecided``; ``none``: nobody asked it) and why, in a sentence;
    ``canaries`` calls were sent for it, ``successes`` of them were good."""

    decision: str = "none"
    why: str = "no gate was asked for"
    canaries: int = 0
    successes: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a run ended early: ``reason`` is ``gate``, ``guard``, ``interrupted``, ``control`` (told so from another
    terminal), ``max-calls``, ``max-cost``, ``max-duration``, ``database``, ``command`` (a supervised command ended
    before its work was done), ``error`` (nukediag itself failed) or ``no-rows-visible``; ``signature`` is the diagnosis
    behind it; ``why`` a sentence."""

    reason: str
    signature: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would call (``rows``), how long that would take and what it would cost."""

    rows: int
    seconds: float
    cost_usd: float


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """One run. ``pending`` rows were without a result when it began, ``remaining`` are now; ``refused`` of those are
    recorded as failed on their own account. ``unresolved`` calls were in flight when the run was stopped: nobody
    knows yet what became of them. ``wasted`` calls were paid for and left nothing. ``queued`` rows
    were put on ``queue`` for workers. Money is an estimate:
    the calls that may have been paid for times the configured cost of one (``cost_per_call``, None where it is not
    known any more). ``estimate``: of a dry run."""

    run: str
    function: str
    pending: int
    attempted: int = 0
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0
    calls: int = 0
    retries: int = 0
    signatures: tuple[SignatureCount, ...] = ()
    gate: GateReport = field(default_factory=GateReport)
    stopped: Stopped | None = None
    passes: int = 0
    duration_ms: float = 0.0
    cost_usd: float = 0.0
    remaining: int | None = None
    refused: int = 0
    unresolved: int = 0
    wasted: int = 0
    cost_per_call: float | None = None
    queue: str | None = None
    queued: int = 0
    estimate: Estimate | None = None
    exit_code: ExitCode = ExitCode.OK

    @property
    def wasted_usd(self) -> float:
        """The money in ``wasted``, in USD; at the average price of all calls where that of one is not known."""
        if self.cost_per_call is not None:
            return self.wasted * self.cost_per_call
        return self.wasted * self.cost_usd / self.calls if self.calls else 0.0

    @property
    def finished(self) -> bool:
        """Nothing is left but rows that are recorded as failed on their own account, by a fresh count."""
        return self.stopped is None and self.remaining is not None and self.remaining <= self.refused
