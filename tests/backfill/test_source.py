"""Where jobs come from: a supply without end keeps nobody from ending the run."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable

from diag.backfill.records import Record, State
from diag.backfill.source import PAGE, PendingRows
from diag.rows.outcome import Row


class KnowsAllAsBad:
    """A journal in whose eyes every row was refused by an earlier run."""

    run = "this"

    async def records(self, ids: Iterable[str]) -> dict[str, Record]:
        return {one: Record(one, State.REFUSED, 1, 0.0, "earlier", None) for one in ids}


async def rows_without_end(after: str | None) -> AsyncIterator[Row]:
    for number in itertools.count(int(after or 0) + 1):
        yield Row(str(number), None)


async def nothing_is_asked(ids: list[str]) -> set[str]:
    return set(ids)


async def test_rows_that_are_all_ruled_out_are_left_when_the_run_is_to_stop() -> None:
    looks = itertools.count(1)
    source = PendingRows(
        rows_without_end, nothing_is_asked, KnowsAllAsBad(), settle=0, stopping=lambda: next(looks) > 5
    )
    assert await source.next() is None
    await source.close()
    assert source.skipped == 5 * PAGE
    assert source.handed_out == 0
