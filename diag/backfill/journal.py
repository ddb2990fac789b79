"""The journal of backfills on one table: what was about to be called, and what came of it. Survives SIGKILL.

SQLite in WAL mode with ``synchronous=FULL``: what is recorded is on the disk. The intent is committed before the
call is sent and the outcome after it, so a call that nobody knows the end of is always known as such. It caches;
the truth is the marker and the results in the project's database. Rows that are done are pruned after a while, so
that the file stays small over millions.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from diag.backfill.counters import Counters, forget_old_runs
from diag.backfill.fate import Fate
from diag.backfill.lease import Lease
from diag.backfill.records import BEGUN, FIGURES, INTENT, OUTCOME, Record, State, prepare
from diag.backfill.result import BackfillResult
from diag.backfill.writer import Writer
from diag.diagnosis import Diagnosis
from diag.errors import JournalError
from diag.inert import inert
from diag.private import open_private, private_folder
from diag.rows.outcome import Outcome
from diag.secret import redact

_STATES = {
    Fate.DONE: State.DONE,
    Fate.REFUSED: State.REFUSED,
    Fate.FAILED: State.FAILED,
    Fate.RETRY: State.FAILED,
    Fate.UNRESOLVED: State.UNRESOLVED,
    Fate.LEFT: State.UNRESOLVED,
    Fate.BROKEN: State.BROKEN,
}
_PRUNE_EVERY = 10_000
_EVIDENCE = 500
_SHARE = 0.007  # of a call's usual duration: what each of its two records may wait for company
_LONGEST_WAIT = 0.05  # seconds
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Moment:
    """How a run stands: its ``phase`` (``gate``, ``running``, ``paused`` by somebody, ``resting`` because the guard
    says so, ``stopping``, ``ended``), the calls per second that the limiter lets start, and the calls in flight."""

    phase: str
    start_rate: float | None = None
    in_flight: int = 0


def journal_path(state_dir: Path, table: str) -> Path:
    """Where the journal of a table stands. No two tables share one: what a file's name cannot tell apart (``a/b`` and
    ``a_b``; on some disks capitals) has a digest of the name beside it."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", table)[:80]
    if not re.fullmatch(r"[a-z0-9_.-]{1,80}", table):
        name += f"-{hashlib.sha256(table.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    return state_dir / f"backfill-{name}.sqlite3"


