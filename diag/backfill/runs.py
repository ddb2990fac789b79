"""The runs that a journal knows, for those who look at them: read only, while another process may be writing.

Readers of a WAL database block no writer and are blocked by none. Every method reads afresh.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from diag.backfill.counters import STEPS
from diag.backfill.lease import holder
from diag.backfill.records import State
from diag.backfill.result import GateReport, SignatureCount, Stopped
from diag.backfill.writer import translate
from diag.diagnosis import Remedy, Scope
from diag.errors import ExitCode

_RUN = (
    "id", "function", "process", "started_at", "ended_at", "seen_at", "phase", "start_rate", "in_flight", "pending",
    "attempted", "succeeded", "failed", "skipped", "calls", "retries", "wasted", "unresolved", "passes", "refused",
    "remaining", "cost_usd", "exit_code",
)  # fmt: skip
T = TypeVar("T")
_KINDS: Mapping[str, Any] = {
    "int": int, "float": int | float, "str": str,
    "int | None": int | None, "float | None": int | float | None, "str | None": str | None,
    "Scope | None": Scope | None, "GateReport": GateReport, "Stopped | None": Stopped | None,
    "Mapping[str, Any]": dict, "tuple[Remedy, ...]": tuple,
}  # fmt: skip
"""Every kind of a field that is read here: one without an entry cannot be read at all."""
_LAST = 253_370_764_800  # seconds since 1970: the year 9999, the last that a date can have
_TIMES = ("at", "started_at", "ended_at", "seen_at")
_WITHOUT_RESULT = (State.REFUSED, State.FAILED, State.UNRESOLVED, State.BROKEN)


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run as the journal has it. Times are seconds since 1970; ``ended_at`` is None for one that is running or
    was killed, ``seen_at`` is when it last wrote its figures. ``phase``: ``begun``, ``gate``, ``running``, ``paused``,
    ``resting`` (the guard's pause), ``stopping`` or ``ended``. ``start_rate`` is what the limiter lets start per
    second. ``cost_usd`` is estimated. ``options`` are those of the run; with a ``command`` it was supervised."""

    id: str
    function: str
    process: int
    started_at: float
    ended_at: float | None
    seen_at: float | None
    phase: str
    start_rate: float | None
    in_flight: int
    pending: int
    attempted: int
    succeeded: int
    failed: int
    skipped: int
    calls: int
    retries: int
    wasted: int
    unresolved: int
    passes: int
    refused: int
    remaining: int | None
    cost_usd: float
    exit_code: int | None
    options: Mapping[str, Any]
    gate: GateReport
    stopped: Stopped | None

    @property
    def cost_per_call(self) -> float | None:
        """What a call was taken to cost, in USD; None where an earlier nukediag or a damaged file does not say."""
        noted = self.options.get("cost_per_call")
        if not isinstance(noted, int | float) or isinstance(noted, bool):
            return None
        return float(noted) if math.isfinite(noted) and noted >= 0 else None


@dataclass(frozen=True, slots=True)
class Slot:
    """What came to its end from ``at`` (seconds since 1970) for ``width`` seconds. ``good`` rows are done, ``refused``
    ones failed on their own account, ``failed`` calls for any other cause, ``throttled`` ones for our own speed."""

    at: int
    width: int
    calls: int
    good: int
    refused: int
    failed: int
    throttled: int
    wasted: int


