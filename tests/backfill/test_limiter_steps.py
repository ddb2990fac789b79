"""The limiter's single steps, to the number: when a start is due, how the rate grows, how it is cut."""

import math

import pytest

from diag.backfill.limiter import RateLimiter


def waiting(rate=20.0, *, until=10.0, **more):
    """A limiter at this rate with starts reserved so far ahead that the next one has to wait."""
    limiter = RateLimiter(rate=rate, **more)
    while limiter.turn(0.0) < until:
        pass
    limiter._grown = 0.0
    limiter.rate = rate
    return limiter


def test_unlimited_it_begins_with_twenty_a_second_evenly_spaced():
    limiter = RateLimiter()
    assert limiter.rate == 20.0
    assert [limiter.turn(0.0) for _ in range(2)] == [0.0, pytest.approx(0.05)]


def test_a_known_limit_is_begun_and_kept_at_95_percent():
    assert RateLimiter(most=10).rate == pytest.approx(9.5)
    limiter = waiting(9.4, most=10)
    limiter.turn(1.0)
    assert limiter.rate == pytest.approx(9.5)


def test_of_starts_that_were_missed_a_tenth_of_a_second_is_caught_up_on():
    limiter = RateLimiter(rate=20.0)
    limiter.turn(0.0)
    waits = [limiter.turn(100.0) for _ in range(4)]
    assert waits[:3] == [0.0, 0.0, pytest.approx(0.0)]
    assert waits[3] == pytest.approx(0.05)


@pytest.mark.parametrize(("seconds", "rate"), [(0.0, 20.0), (0.5, 20 * 1.15**0.5), (1.0, 23.0), (7.0, 23.0)])
def test_until_the_first_refusal_it_grows_by_15_percent_a_second(seconds, rate):
    limiter = waiting()
    limiter.turn(seconds)
    assert limiter.rate == pytest.approx(rate)


def test_a_limit_that_a_provider_names_bounds_the_fast_growth_alone():
    limiter = waiting()
    limiter.expect(22.0)
    assert limiter.rate == 20.0
    limiter.turn(1.0)
    assert limiter.rate == pytest.approx(20.9)
    limiter.turn(2.0)
    assert limiter.rate == pytest.approx(20.9 + 0.05 * 2.09)
    limiter.expect(10.0)
    assert limiter.rate == pytest.approx(9.5)


def test_what_a_provider_names_changes_nothing_of_a_limit_that_somebody_gave():
    limiter = RateLimiter(most=10)
    limiter.expect(5.0)
    assert limiter.rate == pytest.approx(9.5)


@pytest.mark.parametrize(("rate", "step"), [(20.0, 0.05 * 2), (2.0, 0.05 * 0.3)])
def test_after_a_refusal_it_creeps(rate, step):
    limiter = waiting(rate)
    limiter._cut = 0.0
    limiter.turn(1.0)
    assert limiter.rate == pytest.approx(rate + step)


def test_one_cut_per_five_seconds_and_a_gentle_one_after_twenty_calm_ones():
    limiter = RateLimiter(rate=20.0)
    rates = []
    for now in (100.0, 104.9, 105.0, 124.9, 144.9):
        limiter.throttled(now, None)
        rates.append(limiter.rate)
    assert rates == pytest.approx([14.0, 14.0, 9.8, 9.8 * 0.7, 9.8 * 0.7 * 0.82])


def test_a_first_refusal_cuts_whenever_it_comes():
    limiter = RateLimiter(rate=20.0)
    limiter.throttled(0.0, None)
    assert limiter.rate == pytest.approx(14.0)


def test_it_is_never_slower_than_one_in_ten_seconds():
    limiter = RateLimiter(rate=0.12)
    limiter.throttled(0.0, None)
    assert limiter.rate == 0.1


def test_the_latest_time_that_an_answer_asked_for_counts_for_all():
    limiter = RateLimiter(rate=20.0)
    limiter.throttled(10.0, 30.0)
    limiter.throttled(11.0, 5.0)
    assert limiter.not_before == 40.0
    assert limiter.turn(12.0) == 28.0
    assert math.isclose(limiter.turn(12.0), 28 + 1 / limiter.rate, rel_tol=0.01)


def test_told_a_rate_it_takes_that_at_once():
    limiter = waiting()
    limiter.set_rate(4.0)
    assert (limiter.rate, limiter.turn(1.0)) == (4.0, 0.0)
    assert [limiter.turn(1.0), limiter.most] == [pytest.approx(0.15), pytest.approx(4 / 0.95)]


def test_the_first_wait_has_no_time_behind_it_to_grow_over():
    limiter = RateLimiter()
    assert [limiter.turn(50.0), limiter.turn(50.0) > 0, limiter.rate] == [0.0, False, 20.0]
    assert limiter.turn(50.0) == pytest.approx(0.0)
    assert limiter.turn(50.0) > 0
    assert limiter.rate == 20.0


def test_it_grows_over_the_time_since_it_last_grew():
    limiter = waiting()
    limiter._grown = 5.0
    limiter.turn(5.5)
    assert limiter.rate == pytest.approx(20 * 1.15**0.5)
