"""The ceilings step by step: when they grow, when they look, when they go back."""

import pytest

from diag.backfill.ceiling import AutoCeiling, FixedCeiling


@pytest.mark.parametrize("ceiling", [FixedCeiling(most=100), AutoCeiling()])
def test_the_small_beginning_is_eight(ceiling):
    assert ceiling.level == 8
    assert (ceiling.has_room(7), ceiling.has_room(8)) == (True, False)


def test_each_success_lets_one_more_in_up_to_the_most():
    ceiling = FixedCeiling(most=10)
    levels = []
    for _ in range(4):
        ceiling.succeeded(0.0)
        levels.append(ceiling.level)
    assert levels == [9, 10, 10, 10]


def at_sixteen(**more):
    """An automatic ceiling that has just grown to 16."""
    ceiling = AutoCeiling(start=16, **more)
    assert ceiling.level == 16
    return ceiling


def play(ceiling, begins, ends, *, full=True):
    """A round of settling that is over at ``begins``, and one that is measured until ``ends``."""
    level = ceiling.level
    for now in (begins, ends):
        for _ in range(level):
            assert ceiling.level == level
            ceiling.has_room(level if full else level - 1)
            ceiling.succeeded(now)
    return ceiling.level


def test_the_first_look_doubles_however_slow_it_was():
    assert play(at_sixteen(), 0.0, 10_000.0) == 32


def test_a_fifth_more_throughput_is_worth_twice_the_calls_and_less_is_not():
    for seconds, level in ((32 / 1.2, 64), (32 / 1.19, 16)):
        ceiling = at_sixteen()
        play(ceiling, -16.0, 0.0)  # one a second
        assert play(ceiling, 0.0, seconds) == level


def test_the_highest_level_is_held_against_the_one_below_it_for_as_long_as_that_pays():
    ceiling = at_sixteen(most=32)
    play(ceiling, 0.0, 16.0)  # one a second
    for begins in (100.0, 200.0, 300.0):
        assert play(ceiling, begins, begins + 16.0) == 32  # two a second
    assert play(ceiling, 400.0, 430.0) == 16


def test_it_is_compared_with_the_best_level_so_far():
    ceiling = at_sixteen()
    play(ceiling, 0.0, 16.0)
    play(ceiling, 20.0, 36.0)  # two a second
    assert ceiling.level == 64
    assert play(ceiling, 40.0, 40.0 + 64 / 2.3) == 32


def test_only_what_follows_the_settling_is_measured():
    ceiling = at_sixteen()
    play(ceiling, 0.0, 0.5)  # 32 a second
    assert play(ceiling, 900.0, 900.5) == 64


def test_a_level_that_was_not_reached_since_the_settling_teaches_nothing():
    ceiling = at_sixteen()
    ceiling.has_room(16)
    assert play(ceiling, 0.0, 1.0, full=False) == 16
    assert play(ceiling, 2.0, 3.0) == 32


def test_being_full_once_is_being_full():
    ceiling = at_sixteen()
    for _ in range(16):
        ceiling.succeeded(0.0)
    ceiling.has_room(17)
    ceiling.has_room(3)
    for _ in range(16):
        ceiling.succeeded(1.0)
    assert ceiling.level == 32


def test_after_it_went_back_the_next_look_doubles_however_slow_it_was():
    ceiling = at_sixteen()
    play(ceiling, 0.0, 1.0)
    assert play(ceiling, 2.0, 10.0) == 16
    assert play(ceiling, 100.0, 9_000.0) == 32


def test_up_to_sixteen_each_success_lets_one_more_in_and_in_the_end_there_are_256():
    ceiling = AutoCeiling()
    for now in range(3):
        ceiling.succeeded(float(now))
    assert ceiling.level == 11
    for now in range(3, 8):
        ceiling.succeeded(float(now))
    for number in range(5):
        play(ceiling, 100.0 * number, 100.0 * number + 1)
    assert ceiling.level == 256


def test_where_it_went_back_it_looks_again_after_a_minute():
    ceiling = at_sixteen()
    play(ceiling, 0.0, 1.0)
    assert play(ceiling, 2.0, 10.0) == 16
    assert play(ceiling, 11.0, 69.9) == 16
    assert play(ceiling, 69.95, 70.0) == 32


def test_it_goes_back_by_half_and_never_below_sixteen():
    ceiling = at_sixteen()
    for number in range(3):
        play(ceiling, 100.0 * number, 100.0 * number + 1)
    assert ceiling.level == 128
    assert play(ceiling, 1000.0, 2000.0) == 64
    assert play(ceiling, 2060.0, 2061.0) == 128
    small = AutoCeiling(most=20, start=18)
    assert play(small, 0.0, 1.0) == 20
    assert play(small, 10.0, 100.0) == 16


def test_it_never_grows_above_the_most():
    ceiling = at_sixteen(most=24)
    assert play(ceiling, 0.0, 1.0) == 24
    few = AutoCeiling(most=3)
    for now in range(50):
        few.has_room(3)
        few.succeeded(float(now))
        assert few.level == 3


def test_successes_at_one_instant_are_fast_and_no_error():
    ceiling = at_sixteen()
    assert play(ceiling, 5.0, 5.0) == 32
    assert play(ceiling, 6.0, 6.5) == 16


def test_after_a_reset_it_begins_as_if_nothing_had_been_learnt():
    ceiling = at_sixteen()
    play(ceiling, 0.0, 0.1)
    assert play(ceiling, 0.2, 0.9) == 16  # and would not look again before 60.9
    for _ in range(5):
        ceiling.succeeded(0.9)
    ceiling.reset()
    assert play(ceiling, 0.91, 0.92) == 32
