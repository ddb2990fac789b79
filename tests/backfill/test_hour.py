"""An hour of a backfill on a clock that does not wait: killed every few minutes, with calls that fail and time out, a
wall clock that jumps and a disk that fills up. After each of its ends the journal can be read."""

import random
import resource
import sqlite3
from contextlib import contextmanager

import pytest

from diag.backfill.records import State
from diag.errors import JournalError

from .test_model import Hostile, killed_after
from .worlds import BUSY, LIMITED, TIMEOUT, backfill, run_virtually, with_backfill

ROWS = 1200
HOUR = 3600.0
JUMPS = (-86_400, -600, 0, 0, 0, 600, 86_400)


@contextmanager
def files_of_at_most(size):
    """No file of this process can grow beyond so many bytes: what SQLite sees of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def recorded_as_done(journal):
    """Row -> when its last call began, of those that the journal holds as done; it must be sound."""
    with sqlite3.connect(journal) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(db.execute("SELECT id, started_at FROM item WHERE state = ?", (State.DONE,)))


async def hit(world, journal, seconds, size, **more):
    """One run that is killed, or that meets the end of the disk first: whether it did."""
    if size is None:
        await killed_after(seconds, world, journal, **more)
        return False
    with files_of_at_most(size):
        try:
            await killed_after(seconds, world, journal, **more)
        except JournalError:
            return True
    return False


@pytest.mark.parametrize("seed", [1, 2])
def test_an_hour_of_trouble_loses_nothing_and_pays_for_nothing_twice(journal, seed):
    rng = random.Random(seed)
    world = Hostile(rng, [BUSY, TIMEOUT, LIMITED])
    world.rows = {f"{number:06d}": False for number in range(ROWS)}
    world.dead = {row_id for row_id in world.rows if rng.random() < 0.05}
    world.settings = with_backfill(concurrency=8)
    passed = wall = 0.0
    runs = full = 0
    known = {}
    while passed < HOUR:
        seconds, wall = rng.uniform(20, 400), wall + rng.choice(JUMPS)
        size = rng.choice([None, None, rng.randint(30_000, 120_000)])
        full += run_virtually(hit(world, journal, seconds, size, run=f"run-{runs}", at=wall, seed=seed))
        passed, wall, runs = passed + seconds, wall + seconds, runs + 1
        now = recorded_as_done(journal)
        assert {row_id: now.get(row_id) for row_id in known} == known, "a row that was recorded as done changed"
        known = now
    world.faults = []
    for number in range(3):
        result = run_virtually(backfill(world, journal, run=f"last-{number}", at=wall + 10_000 * number))
        if result.finished:
            break
    assert (runs > 10, full > 0, len(known) > 100) == (True, True, True)
    assert world.broken_promises == []
    assert result.finished
    assert set(world.pending) == world.dead
    assert all(row_id in world.results for row_id, marked in world.rows.items() if marked)
