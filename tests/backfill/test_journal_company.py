"""How long the journal's records wait for company, and figures that could not be written."""

import asyncio
import gc
from dataclasses import replace

import pytest

from diag.backfill.fate import Fate
from diag.backfill.journal import Journal, _seen
from diag.errors import JournalError
from diag.rows.outcome import Outcome, Row

from .worlds import OK


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
