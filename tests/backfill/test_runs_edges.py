"""What a journal's reader tells: how much of it, in which order, and what it does not believe."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from diag.backfill.counters import STEPS
from diag.backfill.records import SCHEMA, SCHEMA_VERSION, State, prepare
from diag.backfill.runs import Latency, Runs
from diag.errors import JournalError

RUN = "INSERT INTO run (id, function, process, started_at, pending) VALUES (?, 'f', 1, ?, 9)"
ITEM = "INSERT INTO item (function, id, run, state, started_at, ended_at, signature) VALUES (?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture
def db(tmp_path):
    with closing(sqlite3.connect(tmp_path / "j.sqlite3", isolation_level=None)) as db:
        db.executescript(SCHEMA)
        yield db


@pytest.fixture
def runs(db, tmp_path):
    return Runs(tmp_path / "j.sqlite3")


def test_the_twenty_latest_runs_are_told_the_newest_first(db, runs):
    db.executemany(RUN, [(f"run-{number}", float(number)) for number in range(25)])
    assert [run.id for run in runs.latest()] == [f"run-{number}" for number in range(24, 4, -1)]
    assert [run.id for run in runs.latest(2)] == ["run-24", "run-23"]
    assert runs.run("run-3").started_at == 3.0
    assert runs.run("run-99") is None


def test_a_hundred_failed_rows_are_told_the_latest_first_and_all_are_counted(db, runs):
    db.executemany(ITEM, [("f", str(n), "r", State.FAILED, 0.0, float(n), "s") for n in range(120)])
    assert [row.id for row in runs.failed_rows("r")] == [str(number) for number in range(119, 19, -1)]
    assert len(runs.failed_rows("r", 3)) == 3
    assert runs.failed_count("r") == 120


def test_failed_are_rows_without_a_result_that_this_run_was_the_last_to_call(db, runs):
    db.executemany(ITEM, [("f", state.name, "r", state, 0.0, -float(state), "s") for state in State])
    db.execute(ITEM, ("f", "other", "another run", State.FAILED, 0.0, 0.0, "s"))
    db.execute(ITEM, ("f", "elsewise", "r", State.FAILED, 0.0, -99.0, "t"))
    assert [row.state for row in runs.failed_rows("r", signature="s")] == ["refused", "failed", "unresolved", "broken"]
    assert [row.id for row in runs.failed_rows("r", signature="t")] == ["elsewise"]
    assert runs.failed_count("r") == 5


def test_unended_are_the_thousand_latest_calls_without_a_known_end(db, runs):
    db.executemany(ITEM, [("f", str(n), "r", State.IN_FLIGHT, float(n), None, None) for n in range(1000)])
    db.execute(ITEM, ("f", "left", "r", State.UNRESOLVED, 5000.0, None, None))
    db.execute(ITEM, ("f", "done", "r", State.DONE, 6000.0, None, None))
    db.execute(ITEM, ("g", "other", "r", State.IN_FLIGHT, 7000.0, None, None))
    found = runs.unended("f")
    assert (found[:2], found[-1], len(found)) == (["left", "999"], "1", 1000)
    assert runs.unended("g") == ["other"]


def test_refused_rows_are_counted_per_function(db, runs):
    for function, name, state in (("f", "a", State.REFUSED), ("f", "b", State.FAILED), ("g", "c", State.REFUSED)):
        db.execute(ITEM, (function, name, "r", state, 0.0, 0.0, "s"))
    assert (runs.refused("f"), runs.refused("g"), runs.refused("h")) == (1, 1, 0)


def test_signatures_come_with_the_most_frequent_first_and_then_by_name(db, runs):
    db.executemany(
        "INSERT INTO tally (run, signature, scope, count, example) VALUES ('r', ?, ?, ?, 'x')",
        [("b", None, 1), ("a", "item", 1), ("c", None, 5)],
    )
    assert [(seen.signature, seen.count) for seen in runs.signatures("r")] == [("c", 5), ("a", 1), ("b", 1)]


def test_durations_begin_at_nothing_and_double_with_so_many_steps(db, runs):
    db.executemany("INSERT INTO latency VALUES ('r', ?, ?, ?)", [(STEPS, 3, 4), (0, 1, 2)])
    first, second = runs.latencies("r")
    assert first == Latency(0.0, 2 ** (1 / STEPS), 1, 2)
    assert second == Latency(2.0, 2 ** ((STEPS + 1) / STEPS), 3, 4)


@pytest.mark.parametrize(
    ("column", "value"),
    [("started_at", "yesterday"), ("calls", "x"), ("phase", b"\xff"), ("gate", "{"), ("gate", '{"unknown": 1}'),
     ("stopped", "[]7"), ("stopped", '{"unknown": 1}'), ("stopped", "7"), ("remaining", 0.5),
     ("stopped", '{"reason": 5}'), ("stopped", '{"reason": "guard", "signature": 5}'), ("stopped", "[]"),
     ("stopped", '{"reason": "guard", "why": null}'), ("gate", '{"decision": 1}'), ("gate", '{"why": ["x"]}'),
     ("gate", '{"canaries": "3"}'), ("options", "[]"), ("options", '"x"'), ("exit_code", 99),
     ("started_at", 1e300), ("ended_at", 1e12), ("cost_usd", float("inf")), ("cost_usd", "dear")],
)  # fmt: skip
def test_what_no_nukediag_has_written_is_a_fault_of_the_file(db, runs, column, value):
    db.execute(RUN, ("r", 1.0))
    assert len(runs.latest()) == 1
    db.execute(f"UPDATE run SET {column} = ?", (value,))
    with pytest.raises(JournalError, match="cannot be read"):
        runs.latest()


@pytest.mark.parametrize(
    ("column", "value"), [("scope", "nobody's"), ("scope", 0), ("attempts", "many"), ("ended_at", 1e300)]
)
def test_a_row_that_no_nukediag_has_written_is_one_too(db, runs, column, value):
    db.execute(ITEM, ("f", "a", "r", State.FAILED, 0.0, 0.0, "s"))
    db.execute(f"UPDATE item SET {column} = ?", (value,))
    with pytest.raises(JournalError, match="cannot be read"):
        runs.failed_rows("r")


@pytest.mark.parametrize(
    ("column", "value"),
    [("scope", 0), ("title", b"\xff"), ("remedies", '[{"text": 5}]'), ("remedies", '[{"text": "x", "command": {}}]'),
     ("remedies", "7"), ("remedies", '[{"words": "x"}]'), ("count", "often")],
)  # fmt: skip
def test_a_cause_that_no_nukediag_has_written_is_one_too(db, runs, column, value):
    sql = "INSERT INTO tally (run, signature, count, example, remedies) VALUES ('r', 's', 1, 'x', ?)"
    db.execute(sql, ('[{"text": "mend it"}]',))
    assert runs.signatures("r")[0].remedies[0].text == "mend it"
    db.execute(f"UPDATE tally SET {column} = ?", (value,))
    with pytest.raises(JournalError, match="cannot be read"):
        runs.signatures("r")


@pytest.mark.parametrize(("column", "value"), [("width", 0), ("at", 10**15), ("good", "many")])
def test_a_slot_that_no_nukediag_has_written_is_one_too(db, runs, column, value):
    db.execute("INSERT INTO pace VALUES ('r', 1, 10, 1, 1, 0, 0, 0, 0)")
    assert len(runs.slots("r")) == 1
    db.execute(f"UPDATE pace SET {column} = ?", (value,))
    with pytest.raises(JournalError, match="cannot be read"):
        runs.slots("r")


@pytest.mark.parametrize(
    ("noted", "told"),
    [("0.021", 0.021), ("1", 1.0), ("0.5", 0.5), ("0", 0.0), ("-0.5", None), ("-1", None), ("true", None),
     ("null", None), ('"dear"', None), ("Infinity", None), ("NaN", None)],
)  # fmt: skip
def test_what_a_call_cost_is_told_where_a_run_has_noted_a_price(db, runs, noted, told):
    db.execute(RUN, ("r", 1.0))
    assert runs.run("r").cost_per_call is None
    db.execute("UPDATE run SET options = ?", (f'{{"cost_per_call": {noted}}}',))
    assert runs.run("r").cost_per_call == told


def test_the_last_time_of_all_is_the_year_9999(db, runs):
    last = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())
    db.execute(ITEM, ("f", "a", "r", State.FAILED, 0.0, last, "s"))
    assert runs.failed_rows("r")[0].ended_at == last
    db.execute("UPDATE item SET ended_at = ended_at + 1")
    with pytest.raises(JournalError, match="cannot be read"):
        runs.failed_rows("r")


def test_a_slot_may_be_a_second_wide(db, runs):
    db.execute("INSERT INTO pace VALUES ('r', 1, 1, 1, 1, 0, 0, 0, 0)")
    assert runs.slots("r")[0].width == 1


def test_whole_numbers_are_times_too(db, runs):
    db.execute(ITEM, ("f", "a", "r", State.FAILED, 3, 4, None))
    (row,) = runs.failed_rows("r")
    assert (row.started_at, row.ended_at, row.signature, row.scope, row.evidence) == (3, 4, None, None, "")


def test_tables_are_made_once_and_know_their_version():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        prepare(db)
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        db.execute("DROP TABLE control")
        prepare(db)  # nothing to do
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'control'").fetchone() == (0,)


def test_a_state_has_its_number_for_good():
    """They stand in journals that were written long ago; what is above ``DONE`` is indexed."""
    assert {state.name: int(state) for state in State} == {
        "IN_FLIGHT": 1, "DONE": 2, "REFUSED": 3, "FAILED": 4, "UNRESOLVED": 5, "BROKEN": 6,
    }  # fmt: skip
    assert SCHEMA_VERSION == 2
