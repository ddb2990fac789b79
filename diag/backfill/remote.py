"""Steering a backfill that is running from another terminal: words left in its journal, which it reads twice a
second."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from diag.backfill.ceiling import FixedCeiling
from diag.backfill.engine import Engine
from diag.backfill.events import Notice
from diag.backfill.journal import Journal
from diag.backfill.lease import holder
from diag.backfill.records import prepare
from diag.backfill.result import Stopped
from diag.backfill.writer import translate
from diag.errors import JournalError, UsageError

POLL = 0.5
WORDS = ("pause", "resume", "rate", "concurrency", "stop", "stop-now")
_PATIENCE = 10.0  # seconds to wait for the run to take up a word


@dataclass(frozen=True, slots=True)
class Word:
    """One of ``WORDS``, with a ``value`` for ``rate`` (calls per second) and ``concurrency``."""

    word: str
    value: float | None = None


def send(path: Path, word: Word) -> None:
    """Leave a word for the run that holds this journal, and wait until it has taken it up.

    Raises UsageError where no backfill is running, JournalError where it does not listen.
    """
    _check_running(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as db:
            prepare(db)
            sql = "INSERT INTO control (word, value) VALUES (?, ?)"
            _wait(db, db.execute(sql, (word.word, word.value)).lastrowid)
    except sqlite3.Error as error:
        raise translate(error, path) from None


def _check_running(path: Path) -> None:
    if path.exists() and holder(path.with_suffix(".lock")) is not None:
        return
    raise UsageError("no backfill of this table is running", "start one: nukediag backfill --if-healthy")


def _wait(db: sqlite3.Connection, row: int | None) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if db.execute("SELECT taken FROM control WHERE id = ?", (row,)).fetchone()[0]:
            return
        time.sleep(0.05)
    raise JournalError("the backfill does not listen", "it may just be ending; otherwise interrupt it with Ctrl-C")


async def listen(journal: Journal, engine: Engine) -> None:
    """Take up words until cancelled. Words that were left for an earlier run are forgotten."""
    with suppress(JournalError):  # the engine meets the same error, and is the one to say so
        await journal.words()
        while True:
            for word, value in await journal.words():
                obey(engine, Word(word, value))
            await asyncio.sleep(POLL)


def obey(engine: Engine, word: Word) -> None:
    """Do what a word says."""
    controls = engine.controls
    match word:
        case Word("pause"):
            controls.pause()
        case Word("resume"):
            controls.resume()
        case Word("rate", float(rate)):
            engine.limiter.set_rate(rate)
        case Word("concurrency", float(most)):
            engine.ceiling = FixedCeiling(int(most), int(most))
        case Word("stop" | "stop-now"):
            stopped = Stopped("control", None, "stopped by nukediag control")
            (controls.now if word.word == "stop-now" else controls.drain)(stopped)
    value = "" if word.value is None else f" {word.value:g}"
    engine.caller.tell(Notice(f"told from elsewhere: {word.word}{value}"))
    controls.changed.set()