class Journal:
    """The journal, held by one run at a time. ``now`` gives seconds since 1970."""

    def __init__(self, path: Path, function: str, run: str, lease: Lease, now: Callable[[], float]) -> None:
        self.path = path
        self.run = run
        self._function = function
        self._lease = lease
        self._now = now
        self._writer = Writer(lambda: _connect(path), path)
        self._done = 0
        self._prune_before = 0.0
        self._usual = 0.0
        self.counters = Counters()

    @classmethod
    async def open(cls, path: Path, function: str, run: str, *, now: Callable[[], float] = time.time) -> Self:
        """Raises UsageError where another run holds it, JournalError where it cannot be read or written."""
        try:
            lease = Lease.take(private_folder(path.parent) / path.with_suffix(".lock").name)
        except OSError as error:
            remedy = "choose another folder with --state-dir"
            raise JournalError(f"the journal's folder {path.parent} cannot be used: {error}", remedy) from None
        journal = cls(path, function, run, lease, now)
        try:
            await journal._writer.submit(_find_crashed)
        except BaseException:
            await journal.close()
            raise
        return journal

    @property
    def busy(self) -> bool:
        """Whether something is being written just now."""
        return self._writer.pending > 0

    async def close(self) -> None:
        """Write what is left and let the next run in."""
        try:
            self._count()
            await self._writer.close()
        finally:
            self._lease.release()

    async def begin(self, pending: int, options: Mapping[str, Any]) -> None:
        """Record the beginning of the run."""
        values = (self.run, self._function, os.getpid(), self._now(), pending, json.dumps(options))

        def write(db: sqlite3.Connection) -> None:
            db.execute(BEGUN, values)
            forget_old_runs(db)

        await self._writer.submit(write)

    async def intent(self, row_id: str) -> None:
        """Commit that a call for this row is about to be sent."""
        values = (self._function, row_id, self.run, self._now())
        await self._write(INTENT, values)

    async def withdraw(self, row_id: str, before: Record | None) -> None:
        """The call was not sent after all: as it was ``before``."""

        def undo(db: sqlite3.Connection) -> None:
            if before is None:
                db.execute("DELETE FROM item WHERE function = ? AND id = ?", (self._function, row_id))
                return
            values = (before.state, before.attempts, before.started_at, before.run, self._function, row_id)
            sql = "UPDATE item SET state = ?, attempts = ?, started_at = ?, run = ? WHERE function = ? AND id = ?"
            db.execute(sql, values)

        await self._writer.submit(undo)

    async def outcome(self, outcome: Outcome, fate: Fate) -> None:
        """Commit what became of the call."""
        values, prune = self._values(outcome, fate), self._to_prune(fate)
        self._pace_commits(outcome)
        self.counters.add(self._now(), outcome, fate)

        def write(db: sqlite3.Connection) -> None:
            db.execute(OUTCOME, values)
            if prune is not None:
                db.execute("DELETE FROM item WHERE state = ? AND ended_at < ?", (State.DONE, prune))

        await self._writer.submit(write)

    async def doubt(self, signature: str) -> None:
        """Rows that this run has recorded as failed on their own account with this signature may have been innocent:
        a later run calls them again."""
        sql = "UPDATE item SET state = ? WHERE state > 2 AND state = ? AND run = ? AND signature = ?"
        await self._write(sql, (State.FAILED, State.REFUSED, self.run, signature))

    async def records(self, row_ids: Iterable[str]) -> dict[str, Record]:
        """What is known about these rows from earlier calls."""
        wanted = list(row_ids)
        return await self._writer.submit(lambda db: _records(db, self._function, wanted))

    async def unresolved(self, most: int) -> list[str]:
        """Rows whose last call has no known end, the latest first."""
        sql = "SELECT id FROM item WHERE function = ? AND state > 2 AND state = ? ORDER BY started_at DESC LIMIT ?"
        found = self._writer.submit(lambda db: db.execute(sql, (self._function, State.UNRESOLVED, most)).fetchall())
        return [str(row_id) for (row_id,) in await found]

    def age(self, record: Record) -> float:
        """Seconds since the last call of the row was sent."""
        return max(0.0, self._now() - record.started_at)

    async def counted(self, state: State, *, own: bool = False) -> int:
        """How many rows stand in a state; with ``own`` only those that this run has called."""
        indexed = "state > 2 AND " if state > State.DONE else ""
        sql = f"SELECT count(*) FROM item WHERE function = ? AND {indexed}state = ? AND run LIKE ?"  # noqa: S608
        values = (self._function, state, self.run if own else "%")
        ((count,),) = await self._writer.submit(lambda db: db.execute(sql, values).fetchall())
        return int(count)

    async def words(self) -> list[tuple[str, float | None]]:
        """The words that somebody has left for this run since the last look."""

        def take(db: sqlite3.Connection) -> list[tuple[str, float | None]]:
            found = db.execute("SELECT word, value FROM control WHERE taken = 0 ORDER BY id").fetchall()
            if found:
                db.execute("UPDATE control SET taken = 1 WHERE taken = 0")
            return found

        return await self._writer.submit(take)

    async def progress(self, result: BackfillResult, moment: Moment) -> None:
        """Record how the run stands, for those who look at it."""
        self._count()
        values = (self._now(), *_figures(result), moment.phase, moment.start_rate, moment.in_flight, self.run)
        await self._write(FIGURES, values)

    async def finish(self, result: BackfillResult) -> None:
        """Record the end of the run."""
        values = (self._now(), int(result.exit_code), self.run)
        await self.progress(result, Moment("ended"))
        await self._write("UPDATE run SET ended_at = ?, exit_code = ? WHERE id = ?", values)

    async def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        def write(db: sqlite3.Connection) -> None:
            db.execute(sql, values)

        await self._writer.submit(write)

    def _count(self) -> None:
        new = self.counters.take()
        self._writer.submit(lambda db: new.write(db, self.run)).add_done_callback(_seen)

    def _pace_commits(self, outcome: Outcome) -> None:
        """A call of seconds does not mind if its records wait milliseconds for others to share a commit with."""
        if outcome.called:
            self._usual += (outcome.duration_ms / 1000 - self._usual) * _SMOOTHING
            self._writer.linger = min(_LONGEST_WAIT, self._usual * _SHARE)

    def _values(self, outcome: Outcome, fate: Fate) -> tuple[Any, ...]:
        diagnosis, status = outcome.diagnosis, outcome.answer.status if outcome.answer else None
        why = "" if fate is Fate.DONE else _told(diagnosis)  # nobody asks why a row is done
        met = (diagnosis.signature, diagnosis.scope and diagnosis.scope.value, why, status, outcome.duration_ms)
        return (_STATES[fate], self._now(), *met, self._function, outcome.row.id)

    def _to_prune(self, fate: Fate) -> float | None:
        self._done += fate is Fate.DONE
        if fate is not Fate.DONE or self._done % _PRUNE_EVERY:
            return None
        before, self._prune_before = self._prune_before, self._now()
        return before


