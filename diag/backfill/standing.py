"""How a table stands: what the database counts and what the journal tells of the latest run, while it may be going on
in another process. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diag.backfill.history import RunState, state_of
from diag.backfill.journal import journal_path
from diag.backfill.result import SignatureCount
from diag.backfill.runs import PastRun, Runs, Slot
from diag.catalogue import remedies
from diag.config.settings import Settings
from diag.diagnosis import Diagnosis
from diag.errors import JournalError
from diag.project import Project, ProjectError
from diag.rows import count_pending

WINDOW = 300.0
"""Seconds over which the present rate is taken."""
_NOT_GOING_ON = ("paused", "stopping")
_SHORTEST = 2.0  # seconds: over less, a rate is chance


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database says: rows without a result and rows that are done. ``problem`` is why it could not be asked;
    then both are None."""

    pending: int | None = None
    done: int | None = None
    problem: Diagnosis | None = None
    message: str = ""

    @property
    def seen(self) -> bool:
        """Whether rows are visible at all: two zeros may only mean that this key sees none."""
        return bool(self.pending or self.done)


@dataclass(frozen=True, slots=True)
class Pace:
    """What came to an end in the last ``seconds``: rows that are ``settled`` (done, or refused on their own account),
    and the answers that the gate would call ``good`` and ``failed``."""

    seconds: float
    settled: int
    good: int
    failed: int

    @property
    def rate(self) -> float:
        """Settled rows per second."""
        return self.settled / self.seconds

    @property
    def success_rate(self) -> float | None:
        """As the gate reads it, or None where no answer said anything."""
        return self.good / (self.good + self.failed) if self.good + self.failed else None


@dataclass(frozen=True, slots=True)
class Standing:
    """``refused``: pending rows that are recorded as failed on their own account. ``run`` is the latest one and
    ``state`` how it stands, ``pace`` its present speed where it is running, ``signatures`` what it has met.
    ``trouble``: why the journal could not be read."""

    table: str
    function: str
    counts: Counts
    refused: int = 0
    run: PastRun | None = None
    state: RunState | None = None
    pace: Pace | None = None
    signatures: Sequence[SignatureCount] = ()
    trouble: JournalError | None = None

    @property
    def left(self) -> int | None:
        """Rows that a run would still call; None where they could not be counted."""
        return None if self.counts.pending is None else max(0, self.counts.pending - self.refused)

    @property
    def seconds_left(self) -> float | None:
        """Until the running backfill has called them all, at its present rate; None where that cannot be said."""
        if self.left is None or self.pace is None or not self.pace.settled or self.run is None:
            return None
        if self.run.phase in _NOT_GOING_ON:
            return None
        return self.left / self.pace.rate


async def look(project: Project, settings: Settings, now: float) -> Standing:
    """Never raises for the database or the journal: where one of them cannot be read, the rest is told, and that.
    ``now``: seconds since 1970."""
    counted = Standing(settings.table.name, settings.function.name, await count(project, settings))
    runs = Runs(journal_path(project.configuration.state_dir, settings.table.name))
    try:
        return with_run(replace(counted, refused=runs.refused(counted.function)), runs, now)
    except JournalError as error:
        return replace(counted, trouble=error)


def with_run(standing: Standing, runs: Runs, now: float) -> Standing:
    """With what the journal tells of the latest run. Raises JournalError."""
    run = next(iter(runs.latest(1)), None)
    if run is None:
        return standing
    state = state_of(run, runs.running)
    pace = pace_of(runs.slots(run.id), run.started_at, now) if state == "running" else None
    return replace(standing, run=run, state=state, pace=pace, signatures=runs.signatures(run.id))


async def count(project: Project, settings: Settings) -> Counts:
    """One HEAD request each for pending and done rows."""
    table = settings.table
    try:
        pending = await count_pending(project, settings)
        done = await project.data.count(table.name, {**table.where, table.marker: "not.is.null"})
    except ProjectError as error:
        context = {"ref": project.configuration.ref or "", "function": settings.function.name, "table": table.name}
        problem = replace(error.diagnosis, remedies=remedies(error.diagnosis.signature, context))
        return Counts(problem=problem, message=error.message)
    return Counts(pending, done)


def pace_of(slots: Sequence[Slot], started_at: float, now: float, window: float = WINDOW) -> Pace | None:
    """The speed over the last ``window`` seconds, or since the run began; None where that is too short to say."""
    begin = now - window
    recent = [slot for slot in slots if slot.at + slot.width > begin]
    if not recent:
        return Pace(window, 0, 0, 0) if now - started_at >= window else None
    # Slots are wide in long runs: the first one is counted as a whole, so the time begins with it.
    seconds = now - max(started_at, min(recent[0].at, now) if recent[0].at < begin else begin)
    if seconds < _SHORTEST:
        return None
    settled = sum(slot.good + slot.refused for slot in recent)
    return Pace(seconds, settled, sum(slot.good for slot in recent), sum(slot.failed for slot in recent))
