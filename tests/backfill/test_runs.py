"""What somebody who looks at a journal sees: runs that are going on, that ended, that were killed."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from diag.backfill.counters import MOST_SLOTS, Counters
from diag.backfill.fate import Fate
from diag.backfill.journal import Journal, Moment
from diag.backfill.records import SCHEMA
from diag.backfill.result import BackfillResult, GateReport, Stopped
from diag.backfill.runs import Runs
from diag.diagnosis import Evidence, Remedy, Scope
from diag.errors import ExitCode, JournalError
from diag.rows.outcome import Outcome, Row
from diag.secret import Secret, redact

from .worlds import DEAD, EPOCH, KEY, LIMITED, OK, TIMEOUT


def outcome(row_id, verdict=OK, took=7000.0):
    return Outcome(Row(row_id, None), verdict, called=True, marked=verdict is OK, duration_ms=took)


@pytest.fixture
async def held(journal):
    held = await Journal.open(journal, "analyze-image", "run-1", now=lambda: EPOCH)
    await held.begin(100, {"limit": 5})
    yield held
    await held.close()


async def recorded(held, *outcomes):
    for one, fate in outcomes:
        await held.intent(one.row.id)
        await held.outcome(one, fate)


async def test_a_run_that_goes_on_is_seen_with_its_figures_and_its_process(held, journal):
    runs = Runs(journal)
    assert runs.running == os.getpid()
    result = BackfillResult("run-1", "analyze-image", 100, attempted=3, succeeded=2, calls=3, cost_usd=0.063, wasted=1)
    await held.progress(replace(result, gate=GateReport("open", "7 of 7", 7, 7)), Moment("running", 4.5, 8))
    seen = runs.run("run-1")
    assert (seen.phase, seen.start_rate, seen.in_flight, seen.seen_at, seen.ended_at) == (
        "running",
        4.5,
        8,
        EPOCH,
        None,
    )
    assert (seen.pending, seen.attempted, seen.succeeded, seen.wasted, seen.cost_usd) == (100, 3, 2, 1, 0.063)
    assert (seen.gate.decision, seen.gate.canaries, seen.options) == ("open", 7, {"limit": 5})


async def test_a_run_that_has_ended_tells_how(held, journal):
    stopped = Stopped("guard", "openai.key-invalid", "it came twice")
    result = BackfillResult("run-1", "analyze-image", 100, stopped=stopped, remaining=90, exit_code=ExitCode.STOPPED)
    await held.finish(result)
    await held.close()
    seen = Runs(journal).latest()[0]
    assert (seen.phase, seen.ended_at, seen.exit_code, seen.stopped, seen.remaining) == ("ended", EPOCH, 6, stopped, 90)
    assert (seen.in_flight, seen.start_rate) == (0, None)
    assert Runs(journal).running is None


async def test_counts_over_time_and_durations_add_up(held, journal):
    first = [(outcome("a"), Fate.DONE), (outcome("b", DEAD), Fate.REFUSED), (outcome("c", LIMITED, 300), Fate.RETRY)]
    await recorded(held, *first)
    await held.progress(BackfillResult("run-1", "analyze-image", 100), Moment("running"))
    await recorded(held, (outcome("d", TIMEOUT, 155_000), Fate.UNRESOLVED), (outcome("e"), Fate.DONE))
    await held.close()
    slot = Runs(journal).slots("run-1")[0]
    assert (slot.at, slot.width, slot.calls) == (int(EPOCH), 10, 5)
    assert (slot.good, slot.refused, slot.failed, slot.throttled, slot.wasted) == (2, 1, 1, 1, 3)
    latencies = Runs(journal).latencies("run-1")
    assert [(one.good, one.bad) for one in latencies] == [(0, 1), (2, 1), (0, 1)]
    assert all(one.low <= took < one.high for one, took in zip(latencies, (300, 7000, 155_000), strict=True))


async def test_signatures_keep_their_title_and_remedies_without_credentials(held, journal):
    redact.learn(Secret("sb_secret_" + "QqWwEeRrTtYyUuIi12345678"))
    value = "sb_secret_" + "QqWwEeRrTtYyUuIi12345678"
    own = replace(KEY, signature="own.key", title="our own", remedies=(Remedy(f"set {value}", "do it"),))
    await recorded(
        held, (outcome("a", own), Fate.BROKEN), (outcome("b", own), Fate.BROKEN), (outcome("c", DEAD), Fate.REFUSED)
    )
    await held.close()
    first, second = Runs(journal).signatures("run-1")
    assert (first.signature, first.count, first.example, first.title, first.scope) == (
        "own.key",
        2,
        "a",
        "our own",
        Scope.PROJECT,
    )
    assert first.remedies[0].command == "do it"
    assert value not in first.remedies[0].text
    assert (second.signature, second.count) == ("image.not-found", 1)


async def test_a_failed_row_is_kept_with_what_it_met(held, journal):
    dead = replace(DEAD, evidence=(Evidence("status", "404"),))
    await recorded(held, (outcome("a", dead, 120.0), Fate.REFUSED), (outcome("b"), Fate.DONE))
    runs = Runs(journal)
    (row,) = runs.failed_rows("run-1")
    assert (row.id, row.state, row.signature, row.scope) == ("a", "refused", "image.not-found", Scope.ITEM)
    assert (row.duration_ms, row.ended_at, row.evidence) == (120.0, EPOCH, "status: 404")
    assert runs.failed_rows("run-1", signature="openai.key-invalid") == []


def test_the_slots_of_a_long_run_stay_few():
    counters, db = Counters(), sqlite3.connect(":memory:")
    db.executescript(SCHEMA)
    for second in range(0, 40_000, 5):
        counters.add(EPOCH + second, outcome("a"), Fate.DONE)
        if second % 1000 == 0:
            counters.take().write(db, "run-1")
    counters.take().write(db, "run-1")
    slots, widths, good = db.execute("SELECT count(*), group_concat(DISTINCT width), sum(good) FROM pace").fetchone()
    assert slots <= MOST_SLOTS + 100
    assert good == 8_000
    assert widths == "80"


async def test_looking_holds_up_neither_the_run_nor_the_next_one(held, journal):
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM item").fetchone()
        await recorded(held, (outcome("a"), Fate.DONE))
    assert Runs(journal).running == os.getpid()
    await held.close()
    assert Runs(journal).running is None
    await (await Journal.open(journal, "analyze-image", "run-2")).close()


def test_without_a_journal_there_are_no_runs(journal):
    runs = Runs(journal)
    assert (runs.latest(), runs.running, runs.signatures("x"), runs.refused("f")) == ([], None, (), 0)


def test_a_file_that_is_no_journal_is_said_so(journal):
    journal.parent.mkdir()
    journal.write_bytes(b"some text that is no database" * 100)
    with pytest.raises(JournalError) as said:
        Runs(journal).latest()
    assert "move" in said.value.remedy


VERSION_1 = """
CREATE TABLE run (id TEXT PRIMARY KEY, function TEXT NOT NULL, process INTEGER NOT NULL, started_at REAL NOT NULL,
    ended_at REAL, pending INTEGER NOT NULL, succeeded INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, retries INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0, options TEXT, gate TEXT, stopped TEXT, exit_code INTEGER);
