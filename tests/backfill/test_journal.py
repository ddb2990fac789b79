"""The journal: what is recorded is on the disk, survives a kill, and is held by one run at a time."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from diag.backfill.fate import Fate
from diag.backfill.journal import Journal
from diag.backfill.records import State
from diag.backfill.runs import refused_rows
from diag.diagnosis import Evidence
from diag.errors import ExitCode, JournalError, UsageError
from diag.rows.outcome import Outcome, Row
from diag.secret import Secret, redact

from .worlds import DEAD, OK, diagnosis


def outcome(row_id, verdict=OK):
    return Outcome(Row(row_id, None), verdict, called=True, marked=verdict is OK)


async def opened(path, run="run-1", function="analyze-image"):
    return await Journal.open(path, function, run)


async def test_an_outcome_is_found_by_the_next_run(journal):
    first = await opened(journal)
    await first.intent("a")
    await first.outcome(outcome("a", DEAD), Fate.REFUSED)
    await first.close()
    second = await opened(journal, "run-2")
    record = (await second.records(["a", "b"]))["a"]
    await second.close()
    assert (record.state, record.attempts, record.run, record.signature) == (
        State.REFUSED, 1, "run-1", "image.not-found",
    )  # fmt: skip
    assert refused_rows(journal, "analyze-image") == 1


async def test_a_call_without_an_outcome_is_unresolved_for_the_next_run(journal):
    first = await opened(journal)
    await first.intent("a")
    await first.close()
    second = await opened(journal, "run-2")
    assert (await second.records(["a"]))["a"].state is State.UNRESOLVED
    await second.close()


async def test_a_withdrawn_intent_leaves_no_trace(journal):
    held = await opened(journal)
    await held.intent("a")
    await held.withdraw("a", None)
    assert await held.records(["a"]) == {}
    await held.intent("b")
    await held.outcome(outcome("b", diagnosis("openai.overloaded")), Fate.FAILED)
    before = (await held.records(["b"]))["b"]
    await held.intent("b")
    await held.withdraw("b", before)
    assert (await held.records(["b"]))["b"] == before
    await held.close()


async def test_a_second_run_on_the_same_table_is_refused(journal):
    held = await opened(journal)
    with pytest.raises(UsageError) as refused:
        await opened(journal, "run-2")
    assert str(os.getpid()) in refused.value.message
    assert refused.value.remedy
    await held.close()
    await (await opened(journal, "run-3")).close()


async def test_functions_do_not_share_their_bad_rows(journal):
    held = await opened(journal)
    await held.intent("a")
    await held.outcome(outcome("a", DEAD), Fate.REFUSED)
    await held.close()
    assert refused_rows(journal, "analyze-image-simple") == 0


async def test_files_and_folder_are_for_their_owner_alone(journal):
    held = await opened(journal)
    await held.intent("a")
    modes = {path.name: path.stat().st_mode & 0o777 for path in journal.parent.iterdir()}
    await held.close()
    assert set(modes.values()) == {0o600}
    assert journal.parent.stat().st_mode & 0o777 == 0o700


async def test_no_secret_gets_into_the_journal(journal):
    value = "sb_secret_" + "QqWwEeRrTtYyUuIi12345678"
    redact.learn(Secret(value))
    told = diagnosis("unknown")
    held = await opened(journal)
    await held.intent("a")
    await held.outcome(outcome("a", replace(told, evidence=(Evidence("body", f"key {value}"),))), Fate.FAILED)
    await held.close()
    files = b"".join(path.read_bytes() for path in journal.parent.iterdir())
    assert value.encode() not in files
    assert b"body: key" in files


async def test_why_a_call_failed_is_kept_and_of_a_done_row_no_word(journal):
    held = await opened(journal)
    for row_id, fate in (("a", Fate.DONE), ("b", Fate.FAILED)):
        await held.intent(row_id)
        await held.outcome(outcome(row_id, replace(OK, evidence=(Evidence("body", "words"),))), fate)
    await held.close()
    with sqlite3.connect(journal) as db:
        assert db.execute("SELECT id, evidence FROM item ORDER BY id").fetchall() == [("a", ""), ("b", "body: words")]


async def test_a_file_that_is_no_journal_is_said_so(journal):
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"this is not a database at all, but some text" * 50)
    with pytest.raises(JournalError) as said:
        await opened(journal)
    assert said.value.exit_code is ExitCode.STOPPED
    assert "move" in said.value.remedy


async def test_a_newer_journal_is_left_alone(journal):
    journal.parent.mkdir(parents=True)
    with sqlite3.connect(journal) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match="another version"):
        await opened(journal)


async def test_a_full_disk_is_a_clear_error_and_corrupts_nothing(journal):
    held = await opened(journal)
    await held.intent("a")
    await held._writer.submit(lambda db: db.execute("PRAGMA max_page_count = 12") and None)
    with pytest.raises(JournalError, match="full") as said:
        await asyncio.gather(*(held.intent(f"row-{number:050}") for number in range(5000)))
    assert "disk space" in said.value.remedy
    await held.close()
    with sqlite3.connect(journal) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM item WHERE id = 'a'").fetchone() == (1,)


async def test_rows_that_are_done_are_pruned_so_that_the_file_stays_small(journal, monkeypatch):
    monkeypatch.setattr("diag.backfill.journal._PRUNE_EVERY", 100)
    held = await opened(journal)
    for number in range(1000):
        await held.intent(str(number))
        await held.outcome(outcome(str(number)), Fate.DONE)
        if number % 100 == 99:
            await asyncio.sleep(0.002)
    assert await held.counted(State.DONE) <= 210
    await held.close()


WRITES = """
import asyncio, sys
from pathlib import Path
from diag.backfill.journal import Journal
from diag.backfill.fate import Fate
from diag.rows.outcome import Outcome, Row
from diag.diagnosis import Diagnosis, Verdict
OK = Diagnosis(Verdict.OK, "function.ok", None, "")
async def main():
    journal = await Journal.open(Path(sys.argv[1]), "f", sys.argv[2])
    async def one(number):
        await journal.intent(str(number))
        print("intent", number, flush=True)
        await journal.outcome(Outcome(Row(str(number), None), OK, True), Fate.DONE)
        print("done", number, flush=True)
    for start in range(0, 100000, 20):
        await asyncio.gather(*(one(number) for number in range(start, start + 20)))
