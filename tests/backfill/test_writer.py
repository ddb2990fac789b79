"""The journal's thread: who waits for an operation is always told, and the thread goes on."""

import sqlite3

import pytest

from diag.backfill.writer import Writer
from diag.errors import JournalError


def faulty(db):
    raise ValueError("no error of SQLite")


async def test_an_operation_that_fails_of_anything_is_told_and_the_next_one_goes_well(tmp_path):
    path = tmp_path / "j.sqlite3"
    writer = Writer(lambda: sqlite3.connect(path, isolation_level=None), path)
    with pytest.raises(JournalError, match="no error of SQLite"):
        await writer.submit(faulty)
    assert await writer.submit(lambda db: db.execute("SELECT 7").fetchone()) == (7,)
    await writer.close()
    assert writer.pending == 0


async def test_who_has_gone_meanwhile_is_not_told_and_nobody_is_hurt(tmp_path):
    path = tmp_path / "j.sqlite3"
    writer = Writer(lambda: sqlite3.connect(path, isolation_level=None), path)
    gone = writer.submit(lambda db: db.execute("SELECT 1").fetchone())
    gone.cancel()
    assert await writer.submit(lambda db: db.execute("SELECT 2").fetchone()) == (2,)
    await writer.close()
    assert gone.cancelled()


async def test_a_table_that_is_not_there_says_where_to_look(tmp_path):
    path = tmp_path / "j.sqlite3"
    writer = Writer(lambda: sqlite3.connect(path, isolation_level=None), path)
    with pytest.raises(JournalError, match="no such table") as said:
        await writer.submit(lambda db: db.execute("SELECT * FROM nowhere"))
    assert "yours to write" in said.value.remedy
    await writer.close()
