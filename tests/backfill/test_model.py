"""Whatever happens, and whenever the run is killed: nothing lost, nothing paid again after a recorded success,
nothing marked without results."""

import asyncio
import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from diag.backfill import Options

from .worlds import BUSY, DEAD, LIMITED, OK, TIMEOUT, World, backfill, run_virtually

ROWS = 40


class Hostile(World):
    """Rows that are dead, calls that fail, time out while their work goes on, or are cut off by a kill."""

    def __init__(self, rng, faults):
        super().__init__({f"{number:06d}": False for number in range(ROWS)}, latency=lambda: rng.uniform(0.1, 30))
        self.rng, self.faults = rng, faults
        self.dead = {row_id for row_id in self.rows if rng.random() < 0.1}
        self.broken_promises = []

    def decide(self, row):
        if row.id in self.dead:
            return DEAD
        return self.rng.choice(self.faults) if self.faults and self.rng.random() < 0.3 else OK

    async def run(self, row, *, force=False):
        if self.rows[row.id] or row.id in self.results:
            self.broken_promises.append(f"{row.id} was called though its results stand")
        verdict = self.decide(row)
        self.judge = lambda world, row: verdict
        late = verdict is TIMEOUT and self.rng.random() < 0.5
        try:
            outcome = await super().run(row)
        except asyncio.CancelledError:
            # Killed: the function may have gone on and written all the same.
            if verdict is OK and self.rng.random() < 0.7:
                self.results.add(row.id)
            raise
        if late:
            self.results.add(row.id)
        return outcome


async def killed_after(seconds, world, journal, **more):
    task = asyncio.ensure_future(backfill(world, journal, **more))
    asyncio.get_running_loop().call_later(seconds, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    kills=st.lists(st.floats(0.5, 120), max_size=4),
    faults=st.lists(st.sampled_from([BUSY, TIMEOUT, LIMITED]), max_size=3),
)
def test_killed_at_any_moment_it_comes_to_the_right_end(seed, kills, faults):
    rng = random.Random(seed)
    world = Hostile(rng, faults)
    with tempfile.TemporaryDirectory() as folder:
        journal, at = Path(folder) / "state" / "backfill.sqlite3", 0.0
        for number, seconds in enumerate(kills):
            run_virtually(killed_after(seconds, world, journal, run=f"run-{number}", at=at, seed=seed))
            at += seconds
        world.faults = []
        for number in range(3):
            result = run_virtually(backfill(world, journal, run=f"last-{number}", at=at, options=Options()))
            at += 1000
            if result.finished:
                break
    assert world.broken_promises == []
    assert set(world.pending) == world.dead
    assert result.finished
    assert all(row_id in world.results for row_id, marked in world.rows.items() if marked)