asyncio.run(main())
"""


@pytest.mark.parametrize("round_", range(5))
def test_nothing_acknowledged_is_lost_by_sigkill(journal, round_):
    script = [sys.executable, "-c", WRITES, str(journal), f"run-{round_}"]
    writer = subprocess.Popen(script, stdout=subprocess.PIPE, text=True)
    lines = [writer.stdout.readline() for _ in range(60 + 37 * round_)]
    time.sleep(0.003 * round_)
    writer.send_signal(signal.SIGKILL)
    lines += [line for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    writer.wait()
    done = {line.split()[1] for line in lines if line.startswith("done")}
    begun = {line.split()[1] for line in lines if line.startswith("intent")}
    with sqlite3.connect(journal) as db:
        states = dict(db.execute("SELECT id, state FROM item"))
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {states[row_id] for row_id in done} == {State.DONE}
    assert begun <= set(states)


async def test_records_of_slow_calls_share_their_commits_and_are_still_awaited(journal):
    held = await opened(journal)
    commits = []
    await held._writer.submit(lambda db: db.set_trace_callback(lambda sql: sql == "COMMIT" and commits.append(sql)))
    for number in range(100):  # slow calls, so that the journal takes its time
        await held.outcome(replace(outcome(str(number)), duration_ms=60_000), Fate.DONE)
    commits.clear()
    await asyncio.gather(*(held.intent(f"row-{number}") for number in range(20)))
    assert len(commits) <= 2
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as db:
        assert db.execute("SELECT count(*) FROM item WHERE id LIKE 'row-%'").fetchone() == (20,)
    await held.close()


async def test_a_header_that_is_no_text_does_not_end_the_run(journal):
    told = replace(diagnosis("unknown"), evidence=(Evidence("header server", "caf\udce9 \x1b[31m"),))
    held = await opened(journal)
    await held.outcome(outcome("a", told), Fate.FAILED)
    await held.intent("a")
    await held.outcome(outcome("a", told), Fate.FAILED)
    await held.close()
    with sqlite3.connect(journal) as db:
        assert db.execute("SELECT evidence FROM item").fetchall() == [("header server: caf\ufffd ?[31m",)]


async def test_a_folder_that_cannot_be_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be used") as said:
        await opened(tmp_path / "file" / "journal.sqlite3")
    assert "--state-dir" in said.value.remedy


async def test_words_left_for_the_run_are_heard_once_and_in_order(journal):
    held = await opened(journal)
    assert await held.words() == []
    with sqlite3.connect(journal) as db:
        db.executemany("INSERT INTO control (word, value) VALUES (?, ?)", [("pause", None), ("rate", 5.0)])
    assert await held.words() == [("pause", None), ("rate", 5.0)]
    assert await held.words() == []
    await held.close()


async def test_rows_that_may_have_been_innocent_are_called_again(journal):
    held = await opened(journal)
    for row_id, signature, fate in (("a", "image.forbidden", Fate.REFUSED), ("b", "image.not-found", Fate.REFUSED),
                                    ("c", "image.forbidden", Fate.DONE)):  # fmt: skip
        await held.intent(row_id)
        await held.outcome(outcome(row_id, diagnosis(signature)), fate)
    await held.doubt("image.forbidden")
    states = {row_id: record.state for row_id, record in (await held.records(["a", "b", "c"])).items()}
    await held.close()
    assert states == {"a": State.FAILED, "b": State.REFUSED, "c": State.DONE}


async def test_the_age_of_a_call_is_never_negative_though_the_clock_was_put_back(journal):
    now = [1000.0]
    held = await Journal.open(journal, "f", "r", now=lambda: now[0])
    await held.intent("a")
    record = (await held.records(["a"]))["a"]
    now[0] = 1040.0
    assert held.age(record) == 40.0
    now[0] = 10.0
    assert held.age(record) == 0.0
    await held.close()


async def test_counts_are_of_one_state_and_on_request_of_this_run_alone(journal):
    for run in ("run-1", "run-2"):
        held = await opened(journal, run)
        for number, fate in enumerate((Fate.REFUSED, Fate.REFUSED, Fate.DONE)):
            await held.intent(f"{run}-{number}")
            await held.outcome(outcome(f"{run}-{number}", DEAD), fate)
        await held.intent(f"{run}-open")
        if run == "run-1":
            await held.close()
    assert (await held.counted(State.REFUSED), await held.counted(State.REFUSED, own=True)) == (4, 2)
    assert (await held.counted(State.DONE), await held.counted(State.DONE, own=True)) == (2, 1)
    assert (await held.counted(State.IN_FLIGHT), await held.counted(State.UNRESOLVED)) == (1, 1)
    await held.close()


async def test_more_rows_than_one_question_holds_are_all_found(journal):
    held = await opened(journal)
    names = [str(number) for number in range(1203)]
    await asyncio.gather(*map(held.intent, names))
    found = await held.records(names)
    assert {name: record.id for name, record in found.items()} == {name: name for name in names}
    await held.close()
