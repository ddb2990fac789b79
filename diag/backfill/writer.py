"""One thread that owns the journal's connection; everything that waits while it commits shares the next commit.

Each commit wakes this thread, then the disk, then the event loop: at a few dozen calls per second that is most of what
a journal costs. So an operation may wait a little for others to share its commit with (``linger``)."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from diag.errors import JournalError, NukediagError

T = TypeVar("T")
Operation = Callable[[sqlite3.Connection], T]
_MOST = 500  # operations per commit
_CROWD = 32  # operations that wait for no others any more
_Entry = tuple[Operation[Any], "asyncio.Future[Any]"]


class Writer:
    """Runs operations on the connection in order, grouped into transactions. An operation's future is done only
    after its transaction is on the disk. ``linger``: seconds that an operation may wait for company."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], path: Path) -> None:
        self._path = path
        self._connect = connect
        self._queue: queue.SimpleQueue[list[_Entry] | None] = queue.SimpleQueue()
        self._waiting: list[_Entry] = []
        self._timer: asyncio.TimerHandle | None = None
        self.linger = 0.0
        self._loop = asyncio.get_running_loop()
        self.pending = 0
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[T]) -> asyncio.Future[T]:
        """The operation's result, once it is committed. The future raises JournalError."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((operation, future))
        if len(self._waiting) >= _CROWD or not self.linger:
            self._hand_over()
        elif self._timer is None:
            self._timer = self._loop.call_later(self.linger, self._hand_over)
        return future

    def _hand_over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self.pending += len(self._waiting)
            self._queue.put(self._waiting)
            self._waiting = []

    async def close(self) -> None:
        """Finish what was submitted and end the thread."""
        self._hand_over()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        open_ = True
        while open_:
            batch, open_ = self._gather()
            try:
                connection = connection or self._connect()
                results = _commit(connection, [operation for operation, _ in batch])
            except NukediagError as error:
                self._answer(batch, None, error)
            except Exception as error:  # whatever it is: who waits is told, and this thread goes on
                self._answer(batch, None, self._translate(error))
            else:
                self._answer(batch, results, None)
        if connection is not None:
            connection.close()

    def _gather(self) -> tuple[list[_Entry], bool]:
        batch: list[_Entry] = []
        entries = self._queue.get()
        while entries is not None:
            batch += entries
            if len(batch) >= _MOST or self._queue.empty():
                return batch, True
            entries = self._queue.get()
        return batch, False

    def _answer(self, batch: list[_Entry], results: list[Any] | None, error: NukediagError | None) -> None:
        def tell() -> None:
            self.pending -= len(batch)
            for number, (_, future) in enumerate(batch):
                if future.done():
                    continue
                if error is not None:
                    future.set_exception(error)
                elif results is not None:
                    future.set_result(results[number])

        if batch and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)

    def _translate(self, error: Exception) -> JournalError:
        return translate(error, self._path)


def translate(error: Exception, path: Path) -> JournalError:
    """What SQLite says, or what stands in it that no nukediag has written, for somebody who has to mend it."""
    text = str(error) if isinstance(error, sqlite3.Error | OSError) else f"malformed ({type(error).__name__}: {error})"
    if "full" in text or "I/O" in text:
        remedy = "free some disk space and run the same command again: it resumes; nothing recorded is lost"
        return JournalError(f"the journal {path} cannot be written: {text}", remedy)
    if "not a database" in text or "malformed" in text:
        remedy = f"move {path} out of the way; the rows that are done are known from the database's own marker"
        return JournalError(f"the journal {path} cannot be read: {text}", remedy)
    return JournalError(f"the journal {path}: {text}", "see whether the folder exists and is yours to write")


def _commit(connection: sqlite3.Connection, operations: list[Operation[Any]]) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [operation(connection) for operation in operations]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results
