"""The journal as a soak looks at it, from outside, while a run is writing it and after one was killed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from diag.backfill.records import State
from diag.sandbox.state import Sandbox


class Watch:
    """Remembers what was recorded as done. ``broken``: one sentence for each look at which a promise was not kept."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._folder = sandbox.folder / "journals"
        self._known: dict[str, float] = {}
        self.looks = 0
        self.in_flight = 0
        self.broken: list[str] = []

    @property
    def done(self) -> int:
        """Rows that were ever seen as recorded done."""
        return len(self._known)

    @property
    def size(self) -> int:
        """Bytes of the journal's largest file."""
        return max((path.stat().st_size for path in self._folder.rglob("backfill-*.sqlite3*")), default=0)

    def look(self, *, after_end: bool = False) -> None:
        """Read all of it. A row that was recorded as done must never be called again."""
        for path in self._folder.rglob("backfill-*.sqlite3"):
            try:
                items, sound = _read(path)
            except sqlite3.Error as error:
                self.broken.append(f"the journal could not be read: {error}")
                continue
            self.looks += 1
            if sound != "ok":
                self.broken.append(f"the journal is not sound: {sound}")
            self._compare(items)
            self.in_flight += after_end and sum(state == State.IN_FLIGHT for _, state, _ in items)

    def refused(self) -> Counter[str]:
        """Signature and evidence of the rows that are recorded as failed on their own account."""
        found = Counter[str]()
        for path in self._folder.rglob("backfill-*.sqlite3"):
            with closing(sqlite3.connect(path, timeout=20)) as db:
                if not _has_items(db):
                    continue
                sql = "SELECT signature || ': ' || coalesce(evidence, '') FROM item WHERE state = ?"
                found.update(told for (told,) in db.execute(sql, (State.REFUSED,)))
        return found

    def _compare(self, items: list[tuple[str, int, float]]) -> None:
        for row, state, started in items:
            if self._known.get(row, started) != started:
                self.broken.append(f"{row} was called again after it had been recorded as done")
            if state == State.DONE:
                self._known[row] = started


def _read(path: Path) -> tuple[list[tuple[str, int, float]], str]:
    # Not mode=ro: what a killed run left in the write-ahead log is part of the journal and has to be taken over.
    with closing(sqlite3.connect(path, timeout=20)) as db:
        found = db.execute("SELECT id, state, started_at FROM item").fetchall() if _has_items(db) else []
        return found, db.execute("PRAGMA quick_check").fetchone()[0]


def _has_items(db: sqlite3.Connection) -> bool:
    """Not where the run was killed, or its disk full, before it had made its tables."""
    return db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'item'").fetchone() == (1,)
