"""The start rate, with time passed in."""

from itertools import pairwise

import pytest

from diag.backfill.limiter import RateLimiter


def starts(limiter, count, now=0.0):
    """The times of the next starts, when each caller asks at once."""
    times = []
    for _ in range(count):
        now += limiter.turn(now)
        times.append(now)
    return times


def test_starts_are_spaced_evenly_at_a_known_rate():
    times = starts(RateLimiter(most=10), 20)
    gaps = [later - earlier for earlier, later in pairwise(times[3:])]
    assert gaps == pytest.approx([1 / 9.5] * len(gaps))


def test_idle_time_is_not_saved_up_for_a_burst():
    limiter = RateLimiter(most=10)
    starts(limiter, 5)
    later = starts(limiter, 10, now=100.0)
    assert later[-1] - 100 > 0.7


def test_a_refusal_cuts_the_rate_once_per_epoch():
    limiter = RateLimiter(rate=20)
    for now in (0.0, 0.5, 1.0, 4.9):
        limiter.throttled(now, None, 10, 10)
    assert limiter.rate == pytest.approx(10)
    limiter.throttled(5.1, None, 14, 20)
    assert limiter.rate == pytest.approx(5)


def test_answers_of_calls_from_before_a_cut_do_not_cut_again():
    limiter = RateLimiter(rate=20)
    limiter.throttled(0.0, None, 5, 100)
    for call in (6, 100, 103):  # the first few after it met an empty bucket
        limiter.throttled(9.0, None, call, 120)
    assert limiter.rate == pytest.approx(10)
    limiter.throttled(9.0, None, 104, 120)
    assert limiter.rate == pytest.approx(5)


def test_a_cut_ends_where_calls_were_answered_well():
    limiter = RateLimiter(rate=20)
    for tick in range(300):
        limiter.answered(tick / 12)
    limiter.throttled(25.0, None, 300, 400)
    assert limiter.rate == pytest.approx(12, rel=0.05)


def test_a_short_wish_of_a_call_from_before_a_cut_is_seen_to_by_the_cut_and_a_long_one_is_honoured():
    limiter = RateLimiter(rate=20)
    limiter.throttled(0.0, 1.0, 5, 100)
    limiter.throttled(4.0, 1.0, 50, 100)
    assert limiter.not_before == 1.0
    limiter.throttled(4.0, 20.0, 60, 100)
    assert limiter.not_before == 24.0


def test_after_a_wait_that_was_asked_for_the_very_first_refusal_counts():
    limiter = RateLimiter(rate=20)
    limiter.throttled(0.0, 20.0, 100, 100)
    limiter.throttled(20.5, 20.0, 101, 101)
    assert limiter.rate == pytest.approx(10 * 0.82)


def test_retry_after_holds_everyone_back():
    limiter = RateLimiter(rate=20)
    limiter.throttled(10.0, 30.0, 1, 1)
    assert limiter.turn(11.0) == pytest.approx(29.0)


def test_a_rate_that_is_not_reached_does_not_drift_up():
    limiter = RateLimiter(rate=20)
    for second in range(1000):
        limiter.turn(float(second))
    assert limiter.rate == 20


def test_a_known_limit_is_never_exceeded():
    limiter = RateLimiter(most=5)
    starts(limiter, 500)
    assert limiter.rate <= 5


def test_setting_the_rate_takes_effect():
    limiter = RateLimiter(rate=20)
    limiter.set_rate(4)
    assert limiter.rate == 4
    assert starts(limiter, 100)[-1] > 24


def test_a_refusal_after_a_long_calm_only_nudges_and_one_soon_after_cuts():
    limiter = RateLimiter(rate=20)
    for now, call in ((0.0, 1), (100.0, 500)):
        limiter.throttled(now, None, call, call)
    assert limiter.rate == pytest.approx(10 * 0.82)
    limiter.throttled(106.0, None, 600, 600)
    assert limiter.rate == pytest.approx(10 * 0.82 * 0.5)


def test_a_limit_that_a_provider_names_is_where_the_rate_begins_and_no_fence() -> None:
    limiter = RateLimiter()
    limiter.expect(10)
    assert limiter.rate == pytest.approx(9.5)
    now = 0.0
    while now < 20:
        now += limiter.turn(now)
        limiter.answered(now)
    assert 9.5 < limiter.rate < 11  # without it, the rate would have doubled several times


def test_a_limit_that_somebody_gave_beats_the_providers() -> None:
    limiter = RateLimiter(4)
    limiter.expect(100)
    assert limiter.rate == pytest.approx(3.8)


def test_a_high_limit_of_a_provider_is_no_reason_to_begin_with_a_storm() -> None:
    limiter = RateLimiter()
    limiter.expect(500)
    assert (limiter.rate, limiter.named) == (20, None)


def test_with_nothing_known_and_answers_at_once_it_is_at_thirty_a_second_within_eleven_seconds() -> None:
    limiter, now = RateLimiter(), 0.0
    while limiter.rate < 30:
        now += limiter.turn(now)
        limiter.answered(now)
    assert now < 11


def test_without_an_answer_it_does_not_get_faster() -> None:
    limiter = RateLimiter()
    starts(limiter, 60)
    assert limiter.rate == 2