CREATE TABLE item (function TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, state INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, started_at REAL, ended_at REAL, signature TEXT, scope TEXT, evidence TEXT,
    status INTEGER, PRIMARY KEY (function, id)) WITHOUT ROWID;
CREATE TABLE tally (run TEXT NOT NULL, signature TEXT NOT NULL, scope TEXT, count INTEGER NOT NULL,
    example TEXT NOT NULL, PRIMARY KEY (run, signature)) WITHOUT ROWID;
INSERT INTO run (id, function, process, started_at, pending, gate)
    VALUES ('old', 'f', 1, 1.0, 9, '{"decision": "open", "why": "x"}');
INSERT INTO item (function, id, run, state, started_at, ended_at) VALUES ('f', 'a', 'old', 3, 1.0, 2.0);
INSERT INTO tally VALUES ('old', 'image.not-found', 'item', 1, 'a');
PRAGMA user_version = 1;
"""


async def test_a_journal_of_an_earlier_version_is_brought_up_to_date(journal):
    journal.parent.mkdir()
    with closing(sqlite3.connect(journal)) as db:
        db.executescript(VERSION_1)
    held = await Journal.open(journal, "f", "new")
    await held.begin(8, {})
    await held.close()
    runs = Runs(journal)
    assert [(run.id, run.gate.decision, run.phase) for run in runs.latest()] == [
        ("new", "none", "begun"),
        ("old", "open", "ended"),
    ]
    assert (runs.refused("f"), runs.signatures("old")[0].count, runs.failed_rows("old")[0].id) == (1, 1, "a")
