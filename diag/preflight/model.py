"""The words of preflight: what a check is, what it found, and what follows from all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from diag.diagnosis import Diagnosis, Evidence, Remedy
from diag.errors import ExitCode
from diag.rows import Outcome
from diag.verify import Verification
from diag.verify.limits import requests_per_second

if TYPE_CHECKING:
    from diag.preflight.facts import Facts


CALL = "call.test"
"""The id of the one check that calls the function."""


class Status(StrEnum):
    """``unknown``: could not tell (network, 5xx, no permission to look). ``skip``: a check that it needs did not
    pass. ``error``: the check itself crashed; the others go on."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIP = "skip"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. ``summary`` is one sentence, ``detail`` more for those who want it. ``source`` is where the
    credential or setting in question came from. ``because`` names what a skip goes back to (a check's id, or the
    flag that asked for it). ``remedies`` are those of the diagnosis unless given."""

    status: Status
    summary: str
    diagnosis: Diagnosis | None = None
    detail: str | None = None
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    source: str | None = None
    because: str | None = None
    attempts: int = 1
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be true.

    ``claim`` says it in the affirmative. ``needs``: checks that must have passed (a warning will do), else this one is
    skipped. ``barred_by``: checks that are waited for, and of which a failure makes this one a waste of money.
    ``required``: without it the project is not healthy. ``must_know``: False where only a failure counts: not knowing
    leaves the verdict alone then, since the test call vouches for the same. ``proved_by_call``: a fresh full test call
    proves it as well.
    ``cost_usd`` is an estimate; 0 is free.
    """

    id: str
    group: str
    claim: str
    run: Callable[[Facts], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    barred_by: tuple[str, ...] = ()
    required: bool = True
    must_know: bool = True
    proved_by_call: bool = False
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check and what it found. ``allowed``: it failed, and that failure counts as a warning, as asked."""

    check: Check
    finding: Finding
    duration_ms: float = 0.0
    allowed: bool = False

    @property
    def status(self) -> Status:
        """The finding's status."""
        return self.finding.status

    @property
    def required(self) -> bool:
        """Whether this result counts for the verdict."""
        unknown = self.status in (Status.UNKNOWN, Status.SKIP)
        return self.check.required and (self.check.must_know or not unknown)

    @property
    def signature(self) -> str | None:
        """The diagnosis behind a warning or a failure."""
        return self.finding.diagnosis.signature if self.finding.diagnosis else None

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """How to mend it."""
        diagnosis = self.finding.diagnosis
        return self.finding.remedies or (diagnosis.remedies if diagnosis else ())

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was seen."""
        diagnosis = self.finding.diagnosis
        return self.finding.evidence or (diagnosis.evidence if diagnosis else ())


Verdict = Literal["healthy", "unhealthy", "unknown"]


@dataclass(frozen=True, slots=True)
class PreflightResult:
    """The whole of a preflight. ``root`` is the result that explains the verdict, None where healthy (or where no
    single finding does). ``outcomes`` are the test calls in order: paid work, which a backfill counts as its own.
    ``verifications`` are the questions that providers were asked."""

    verdict: Verdict
    exit_code: ExitCode
    checks: tuple[CheckResult, ...]
    root: CheckResult | None = None
    outcomes: tuple[Outcome, ...] = ()
    ref: str | None = None
    url: str | None = None
    duration_ms: float = 0.0
    verifications: tuple[Verification, ...] = ()

    @property
    def signature(self) -> str | None:
        """The root cause that explains the verdict, or None."""
        return self.root.signature if self.root else None

    @property
    def outcome(self) -> Outcome | None:
        """The last test call, or None without one."""
        return self.outcomes[-1] if self.outcomes else None

    @property
    def requests_per_second(self) -> float | None:
        """The rate limit that a provider named, or None."""
        return requests_per_second(self.verifications)

    @property
    def cost_usd(self) -> float:
        """What the test calls cost, estimated."""
        return sum(result.finding.cost_usd for result in self.checks)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many checks ended in each status; every status is named."""
        return {status.value: sum(result.status is status for result in self.checks) for status in Status}