def _told(diagnosis: Diagnosis) -> str:
    """The evidence in short. Words tell more than the status and the headers, which many failures have in common."""
    telling = sorted(diagnosis.evidence, key=lambda seen: seen.where == "status" or seen.where.startswith("header"))
    evidence = "; ".join(f"{seen.where}: {seen.text}" for seen in telling[:2])
    return inert(redact(evidence))[:_EVIDENCE]  # a header's byte that is no text must not end the run


def _connect(path: Path) -> sqlite3.Connection:
    os.close(open_private(path))  # SQLite's own files take over the mode
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = 1")  # macOS: without it a commit may still sit in the drive's cache
    prepare(connection)
    ((told,),) = connection.execute("PRAGMA quick_check(1)")
    if told != "ok":  # what is damaged is not built upon: a row might be called, and paid, once more for it
        raise sqlite3.DatabaseError(f"database disk image is malformed: {told}")
    return connection


def _figures(result: BackfillResult) -> tuple[object, ...]:
    stopped = result.stopped and {**asdict(result.stopped), "why": redact(result.stopped.why)}
    gate = {**asdict(result.gate), "why": redact(result.gate.why)}
    rows = (result.attempted, result.succeeded, result.failed, result.skipped)
    money = (result.calls, result.retries, result.cost_usd, result.wasted, result.unresolved)
    left = (result.passes, result.refused, result.remaining)
    return (*rows, *money, *left, json.dumps(gate), json.dumps(stopped))


def _seen(future: asyncio.Future[None]) -> None:
    """Figures that could not be written are no reason to fail: the next outcome meets the same error and tells it."""
    if not future.cancelled():
        future.exception()


def _find_crashed(db: sqlite3.Connection) -> None:
    """We hold the lease, so whatever is still marked as in flight was left by a run that was killed."""
    db.execute("UPDATE item SET state = ? WHERE state = ?", (State.UNRESOLVED, State.IN_FLIGHT))


def _records(db: sqlite3.Connection, function: str, wanted: list[str]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        marks = ",".join("?" * len(chunk))
        sql = (
            "SELECT id, state, attempts, started_at, run, signature FROM item "  # noqa: S608 - marks are only "?"
            f"WHERE function = ? AND id IN ({marks})"
        )
        for row_id, state, attempts, started_at, run, signature in db.execute(sql, (function, *chunk)):
            found[row_id] = Record(row_id, State(state), int(attempts), float(started_at), str(run), signature)
    return found
