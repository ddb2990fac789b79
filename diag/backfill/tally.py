"""The figures of one run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from diag.backfill.fate import Fate, is_wasted
from diag.backfill.job import Answered
from diag.backfill.result import SignatureCount
from diag.diagnosis import Diagnosis, Verdict
from diag.rows.outcome import Outcome


@dataclass
class Tally:
    """``price`` is the estimated cost of one call in USD. ``failed`` rows include those that are called again."""

    price: float = 0.0
    pending: int = 0
    attempted: int = 0
    succeeded: int = 0
    skipped: int = 0
    calls: int = 0
    paid: int = 0
    retries: int = 0
    wasted: int = 0
    unresolved: int = 0
    _signatures: dict[str, SignatureCount] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Rows that were attempted and have no result so far."""
        return self.attempted - self.succeeded

    @property
    def cost_usd(self) -> float:
        """What was spent, estimated."""
        return round(self.paid * self.price, 6)

    @property
    def signatures(self) -> tuple[SignatureCount, ...]:
        """Every signature that was met, apart from success; the most frequent first."""
        return tuple(sorted(self._signatures.values(), key=lambda seen: (-seen.count, seen.signature)))

    def add(self, answered: Answered) -> None:
        """One more outcome."""
        job = answered.job
        if not job.answered:
            job.answered = True
            self.attempted += 1
        if answered.outcome.called:
            self.retries += job.retries > 0
        self.add_call(answered.outcome)
        self.succeeded += answered.fate is Fate.DONE

    def add_call(self, outcome: Outcome) -> None:
        """Count the money and the signature of a call."""
        self.calls += outcome.called
        self.paid += outcome.may_be_paid
        self.wasted += is_wasted(outcome)
        if outcome.diagnosis.verdict is Verdict.OK:
            return
        diagnosis = outcome.diagnosis
        seen = self._signatures.get(diagnosis.signature) or first_seen(diagnosis, outcome.row.id)
        self._signatures[diagnosis.signature] = replace(seen, count=seen.count + 1)


def first_seen(diagnosis: Diagnosis, example: str) -> SignatureCount:
    """A signature that has not been counted yet."""
    return SignatureCount(
        diagnosis.signature, diagnosis.scope, 0, example, diagnosis.title, diagnosis.remedies
    )  # fmt: skip
