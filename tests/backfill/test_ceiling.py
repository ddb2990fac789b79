"""How many calls may be in flight."""

import asyncio
import math

import pytest

from diag.backfill import Options
from diag.backfill.ceiling import AutoCeiling, FixedCeiling

from .worlds import World, virtually


def test_it_starts_small_and_doubles_with_each_round_of_successes():
    ceiling = FixedCeiling(most=100, start=8)
    for _ in range(8):
        ceiling.succeeded(0.0)
    assert ceiling.has_room(15)
    assert not ceiling.has_room(16)


def test_it_is_never_above_what_was_asked_for():
    ceiling = FixedCeiling(most=3, start=8)
    for _ in range(50):
        ceiling.succeeded(0.0)
    assert not ceiling.has_room(3)


@pytest.mark.parametrize("ceiling", [FixedCeiling(most=100, start=8), AutoCeiling(start=8)])
def test_after_a_pause_it_is_small_again(ceiling):
    for second in range(500):
        ceiling.has_room(10_000)
        ceiling.succeeded(second / 100)
    ceiling.reset()
    assert not ceiling.has_room(8)


def flow(throughput, seconds):
    """The levels that an automatic ceiling goes through, where ``throughput(level)`` calls end per second."""
    ceiling, now, levels = AutoCeiling(), 0.0, []
    while now < seconds:
        now += 1 / throughput(ceiling.level)
        ceiling.has_room(ceiling.level)
        ceiling.succeeded(now)
        levels.append((now, ceiling.level))
    return levels


def test_it_doubles_as_long_as_that_pays():
    assert max(level for _, level in flow(lambda level: level / 7.5, 400)) == 256


def test_it_stays_at_its_highest_level_as_long_as_that_pays():
    levels = flow(lambda level: level / 7.5, 1200)
    reached = next(place for place, (_, level) in enumerate(levels) if level == 256)
    assert {level for _, level in levels[reached:]} == {256}


def test_it_does_not_stay_beyond_saturation():
    levels = flow(lambda level: min(level, 20) / 0.3, 300)
    beyond = [now for now, level in levels if level > 32]
    assert len(beyond) < len(levels) / 5
    assert sum(level >= 16 for _, level in levels) > len(levels) / 2


def test_a_ceiling_that_was_not_reached_learns_nothing():
    ceiling = AutoCeiling(start=16)
    for second in range(1000):
        ceiling.has_room(3)
        ceiling.succeeded(float(second))
    assert ceiling.level == 16


def test_a_run_finds_the_concurrency_that_a_slow_function_needs(journal):
    """200 calls of 5 s at once are what 40 a second need."""
    world = World.of(4000, latency=lambda: 5.0)
    result = virtually(world, journal, options=Options(concurrency=0))
    assert result.succeeded == 4000
    assert world.peak > 100


def test_a_run_leaves_a_saturated_function_alone(journal):
    free = [0.0]

    def latency():
        now = asyncio.get_running_loop().time()
        free[0] = max(free[0], now) + 1 / 30  # one server that does 30 a second, whatever is queued
        return free[0] - now + 0.2

    world = World.of(4000, latency=latency)
    virtually(world, journal, options=Options(concurrency=0))
    assert world.peak <= 64
    assert not math.isnan(free[0])


def test_from_two_in_flight_it_is_at_sixteen_after_fourteen_successes():
    ceiling = AutoCeiling(start=2)
    for _ in range(14):
        ceiling.succeeded(0.0)
    assert ceiling.has_room(15)
    assert not ceiling.has_room(16)
