"""Which job comes next, and when: one pass in memory, with the time that a test says."""

import pytest

from diag.backfill.job import Job
from diag.backfill.jobs import Jobs
from diag.backfill.source import Pause
from diag.diagnosis import Answer, Scope
from diag.project import ProjectError
from diag.rows.outcome import Row

from .worlds import diagnosis

AWAY = ProjectError("looking", Answer(failure="network.refused"), diagnosis("network.refused"))
DENIED = ProjectError("looking", Answer(status=403), diagnosis("supabase.permission-denied", Scope.PROJECT))


def job(name, **more):
    return Job(Row(name, None), **more)


class Pass:
    """Fresh jobs in their order (``Pause.LATER`` among them means that there is none just now); ``done`` are the rows
    whose results a look finds, ``errors`` what the next looks raise, ``looks`` whom they were for."""

    def __init__(self, *fresh):
        self.fresh, self.now, self.done, self.errors, self.looks = list(fresh), 0.0, set(), [], []
        self.jobs = Jobs(self, self.find, lambda: self.now)

    async def next(self):
        return self.fresh.pop(0) if self.fresh else None

    async def find(self, one):
        self.looks.append(one.row.id)
        if self.errors:
            raise self.errors.pop(0)
        return one.row.id in self.done

    async def names(self):
        """All that may go now."""
        found = []
        while (one := await self.jobs.next()) is not None:
            found.append(one.row.id)
        return found


async def test_fresh_rows_come_in_their_order_and_then_nothing_is_left():
    this = Pass(job("a"), job("b"))
    assert this.jobs.left
    assert await this.names() == ["a", "b"]
    assert not this.jobs.left
    assert this.jobs.wait is None


async def test_what_was_put_back_comes_first_then_retries_that_are_due_then_fresh_rows():
    this = Pass(job("fresh"))
    this.jobs.again(job("late", due=5.0))
    this.jobs.again(job("due", due=0.0))
    this.jobs.put_back(job("back"))
    assert [(await this.jobs.next()).row.id for _ in range(3)] == ["back", "due", "fresh"]
    assert await this.jobs.next() is None
    assert this.jobs.wait == 5.0


async def test_a_retry_comes_when_it_is_due_and_not_before():
    this = Pass()
    this.jobs.again(job("a", due=3.0))
    this.now = 2.9
    assert await this.names() == []
    assert this.jobs.left
    this.now = 3.0
    assert this.jobs.wait == 0.0
    assert await this.names() == ["a"]


async def test_what_is_overdue_is_waited_for_no_negative_time():
    this = Pass()
    this.jobs.again(job("a", due=3.0))
    this.now = 10.0
    assert this.jobs.wait == 0.0
    other = Pass(job("open", unresolved=True, due=20.0))
    await other.jobs.next()
    other.now = 30.0
    assert other.jobs.wait == 0.0


async def test_the_retry_that_is_due_first_is_waited_for():
    this = Pass()
    for name, due in (("late", 9.0), ("soon", 4.0), ("later", 20.0)):
        this.jobs.again(job(name, due=due))
    assert this.jobs.wait == 4.0
    this.now = 9.0
    assert await this.names() == ["soon", "late"]


async def test_as_long_as_one_waits_for_a_look_something_is_left():
    this = Pass(job("open", unresolved=True, due=20.0))
    assert await this.jobs.next() is None
    assert this.jobs.left
    this.now = 20.0
    assert await this.names() == ["open"]
    assert not this.jobs.left


async def test_what_was_put_back_is_left():
    this = Pass()
    assert await this.jobs.next() is None
    this.jobs.put_back(job("a"))
    assert this.jobs.left


async def test_where_there_is_none_just_now_more_may_come():
    this = Pass(Pause.LATER, job("a"))
    assert await this.jobs.next() is None
    assert this.jobs.left
    assert await this.names() == ["a"]


async def test_beyond_a_thousand_waiting_retries_no_fresh_row_is_taken():
    this = Pass(job("fresh"))
    for number in range(1000):
        this.jobs.again(job(str(number), due=60.0))
    assert await this.jobs.next() is None
    this.now = 60.0
    assert (await this.jobs.next()).row.id != "fresh"
    this.now = 0.0
    assert (await this.jobs.next()).row.id == "fresh"


