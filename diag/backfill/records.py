"""What the journal holds about one row, and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    id TEXT PRIMARY KEY, function TEXT NOT NULL, process INTEGER NOT NULL, started_at REAL NOT NULL, ended_at REAL,
    pending INTEGER NOT NULL, succeeded INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, retries INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0, options TEXT, gate TEXT, stopped TEXT, exit_code INTEGER
);
CREATE TABLE IF NOT EXISTS item (
    function TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, state INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, started_at REAL, ended_at REAL,
    signature TEXT, scope TEXT, evidence TEXT, status INTEGER,
    PRIMARY KEY (function, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS item_state ON item (state);
CREATE TABLE IF NOT EXISTS tally (
    run TEXT NOT NULL, signature TEXT NOT NULL, scope TEXT, count INTEGER NOT NULL, example TEXT NOT NULL,
    PRIMARY KEY (run, signature)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS control (
    id INTEGER PRIMARY KEY, word TEXT NOT NULL, value REAL, taken INTEGER NOT NULL DEFAULT 0
);
"""


class State(IntEnum):
    """``in-flight`` is committed before the call is sent: a row that is found so after a crash is unresolved."""

    IN_FLIGHT = 1
    DONE = 2
    REFUSED = 3
    FAILED = 4
    UNRESOLVED = 5
    BROKEN = 6


@dataclass(frozen=True, slots=True)
class Record:
    """What is known about a row from an earlier call: its ``state``, ``attempts`` over all runs, when the last call
    was ``started_at`` (seconds since 1970), and the ``run`` that made it."""

    id: str
    state: State
    attempts: int
    started_at: float
    run: str
    signature: str | None