@dataclass(frozen=True, slots=True)
class Latency:
    """How many calls took from ``low`` to ``high`` milliseconds, and were ``good`` or ``bad``."""

    low: float
    high: float
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row without a result as its last call left it: ``state`` in lower case, when the call began and ended (seconds
    since 1970), what it met, and a short ``evidence`` without credentials."""

    id: str
    state: str
    attempts: int
    started_at: float | None
    ended_at: float | None
    duration_ms: float | None
    signature: str | None
    scope: Scope | None
    status: int | None
    evidence: str


class Runs:
    """The journal at ``path``. Methods raise JournalError; without a journal there are no runs."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def running(self) -> int | None:
        """The process that is running a backfill of this table now (0: its number is not known), or None."""
        return holder(self.path.with_suffix(".lock"))

    def latest(self, most: int = 20) -> list[PastRun]:
        """Newest first."""
        return self._past("ORDER BY started_at DESC LIMIT ?", most)

    def run(self, name: str) -> PastRun | None:
        """The run of this id."""
        return next(iter(self._past("WHERE id = ?", name)), None)

    def signatures(self, run: str) -> tuple[SignatureCount, ...]:
        """What a run has met apart from success, the most frequent first, each with its title and its remedies."""
        sql = "SELECT signature, scope, count, example, title, remedies FROM tally WHERE run = ? ORDER BY 3 DESC, 1"
        return tuple(self._read(_signature_count, sql, run))

    def slots(self, run: str) -> list[Slot]:
        """Counts over time, oldest first, 720 of them at most; slots without anything are left out."""
        sql = "SELECT at, width, calls, good, refused, failed, throttled, wasted FROM pace WHERE run = ? ORDER BY at"
        return self._read(_slot, sql, run)

    def latencies(self, run: str) -> list[Latency]:
        """The distribution of the calls' durations, shortest first."""
        sql = "SELECT bucket, good, bad FROM latency WHERE run = ? ORDER BY bucket"
        return self._read(lambda found: Latency(_bound(found[0]), _bound(found[0] + 1), *found[1:]), sql, run)

    def failed_rows(self, run: str, most: int = 100, signature: str | None = None) -> list[FailedRow]:
        """Rows that this run was the last to call and that have no result, latest first."""
        wanted = f"state > 2 AND state IN ({','.join('?' * len(_WITHOUT_RESULT))}) AND run = ?"
        values: list[object] = [*_WITHOUT_RESULT, run]
        if signature is not None:
            wanted, values = f"{wanted} AND signature = ?", [*values, signature]
        columns = "id, state, attempts, started_at, ended_at, duration_ms, signature, scope, status, evidence"
        sql = f"SELECT {columns} FROM item WHERE {wanted} ORDER BY ended_at DESC LIMIT ?"  # noqa: S608 - our own words
        return self._read(_failed_row, sql, *values, most)

    def failed_count(self, run: str) -> int:
        """How many rows this run was the last to call and that have no result."""
        marks = ",".join("?" * len(_WITHOUT_RESULT))
        sql = f"SELECT count(*) FROM item WHERE state > 2 AND state IN ({marks}) AND run = ?"  # noqa: S608 - only "?"
        return sum(self._read(_count, sql, *_WITHOUT_RESULT, run))

    def refused(self, function: str) -> int:
        """How many rows all runs so far have recorded as failed on their own account."""
        sql = "SELECT count(*) FROM item WHERE function = ? AND state > 2 AND state = ?"
        return sum(self._read(_count, sql, function, State.REFUSED))

    def unended(self, function: str, most: int = 1000) -> list[str]:
        """Rows whose last call has no known end, latest first: under way, or left so by a run that was killed."""
        sql = "SELECT id FROM item WHERE function = ? AND state IN (?, ?) ORDER BY started_at DESC LIMIT ?"
        return self._read(_row_id, sql, function, State.IN_FLIGHT, State.UNRESOLVED, most)

    def _past(self, which: str, value: object) -> list[PastRun]:
        sql = f"SELECT {', '.join(_RUN)}, options, gate, stopped FROM run {which}"  # noqa: S608 - our own words
        return self._read(_past_run, sql, value)

    def _read(self, make: Callable[[Sequence[Any]], T], sql: str, *values: object) -> list[T]:
        """What ``make`` makes of each line. What no nukediag has written is a fault of the file, like a page of it
        that cannot be read: a disk may have turned a number into a text."""
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=10)) as db:
                return [_sound(make(found)) for found in db.execute(sql, values)]
        except (sqlite3.Error, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise translate(error, self.path) from None


def refused_rows(path: Path, function: str) -> int:
    """How many rows earlier runs have recorded as failed on their own account. Reads only; 0 without a journal."""
    return Runs(path).refused(function)


def _sound(made: T) -> T:
    """The same, if all in it is of the kinds that are declared, its numbers numbers and its times times. Raises
    TypeError, ValueError or KeyError."""
    for one in fields(made) if is_dataclass(made) and not isinstance(made, type) else ():
        value = getattr(made, one.name)
        if not isinstance(value, _KINDS[str(one.type)]):
            raise TypeError(f"{one.name} is no {one.type}")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{one.name} is no number")
        if one.name in _TIMES and value is not None and abs(value) > _LAST:
            raise ValueError(f"{one.name} is no time")
        for inner in value if isinstance(value, tuple) else (value,):
            _sound(inner)
    return made


def _slot(found: Sequence[Any]) -> Slot:
    made = Slot(*found)
    if made.width < 1:
        raise ValueError("a slot without a width")
    return made


def _count(found: Sequence[Any]) -> int:
    (count,) = found
    return int(count)


def _row_id(found: Sequence[Any]) -> str:
    (row_id,) = found
    return str(row_id)


def _signature_count(found: Sequence[Any]) -> SignatureCount:
    name, scope, count, example, title, remedies = found
    return SignatureCount(name, scope and Scope(scope), count, example, title, _remedies(remedies))


def _past_run(found: Sequence[Any]) -> PastRun:
    *plain, options, gate, stopped = found
    told = json.loads(stopped or "null")
    figures = dict(zip(_RUN, plain, strict=True))
    if figures["exit_code"] is not None:
        ExitCode(figures["exit_code"])  # a ValueError where it is none of ours
    given = json.loads(options or "{}")
    return PastRun(
        **figures, options=given, gate=GateReport(**json.loads(gate or "{}")), stopped=told and Stopped(**told)
    )


def _failed_row(found: Sequence[Any]) -> FailedRow:
    row, state, attempts, started, ended, took, signature, scope, status, evidence = found
    name = State(state).name.lower()
    return FailedRow(
        row, name, attempts, started, ended, took, signature, scope and Scope(scope), status, evidence or ""
    )


def _remedies(text: str) -> tuple[Remedy, ...]:
    return tuple(Remedy(**remedy) for remedy in json.loads(text))


def _bound(bucket: int) -> float:
    return float(2.0 ** (bucket / STEPS)) if bucket else 0.0
