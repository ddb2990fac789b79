"""Functions that store a failure and answer from there: the run asks past what its own call has left, and no more."""

from collections import Counter

from diag.errors import ExitCode

from .worlds import BUSY, CACHED, OK, World, virtually


def odd(row):
    return int(row.id) % 5 == 0


def stores_failures(world, row):
    """Busy at first for one row in five, and from its store ever after unless it is told to look anew."""
    if not odd(row) or world.forced[row.id]:
        return OK
    return BUSY if world.calls[row.id] == 1 else CACHED


def test_a_failure_that_the_first_call_has_stored_is_asked_past_once_and_at_once_when_that_is_known(journal):
    world = World.of(50, stores_failures)
    result = virtually(world, journal)
    assert (result.succeeded, result.failed, result.exit_code) == (50, 0, ExitCode.OK)
    again = {row: count for row, count in world.calls.items() if count > 1}
    assert again.keys() == {f"{n:06d}" for n in range(0, 50, 5)}
    assert again["000000"] == 3  # the store answers the first of them: then it is known
    assert sum(again.values()) < 3 * 10
    assert +world.forced == Counter({f"{n:06d}": 1 for n in range(0, 50, 5)})


def test_what_an_earlier_day_has_stored_is_left_to_a_repair(journal):
    world = World.of(50, lambda world, row: CACHED if odd(row) else OK)
    result = virtually(world, journal)
    assert (result.succeeded, result.failed, result.exit_code) == (40, 10, ExitCode.ROWS_FAILED)
    assert max(world.calls.values()) == 1
    assert not +world.forced


def test_a_store_that_cannot_be_asked_past_ends_the_row(journal):
    world = World.of(50, lambda world, row: OK if not odd(row) else BUSY if world.calls[row.id] == 1 else CACHED)
    result = virtually(world, journal)
    assert (result.succeeded, result.failed) == (40, 10)
    assert max(world.calls.values()) == 3
