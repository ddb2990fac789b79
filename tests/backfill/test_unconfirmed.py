"""The call does its work, and the database cannot be asked about it: nobody pays for it a second time."""

from dataclasses import replace

import pytest

from diag.diagnosis import Answer, Scope
from diag.project import ProjectError

from .worlds import World, diagnosis, virtually

AWAY = diagnosis("network.refused")


class Unconfirmed(World):
    """The first call of one row does its work, and then the database is away for ``looks`` looks."""

    def __init__(self, count, looks=0, scope=None):
        super().__init__({f"{number:06d}": False for number in range(count)})
        self.looks, self.away = looks, replace(AWAY, scope=scope) if scope else AWAY

    async def run(self, row, *, force=False):
        outcome = await super().run(row, force=force)
        if row.id != "000005" or self.calls[row.id] > 1:
            return outcome
        self.rows[row.id] = False
        return replace(outcome, diagnosis=self.away, marked=False, unverified=True)

    async def find(self, row, *, force=False):
        self.looks -= 1
        if self.looks >= 0:
            raise ProjectError("looking", Answer(failure=self.away.signature), self.away)
        return await super().find(row, force=force)


@pytest.mark.parametrize("looks", [0, 1, 6])
def test_after_a_success_the_database_is_asked_until_it_answers_and_nothing_is_paid_twice(journal, looks):
    world = Unconfirmed(20, looks)
    result = virtually(world, journal)
    assert max(world.calls.values()) == 1
    assert (result.succeeded, result.calls, world.pending) == (20, 20, [])


def test_a_database_that_stays_away_stops_the_run_and_the_next_one_looks_first(journal):
    world = Unconfirmed(20, looks=1000)
    stopped = virtually(world, journal)
    assert (stopped.stopped.reason, stopped.stopped.signature) == ("database", "network.refused")
    world.looks = 0
    result = virtually(world, journal, run="run-2", at=10_000)
    assert max(world.calls.values()) == 1
    assert (result.succeeded, world.pending) == (1, [])


def test_a_marker_that_may_not_be_set_costs_no_second_call_once_it_may(journal):
    world = Unconfirmed(20, looks=1, scope=Scope.PROJECT)
    stopped = virtually(world, journal)
    assert stopped.stopped.reason == "database"
    virtually(world, journal, run="run-2", at=10_000)
    assert max(world.calls.values()) == 1
    assert world.pending == []


EMPTY = diagnosis("function.empty", Scope.ITEM)


class Unreadable(World):
    """The function does its work, and every third answer of success arrives without its body; ``working``: whether
    the work of such a call is done."""

    def __init__(self, count, *, working=True, looks=0):
        super().__init__({f"{number:06d}": False for number in range(count)})
        self.working, self.looks = working, looks

    async def run(self, row, *, force=False):
        outcome = await super().run(row, force=force)
        if int(row.id) % 3:
            return outcome
        self.rows[row.id] = False
        if not self.working:
            self.results.discard(row.id)
        return replace(outcome, diagnosis=EMPTY, marked=False, answer=Answer(status=200, body=b'{"tags": ["eng'))

    async def find(self, row, *, force=False):
        self.looks -= 1
        if self.looks >= 0:
            raise ProjectError("looking", Answer(failure=AWAY.signature), AWAY)
        return await super().find(row, force=force)


@pytest.mark.parametrize("looks", [0, 3])
def test_a_success_whose_answer_cannot_be_read_is_looked_up_and_never_paid_for_again(journal, looks):
    world = Unreadable(30, looks=looks)
    result = virtually(world, journal)
    assert max(world.calls.values()) == 1
    assert (result.succeeded, result.failed, result.calls, world.pending) == (30, 0, 30, [])


def test_an_unreadable_answer_with_nothing_behind_it_stays_a_failure(journal):
    world = Unreadable(30, working=False)
    result = virtually(world, journal)
    assert (result.succeeded, result.failed, len(world.pending)) == (20, 10, 10)
    assert [(seen.signature, seen.count) for seen in result.signatures] == [("function.empty", 10)]
