"""What an earlier run left in flight, looked up before anything is called: a killed run's calls go on in the project,
and their results would be met as stored answers that prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from diag.backfill.calls import Caller
from diag.backfill.events import Notice
from diag.backfill.job import Job
from diag.project import ProjectError
from diag.rows.outcome import Row

_MOST = 1000  # rows: a run has some hundreds in flight at most
_AT_ONCE = 8
_ENDS_WITHIN = 15.0
"""Seconds: a call that was sent less than that ago is likely to be running yet. Another call for its row, the test
call of preflight say, would be paid for as well."""


async def take_up(caller: Caller, still_pending: Callable[[list[str]], Awaitable[set[str]]]) -> int:
    """How many rows turned out to be done, and are marked and recorded now. Where the database does not say, nothing:
    preflight will name the cause, and the pass looks again."""
    begun = await caller.journal.unresolved(_MOST)
    if not begun:
        return 0
    await _wait_for_the_last(caller, begun)
    limit = asyncio.Semaphore(_AT_ONCE)

    async def is_done(row_id: str) -> bool:
        async with limit:
            return not caller.controls.stopping and await caller.find(Job(Row(row_id, None)))

    try:
        pending = await still_pending(begun)
        looks = await asyncio.gather(*(is_done(row_id) for row_id in begun if row_id in pending))
    except ProjectError:
        return 0
    done = sum(looks)
    if done:
        caller.tell(Notice(f"{done:,} rows that an earlier run had begun are done: no call is made for them"))
    return done


async def _wait_for_the_last(caller: Caller, begun: list[str]) -> None:
    records = (await caller.journal.records(begun)).values()
    seconds = _ENDS_WITHIN - min((caller.journal.age(record) for record in records), default=_ENDS_WITHIN)
    if seconds <= 0:
        return
    caller.tell(Notice(f"waiting {seconds:.0f} s for the end of {len(begun):,} calls that an earlier run had sent"))
    until = caller.clock() + seconds
    while caller.clock() < until and not caller.controls.stopping:
        await caller.controls.wait(until - caller.clock())
