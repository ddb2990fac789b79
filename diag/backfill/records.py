"""What the journal holds about one row, its tables, and the statements that write them.

``item`` has one line per row that was touched (done ones are pruned), ``run`` one per run. ``tally``, ``pace`` and
``latency`` are figures of a run for those who look at it, written once a second: a kill costs one second of them.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import IntEnum

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
    id TEXT PRIMARY KEY, function TEXT NOT NULL, process INTEGER NOT NULL, started_at REAL NOT NULL, ended_at REAL,
    pending INTEGER NOT NULL, succeeded INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, retries INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0, options TEXT, gate TEXT, stopped TEXT, exit_code INTEGER,
    attempted INTEGER NOT NULL DEFAULT 0, wasted INTEGER NOT NULL DEFAULT 0, unresolved INTEGER NOT NULL DEFAULT 0,
    passes INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, remaining INTEGER,
    phase TEXT NOT NULL DEFAULT 'begun', seen_at REAL, start_rate REAL, in_flight INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS item (
    function TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, state INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, started_at REAL, ended_at REAL,
    signature TEXT, scope TEXT, evidence TEXT, status INTEGER, duration_ms REAL,
    PRIMARY KEY (function, id)
) WITHOUT ROWID;
DROP INDEX IF EXISTS item_state;
CREATE INDEX IF NOT EXISTS item_failed ON item (state) WHERE state > 2;
CREATE TABLE IF NOT EXISTS tally (
    run TEXT NOT NULL, signature TEXT NOT NULL, scope TEXT, count INTEGER NOT NULL, example TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '', remedies TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (run, signature)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pace (
    run TEXT NOT NULL, at INTEGER NOT NULL, width INTEGER NOT NULL, calls INTEGER NOT NULL, good INTEGER NOT NULL,
    refused INTEGER NOT NULL, failed INTEGER NOT NULL, throttled INTEGER NOT NULL, wasted INTEGER NOT NULL,
    PRIMARY KEY (run, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latency (
    run TEXT NOT NULL, bucket INTEGER NOT NULL, good INTEGER NOT NULL, bad INTEGER NOT NULL,
    PRIMARY KEY (run, bucket)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS control (
    id INTEGER PRIMARY KEY, word TEXT NOT NULL, value REAL, taken INTEGER NOT NULL DEFAULT 0
);
"""

_SINCE_1 = (
    ("run", "attempted INTEGER NOT NULL DEFAULT 0"),
    ("run", "wasted INTEGER NOT NULL DEFAULT 0"),
    ("run", "unresolved INTEGER NOT NULL DEFAULT 0"),
    ("run", "passes INTEGER NOT NULL DEFAULT 0"),
    ("run", "refused INTEGER NOT NULL DEFAULT 0"),
    ("run", "remaining INTEGER"),
    ("run", "phase TEXT NOT NULL DEFAULT 'ended'"),
    ("run", "seen_at REAL"),
    ("run", "start_rate REAL"),
    ("run", "in_flight INTEGER NOT NULL DEFAULT 0"),
    ("item", "duration_ms REAL"),
    ("tally", "title TEXT NOT NULL DEFAULT ''"),
    ("tally", "remedies TEXT NOT NULL DEFAULT '[]'"),
)

BEGUN = """
INSERT INTO run (id, function, process, started_at, pending, options, phase) VALUES (?, ?, ?, ?, ?, ?, 'begun')
"""
INTENT = """
INSERT INTO item (function, id, run, state, attempts, started_at) VALUES (?, ?, ?, 1, 1, ?)
ON CONFLICT (function, id) DO UPDATE SET
    run = excluded.run, state = 1, attempts = attempts + 1, started_at = excluded.started_at, ended_at = NULL
"""
OUTCOME = """
UPDATE item SET state = ?, ended_at = ?, signature = ?, scope = ?, evidence = ?, status = ?, duration_ms = ?
WHERE function = ? AND id = ?
"""
FIGURES = """
UPDATE run SET seen_at = ?, attempted = ?, succeeded = ?, failed = ?, skipped = ?, calls = ?, retries = ?, cost_usd = ?,
    wasted = ?, unresolved = ?, passes = ?, refused = ?, remaining = ?, gate = ?, stopped = ?,
    phase = ?, start_rate = ?, in_flight = ? WHERE id = ?
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an earlier version up to date. Raises sqlite3.Error, also where a later
    version of nukediag has written them."""
    ((version,),) = connection.execute("PRAGMA user_version")
    if version > SCHEMA_VERSION:
        raise sqlite3.DatabaseError(f"it was written by another version of nukediag (schema {version})")
    if version < SCHEMA_VERSION:
        added = "".join(f"ALTER TABLE {table} ADD COLUMN {column};" for table, column in _SINCE_1) if version else ""
        connection.executescript(f"BEGIN IMMEDIATE; {added} {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")


class State(IntEnum):
    """``in-flight`` is committed before the call is sent: a row that is found so after a crash is unresolved. What
    stands above ``done`` is indexed (``item_failed``): a row that simply succeeds shall cost no second tree."""

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
