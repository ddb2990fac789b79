"""What a killed run left in flight is looked up, once none of it can still be running."""

import asyncio
from types import SimpleNamespace

import pytest

from diag.backfill.leftover import take_up
from diag.diagnosis import Answer
from diag.project import ProjectError

from .worlds import diagnosis

AWAY = ProjectError("looking", Answer(failure="network.refused"), diagnosis("network.refused"))


class Left:
    """A caller and its journal in memory: ``ages`` are the seconds since each row was called, ``done`` has results."""

    def __init__(self, ages, done=(), stopping=False):
        self.ages, self.done, self.now, self.looks, self.told = ages, done, 100.0, [], []
        self.at_once = self.most_at_once = 0
        self.journal, self.controls, self.stopping = self, self, stopping

    async def unresolved(self, most):
        assert most == 1000
        return list(self.ages)

    async def records(self, row_ids):
        return {row_id: SimpleNamespace(id=row_id) for row_id in row_ids}

    def age(self, record):
        return self.ages[record.id]

    def clock(self):
        return self.now

    async def wait(self, seconds):
        self.now += min(seconds, 4.0)  # it may be woken early

    async def find(self, job):
        self.looks.append(job.row.id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return job.row.id in self.done

    def tell(self, notice):
        self.told.append(notice.text)


async def pending(row_ids):
    return set(row_ids)


async def test_where_nothing_was_left_nobody_is_asked():
    left = Left({})
    assert await take_up(left, pending) == 0
    assert (left.looks, left.told, left.now) == ([], [], 100.0)


async def test_rows_with_results_are_counted_and_told_of():
    left = Left({"a": 20.0, "b": 20.0, "c": 20.0}, done=("a", "c"))
    assert await take_up(left, pending) == 2
    assert left.told == ["2 rows that an earlier run had begun are done: no call is made for them"]


async def test_where_no_row_is_done_nothing_is_told():
    left = Left({"a": 20.0})
    assert await take_up(left, pending) == 0
    assert left.told == []


async def test_rows_that_are_no_longer_pending_are_not_looked_at():
    left = Left({"a": 20.0, "b": 20.0}, done=("a", "b"))

    async def only_b(row_ids):
        return {"b"}

    assert await take_up(left, only_b) == 1
    assert left.looks == ["b"]


@pytest.mark.parametrize(("ages", "waited"), [((2.0, 40.0), 13.0), ((15.0,), 0.0), ((14.0, 14.5), 1.0)])
async def test_a_call_of_the_last_fifteen_seconds_is_given_its_time(ages, waited):
    left = Left(dict(enumerate(ages)))
    await take_up(left, pending)
    assert left.now == 100.0 + waited
    said = [f"waiting {waited:.0f} s for the end of {len(ages)} calls that an earlier run had sent"]
    assert left.told == (said if waited else [])


async def test_a_run_that_is_told_to_end_waits_for_nothing_and_looks_at_nothing():
    left = Left({"a": 0.0}, done=("a",), stopping=True)
    assert await take_up(left, pending) == 0
    assert (left.looks, left.now) == ([], 100.0)


async def test_a_database_that_does_not_answer_leaves_all_as_it_is():
    left = Left({"a": 20.0})

    async def away(row_ids):
        raise AWAY

    assert await take_up(left, away) == 0
    assert left.told == []


async def test_eight_looks_go_at_once():
    left = Left({str(number): 20.0 for number in range(30)})
    await take_up(left, pending)
    assert (left.most_at_once, len(left.looks)) == (8, 30)