async def test_rows_that_a_probe_calls_are_no_fresh_ones():
    this = Pass(job("a"), job("b"), job("c"))
    this.jobs.leave_out(["a", "b"])
    assert await this.names() == ["c"]


async def test_a_row_without_a_known_end_waits_until_all_else_is_done():
    this = Pass(job("open", unresolved=True), job("a"))
    assert (await this.jobs.next()).row.id == "a"
    assert this.jobs.unresolved == 1
    this.jobs.again(job("retry", due=5.0))
    assert await this.jobs.next() is None
    assert this.looks == []
    this.now = 5.0
    assert (await this.jobs.next()).row.id == "retry"
    assert (await this.jobs.next()).row.id == "open"
    assert this.looks == ["open"]


async def test_what_a_look_finds_done_is_not_called_again():
    this = Pass(job("open", unresolved=True))
    this.done.add("open")
    assert await this.names() == []
    assert (this.jobs.left, this.jobs.unresolved) == (False, 0)


async def test_one_that_is_done_does_not_keep_the_next_from_being_looked_at():
    this = Pass(job("a", unresolved=True), job("b", unresolved=True, due=9.0), job("c", unresolved=True))
    this.done.add("a")
    found = await this.jobs.next()
    assert (found.row.id, found.unresolved) == ("c", False)
    assert this.looks == ["a", "b", "c"]
    assert this.jobs.unresolved == 1


async def test_what_may_still_be_running_is_looked_for_every_fifteen_seconds_and_called_when_due():
    this = Pass(job("open", unresolved=True, due=40.0))
    for now, looks in ((0.0, 1), (14.9, 1), (15.0, 2), (29.9, 2), (30.0, 3)):
        this.now = now
        assert await this.jobs.next() is None
        assert len(this.looks) == looks
    assert this.jobs.wait == 10.0
    this.now = 40.0
    assert this.jobs.wait == 0.0
    assert (await this.jobs.next()).row.id == "open"


async def test_the_next_look_is_waited_for_where_nothing_is_due_before():
    this = Pass(job("open", unresolved=True, due=100.0), job("other", unresolved=True, due=200.0))
    await this.jobs.next()
    this.now = 4.0
    assert this.jobs.wait == 11.0


async def test_while_fresh_rows_may_come_nothing_is_waited_for():
    this = Pass(Pause.LATER)
    this.jobs.again(job("open", unresolved=True, due=100.0))
    assert await this.jobs.next() is None
    assert this.jobs.wait is None


async def test_where_the_data_api_is_away_nothing_is_called_blindly_and_the_next_look_comes_later():
    this = Pass(job("a", unresolved=True), job("b", unresolved=True, due=50.0))
    this.errors = [AWAY]
    assert await this.jobs.next() is None
    assert this.looks == ["a"]
    assert this.jobs.wait == 15.0
    this.now = 15.0
    assert (await this.jobs.next()).row.id == "a"
    assert this.jobs.unresolved == 1


async def eighth_look_is_the_last(this):
    this.errors = [AWAY] * 8
    for _ in range(7):
        assert await this.jobs.next() is None
        this.now += 15.0
    with pytest.raises(ProjectError):
        await this.jobs.next()
    return not this.errors


async def test_the_eighth_look_in_a_row_without_an_answer_is_the_last():
    assert await eighth_look_is_the_last(Pass(job("a", unresolved=True)))


async def test_a_look_that_was_answered_begins_the_count_anew():
    this = Pass(job("a", unresolved=True, due=1000.0))
    for _ in range(3):
        this.errors = [AWAY] * 7
        for _ in range(8):
            assert await this.jobs.next() is None
            this.now += 15.0
    assert len(this.looks) == 24
    assert await eighth_look_is_the_last(this)


async def test_a_refusal_of_the_whole_project_is_told_at_once():
    this = Pass(job("a", unresolved=True))
    this.errors = [DENIED]
    with pytest.raises(ProjectError):
        await this.jobs.next()
