"""How long the journal's records wait for company, and figures that could not be written."""

import asyncio
import gc
import sqlite3
from dataclasses import replace

import pytest

from diag.backfill.fate import Fate
from diag.backfill.journal import Journal, _seen
from diag.diagnosis import Evidence
from diag.errors import JournalError
from diag.rows.outcome import Outcome, Row

from .worlds import DEAD, OK


async def after(journal, result):
    """The seconds that records wait once this outcome is written."""
    held = await Journal.open(journal, "analyze-image", "run-1")
    await held.intent("a")
    await held.outcome(result, Fate.DONE)
    await held.close()
    return held._writer.linger


async def test_long_calls_let_records_wait_and_rows_that_were_not_called_do_not(journal):
    result = Outcome(Row("a", None), OK, called=True, marked=True, duration_ms=8000)
    assert await after(journal, result) == pytest.approx(8 * 0.05 * 0.007)
    assert await after(journal, replace(result, called=False)) == 0.0


async def test_how_long_records_wait_follows_the_usual_call_and_not_their_number(journal):
    result = Outcome(Row("a", None), OK, called=True, marked=True, duration_ms=2000)
    held = await Journal.open(journal, "analyze-image", "run-1")
    await asyncio.gather(*(held.outcome(result, Fate.DONE) for _ in range(500)))
    await held.close()
    assert held._writer.linger == pytest.approx(2 * 0.007)


async def test_figures_that_could_not_be_written_are_no_word_in_the_log():
    told = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context))
    for heed in (_seen, lambda future: None):
        future = loop.create_future()
        future.add_done_callback(heed)
        future.set_exception(JournalError("full", ""))
        await asyncio.sleep(0)
        del future
        gc.collect()
        assert len(told) == (heed is not _seen)


async def test_records_wait_no_longer_than_a_twentieth_of_a_second(journal):
    result = Outcome(Row("a", None), OK, called=True, marked=True, duration_ms=400_000)
    assert await after(journal, result) == 0.05


async def test_it_is_busy_until_what_was_handed_over_is_on_the_disk(journal):
    held = await Journal.open(journal, "analyze-image", "run-1")
    assert not held.busy
    asked = asyncio.ensure_future(held.intent("a"))
    await asyncio.sleep(0)
    assert held.busy
    await asked
    assert not held.busy
    await held.close()


async def test_every_so_many_rows_that_are_done_those_done_before_the_last_time_are_forgotten(journal, monkeypatch):
    monkeypatch.setattr("diag.backfill.journal._PRUNE_EVERY", 2)
    clock = iter((100.0, 200.0))
    held = await Journal.open(journal, "analyze-image", "run-1", now=lambda: next(clock))
    fates = (Fate.FAILED, Fate.DONE, Fate.FAILED, Fate.DONE, Fate.FAILED, Fate.DONE, Fate.DONE)
    assert [held._to_prune(fate) for fate in fates] == [None, None, None, 0.0, None, None, 100.0]
    await held.close()


async def test_the_first_two_words_that_tell_something_stand_before_status_and_headers(journal):
    evidence = [Evidence(where, text) for where, text in (
        ("status", "500"), ("header server", "x"), ("body error", "no such key"), ("body code", "E1"), ("body", "long"),
    )]  # fmt: skip
    held = await Journal.open(journal, "analyze-image", "run-1")
    await held.intent("a")
    told = replace(DEAD, evidence=tuple(evidence))
    await held.outcome(Outcome(Row("a", None), told, called=True, marked=False), Fate.REFUSED)
    await held.close()
    with sqlite3.connect(journal) as db:
        assert db.execute("SELECT evidence FROM item").fetchall() == [("body error: no such key; body code: E1",)]
