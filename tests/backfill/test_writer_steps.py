"""The journal's thread step by step: who waits for company and how long, what shares a commit, what an error undoes."""

import asyncio
import sqlite3
import threading

import pytest

from diag.backfill.writer import Writer, translate
from diag.errors import JournalError, UsageError


class Kept(Writer):
    """A writer on a file with a table of words; ``commits`` counts its transactions."""

    def __init__(self, path):
        self.commits, self.connections = 0, 0
        super().__init__(self._open, path)

    def _open(self):
        self.connections += 1
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("CREATE TABLE IF NOT EXISTS word (text)")
        connection.set_trace_callback(self._count)
        return connection

    def _count(self, sql):
        self.commits += sql == "COMMIT"

    def write(self, text):
        return self.submit(lambda db: db.execute("INSERT INTO word VALUES (?)", (text,)).rowcount)

    def words(self):
        with sqlite3.connect(self._path) as db:
            return [text for (text,) in db.execute("SELECT text FROM word ORDER BY rowid")]


@pytest.fixture
async def kept(tmp_path):
    writer = Kept(tmp_path / "j.sqlite3")
    yield writer
    await writer.close()


async def test_without_a_wait_for_company_each_is_handed_over_at_once(kept):
    first = kept.write("a")
    assert kept.pending == 1
    assert (await first, kept.pending, kept.commits) == (1, 0, 1)


async def test_who_may_wait_waits_until_thirty_two_are_together_and_they_share_one_commit(kept):
    kept.linger = 3600.0
    waiting = [kept.write(str(number)) for number in range(31)]
    assert kept.pending == 0
    waiting.append(kept.write("31"))
    assert kept.pending == 32
    assert await asyncio.gather(*waiting) == [1] * 32
    assert (kept.commits, kept.pending) == (1, 0)
    assert kept.words() == [str(number) for number in range(32)]


async def test_nobody_waits_longer_than_was_said_and_each_wait_begins_anew(kept):
    kept.linger = 0.01
    for number in range(3):
        waiting = [kept.write(f"{number}a"), kept.write(f"{number}b")]
        assert kept.pending == 0
        async with asyncio.timeout(60):
            await asyncio.gather(*waiting)
        assert kept.commits == number + 1


async def test_who_has_filled_the_crowd_leaves_no_timer_behind(kept):
    kept.linger = 3600.0
    await asyncio.gather(*(kept.write(str(number)) for number in range(32)))
    last = kept.write("last")
    assert kept.pending == 0
    kept.linger = 0.0
    await asyncio.gather(kept.write("at once"), last)
    assert kept.words()[-2:] == ["last", "at once"]


async def test_what_waits_when_it_is_closed_is_written(tmp_path):
    writer = Kept(tmp_path / "j.sqlite3")
    writer.linger = 3600.0
    waiting = writer.write("a")
    await writer.close()
    assert (await waiting, writer.words()) == (1, ["a"])


@pytest.mark.parametrize(("operations", "commits"), [(1000, 2), (1001, 3)])
async def test_what_gathers_while_the_disk_is_busy_shares_commits_of_five_hundred(kept, operations, commits):
    begun, free = threading.Event(), threading.Event()
    busy = kept.submit(lambda db: begun.set() or free.wait(60))
    assert await asyncio.to_thread(begun.wait, 60)
    waiting = [kept.write(str(number)) for number in range(operations)]
    free.set()
    assert await busy
    await asyncio.gather(*waiting)
    assert kept.commits == 1 + commits
    assert kept.words() == [str(number) for number in range(operations)]


async def test_of_a_commit_in_which_one_fails_nothing_stands_and_all_are_told(kept):
    kept.linger = 3600.0
    waiting = [kept.write("a"), kept.submit(lambda db: db.execute("SELECT * FROM nowhere")), kept.write("b")]
    kept.linger = 0.0
    waiting.append(kept.write("c"))
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in told] == [JournalError] * 4
    assert (kept.words(), kept.pending) == ([], 0)
    assert await kept.write("d") == 1
    assert (kept.words(), kept.connections) == (["d"], 1)


async def test_what_cannot_be_opened_is_told_in_its_own_words_and_tried_again(tmp_path):
    path, errors = tmp_path / "j.sqlite3", [UsageError("another one has it", "wait")]

    def connect():
        if errors:
            raise errors.pop()
        return sqlite3.connect(path, isolation_level=None)

    writer = Writer(connect, path)
    with pytest.raises(UsageError, match="another one has it"):
        await writer.submit(lambda db: 1)
    assert await writer.submit(lambda db: 2) == 2
    await writer.close()


async def test_closing_it_closes_the_database(tmp_path):
    connection = sqlite3.connect(tmp_path / "j.sqlite3", isolation_level=None, check_same_thread=False)
    writer = Writer(lambda: connection, tmp_path)
    assert await writer.submit(lambda db: 1) == 1
    await writer.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_run_that_died_is_neither_told_nor_kept_waiting(tmp_path, monkeypatch):
    faults, free = [], threading.Event()
    monkeypatch.setattr(threading, "excepthook", faults.append)

    async def begun():
        writer = Kept(tmp_path / "j.sqlite3")
        writer.submit(lambda db: free.wait(60))
        return writer

    loop = asyncio.new_event_loop()
    writer = loop.run_until_complete(begun())
    loop.close()
    assert writer._thread.daemon
    free.set()
    writer._queue.put(None)
    writer._thread.join(60)
    assert (writer._thread.is_alive(), faults) == (False, [])


@pytest.mark.parametrize(
    ("error", "says", "remedy"),
    [
        (sqlite3.OperationalError("database or disk is full"), "cannot be written", "free some disk space"),
        (sqlite3.OperationalError("disk I/O error"), "cannot be written", "free some disk space"),
        (sqlite3.DatabaseError("file is not a database"), "cannot be read", "out of the way"),
        (sqlite3.DatabaseError("database disk image is malformed"), "cannot be read", "out of the way"),
        (TypeError("phase is no str"), r"cannot be read: malformed \(TypeError: phase is no str\)", "out of the way"),
        (PermissionError(13, "Permission denied"), "Permission denied", "yours to write"),
        (sqlite3.OperationalError("database is locked"), "database is locked", "yours to write"),
    ],
)
def test_each_error_says_what_to_do(tmp_path, error, says, remedy):
    told = translate(error, tmp_path / "j.sqlite3")
    with pytest.raises(JournalError, match=says):
        raise told
    assert remedy in told.remedy
    assert str(tmp_path) in told.message


async def test_an_error_that_ended_the_transaction_by_itself_is_told_as_it_was(kept):
    def ends_it(db):
        db.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(JournalError, match="full"):
        await kept.submit(ends_it)
    assert await kept.write("a") == 1
