"""The limiter's single steps, to the number: when a start is due, how the rate grows, how it is cut."""

import math

import pytest

from diag.backfill.limiter import RateLimiter


def waiting(rate=20.0, *, until=10.0, **more):
    """A limiter at this rate with starts reserved so far ahead that the next one has to wait."""
    limiter = RateLimiter(rate=rate, **more)
    limiter._flow = 1000.0
    while limiter.turn(0.0) < until:
        pass
    limiter._grown = 0.0
    limiter.rate = rate
    return limiter


def test_unlimited_it_begins_with_two_a_second_evenly_spaced():
    limiter = RateLimiter()
    assert limiter.rate == 2.0
    assert [limiter.turn(0.0) for _ in range(2)] == [0.0, 0.5]


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


@pytest.mark.parametrize(("seconds", "rate"), [(0.0, 20.0), (0.5, 20 * 2**0.5), (1.0, 40.0), (7.0, 40.0)])
def test_until_the_first_refusal_it_doubles_each_second(seconds, rate):
    limiter = waiting()
    limiter.turn(seconds)
    assert limiter.rate == pytest.approx(rate)


def test_it_is_no_faster_than_twice_what_is_answered_well():
    limiter = waiting()
    limiter._flow, limiter._flowed = 15.0, 1.0
    limiter.turn(1.0)
    assert limiter.rate == pytest.approx(30.0)
    limiter._flow = 9.0
    limiter.turn(2.0)
    assert limiter.rate == pytest.approx(30.0)


def test_a_limit_that_a_provider_names_bounds_the_fast_growth_alone():
    limiter = waiting()
    limiter.expect(22.0)
    assert (limiter.rate, limiter.named) == (20.0, None)
    limiter.turn(1.0)
    assert limiter.rate == pytest.approx(20.9)
    limiter.turn(2.0)
    assert limiter.rate == pytest.approx(20.9 * 1.002)
    limiter.expect(10.0)
    assert limiter.rate == limiter.named == pytest.approx(9.5)


def test_what_a_provider_names_changes_nothing_of_a_limit_that_somebody_gave():
    limiter = RateLimiter(most=10)
    limiter.expect(5.0)
    assert limiter.rate == pytest.approx(9.5)


def crept(rate, *, refused=0.0, crept=True, calm=0.0):
    """The rate a second later, where the last cut was so long ago."""
    limiter = waiting(rate)
    limiter._cut, limiter._refused, limiter._crept = 1.0 - calm, refused, crept
    limiter.turn(1.0)
    return limiter.rate


def test_after_a_refusal_it_returns_to_nine_tenths_and_creeps_from_there():
    assert crept(15.0, refused=20.0) == pytest.approx(15 * 1.02)
    assert crept(17.9, refused=20.0) == pytest.approx(18.0)
    assert crept(18.0, refused=20.0) == pytest.approx(18 * 1.002)


def test_a_low_limit_that_was_found_by_creeping_is_felt_for_once_in_some_hundred_calls():
    assert crept(1.0, refused=1.0) == pytest.approx(1.0005)
    assert crept(1.0, refused=1.0, crept=False) == pytest.approx(1.002)


@pytest.mark.parametrize(
    ("rate", "calm", "faster"), [(20.0, 60.0, 1), (20.0, 180.0, 3), (1.0, 180.0, 1), (1.0, 400.0, 2)]
)
def test_without_a_refusal_it_creeps_ever_faster(rate, calm, faster):
    assert crept(rate, crept=False, calm=calm) == pytest.approx(rate * (1 + 0.002 * faster))


def test_one_cut_per_five_seconds_and_a_gentle_one_after_twenty_calm_ones():
    limiter = RateLimiter(rate=20.0)
    rates = []
    for place, now in enumerate((100.0, 104.9, 105.0, 124.9, 144.9)):
        limiter._flow, limiter._flowed = 1000.0, now
        limiter.throttled(now, None, 10 * place, 10 * place)
        rates.append(limiter.rate)
    assert rates == pytest.approx([14.0, 14.0, 9.8, 9.8 * 0.7, 9.8 * 0.7 * 0.82])


def test_a_first_refusal_cuts_whenever_it_comes_to_half_where_nothing_was_answered_well():
    limiter = RateLimiter(rate=20.0)
    limiter.throttled(0.0, None, 1, 1)
    assert limiter.rate == pytest.approx(10.0)


def test_good_answers_are_forgotten_over_three_seconds_or_six_answers():
    limiter = RateLimiter(rate=20.0)
    limiter.answered(1.0)
    assert limiter._flow == pytest.approx(1 / 3)
    assert limiter._flow_at(4.0) == (pytest.approx(1 / 3 / math.e), 3.0)
    slow = RateLimiter(rate=0.5)
    slow.answered(0.0)
    assert slow._flow_at(12.0) == (pytest.approx(1 / 12 / math.e), 12.0)


def test_it_is_never_slower_than_one_in_ten_seconds():
    limiter = RateLimiter(rate=0.12)
    limiter.throttled(0.0, None, 1, 1)
    assert limiter.rate == 0.1


def test_the_latest_time_that_an_answer_asked_for_counts_for_all():
    limiter = RateLimiter(rate=20.0)
    limiter.throttled(10.0, 30.0, 1, 1)
    limiter.throttled(11.0, 5.0, 2, 2)
    assert limiter.not_before == 40.0
    assert limiter.turn(12.0) == 28.0
    assert math.isclose(limiter.turn(12.0), 28 + 1 / limiter.rate, rel_tol=0.01)


def test_told_a_rate_it_takes_that_at_once():
    limiter = waiting()
    limiter.set_rate(4.0)
    assert (limiter.rate, limiter.turn(1.0)) == (4.0, 0.0)
    assert [limiter.turn(1.0), limiter.most] == [pytest.approx(0.15), pytest.approx(4 / 0.95)]


def test_the_first_wait_has_no_time_behind_it_to_grow_over():
    limiter = RateLimiter(rate=20.0)
    limiter._flow, limiter._flowed = 1000.0, 50.0
    assert [limiter.turn(50.0) for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.05)]
    assert limiter.rate == 20.0


@pytest.mark.parametrize(("rate", "elapsed"), [(20.0, 0.5), (0.25, 4.0)])
def test_it_grows_over_the_time_since_it_last_grew_though_not_more_than_one_start_or_second(rate, elapsed):
    limiter = waiting(rate, until=1000.0)
    limiter._flow, limiter._flowed = 1000.0, 5.0 + elapsed
    limiter._grown = 5.0
    limiter.turn(5.0 + elapsed)
    assert limiter.rate == pytest.approx(rate * 2**elapsed)


def test_a_start_that_is_due_this_very_moment_is_no_reason_to_grow():
    limiter = RateLimiter()
    limiter._flow = 1000.0
    for now in (0.0, 0.5, 1.0):
        assert limiter.turn(now) == 0.0
    assert limiter.rate == 2.0


def test_beyond_a_low_limit_that_was_named_it_only_feels_its_way():
    limiter = RateLimiter()
    limiter.expect(0.5)
    limiter.turn(0.0)
    limiter.turn(0.0)
    assert limiter.rate == pytest.approx(0.475)
    limiter.turn(1.0)
    assert limiter.rate == pytest.approx(0.475 * 1.002)


def test_of_a_long_time_without_a_look_one_start_at_a_low_rate_counts():
    limiter = waiting(0.5, until=100.0)
    limiter.turn(10.0)
    assert limiter.rate == pytest.approx(2.0)  # doubled each second, for two seconds
