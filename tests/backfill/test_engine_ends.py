"""How a run ends before its rows do: limits of rows, calls and money, and being told to stop."""

import pytest

from diag.backfill import Controls, Options, RowAnswered, Stopped
from diag.errors import ExitCode

from .worlds import World, virtually


def test_limit_is_kept_and_says_what_is_left(journal):
    world = World.of(100)
    result = virtually(world, journal, options=Options(limit=10))
    assert (result.attempted, result.remaining, result.stopped) == (10, 90, None)
    assert not result.finished


def test_max_calls_stops_cleanly(journal):
    world = World.of(100)
    result = virtually(world, journal, options=Options(max_calls=25))
    assert (result.calls, result.stopped.reason, result.exit_code) == (25, "max-calls", ExitCode.STOPPED)
    assert result.stopped.why == "25 calls were made, and more were not allowed"  # not all of them need have cost money


def test_max_cost_counts_money(journal):
    world = World.of(100)
    result = virtually(world, journal, options=Options(max_cost=0.21))
    assert result.calls == 10
    assert result.cost_usd == pytest.approx(0.21)


def test_max_calls_that_just_suffice_are_no_early_stop(journal):
    result = virtually(World.of(30), journal, options=Options(max_calls=30))
    assert (result.stopped, result.exit_code) == (None, ExitCode.OK)


def test_draining_finishes_what_is_in_flight_and_a_second_run_does_the_rest(journal):
    world, controls = World.of(200), Controls()

    def interrupt(event):
        if isinstance(event, RowAnswered) and len(world.pending) == 150:
            controls.drain(Stopped("interrupted"))

    result = virtually(world, journal, controls=controls, observers=[interrupt])
    assert result.exit_code is ExitCode.INTERRUPTED
    assert world.in_flight == 0
    assert result.unresolved == 0
    rest = virtually(world, journal, run="run-2")
    assert result.succeeded + rest.succeeded == 200
    assert max(world.calls.values()) == 1


def test_stopping_at_once_leaves_calls_unresolved_and_the_next_run_looks_first(journal):
    world, controls = World.of(100), Controls()

    def interrupt(event):
        if isinstance(event, RowAnswered) and len(world.pending) == 50:
            controls.now(Stopped("interrupted"))

    result = virtually(world, journal, controls=controls, observers=[interrupt])
    cut = [row_id for row_id, count in world.calls.items() if count and not world.rows[row_id]]
    assert result.unresolved == len(cut) > 0
    world.results.update(cut)  # their work came to its end in the function
    rest = virtually(world, journal, run="run-2", at=1000)
    assert max(world.calls.values()) == 1
    assert world.pending == []
    assert rest.calls == 100 - result.calls - len(cut)
