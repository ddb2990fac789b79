"""The start rate, with time passed in; and a hidden limit that the rate has to find."""

import heapq
import random
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
        limiter.throttled(now, None)
    assert limiter.rate == pytest.approx(14)
    limiter.throttled(5.1, None)
    assert limiter.rate == pytest.approx(9.8)


def test_retry_after_holds_everyone_back():
    limiter = RateLimiter(rate=20)
    limiter.throttled(10.0, 30.0)
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


def upstream(limit, seconds, *, drop_at=None, drop_to=None, seed=1):
    """Useful answers and refusals per second bin, against a hidden token bucket with calls of 5 to 10 s."""
    rng, limiter = random.Random(seed), RateLimiter()
    tokens, filled, now, refused, good, events = float(limit), 0.0, 0.0, [], [], []
    while now < seconds:
        while events and events[0][0] <= now:
            limiter.throttled(heapq.heappop(events)[0], None)
        wait = limiter.turn(now)
        now += wait
        hidden = drop_to if drop_at is not None and now >= drop_at else limit
        tokens, filled = min(float(hidden), tokens + (now - filled) * hidden), now
        if tokens >= 1:
            tokens -= 1
            good.append(now + rng.uniform(5, 10))
        else:
            refused.append(now)
            heapq.heappush(events, (now + 0.3, 0))
    return good, refused


def share(good, refused, limit, start, end=900):
    """Useful answers of a limit between two times, and refusals for each of them."""
    useful = sum(start <= time < end for time in good)
    return useful / (limit * (end - start)), sum(start <= time < end for time in refused) / useful


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("limit", [5, 20, 50])
def test_a_hidden_limit_is_used_almost_whole_with_few_refusals(limit, seed):
    used, refusals = share(*upstream(limit, 900, seed=seed), limit, start=180)
    assert used >= 0.97
    assert refusals <= 1 / 100


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("limit", "lower"), [(5, 3), (20, 8), (20, 16), (50, 30)])
def test_a_limit_that_drops_is_followed(limit, lower, seed):
    used, refusals = share(*upstream(limit, 900, drop_at=300, drop_to=lower, seed=seed), lower, start=420)
    assert used >= 0.97
    assert refusals <= 1 / 100


def test_a_refusal_after_a_long_calm_only_nudges_and_one_soon_after_cuts():
    limiter = RateLimiter(rate=20)
    for now in (0.0, 100.0):
        limiter.throttled(now, None)
    assert limiter.rate == pytest.approx(20 * 0.7 * 0.82)
    limiter.throttled(106.0, None)
    assert limiter.rate == pytest.approx(20 * 0.7 * 0.82 * 0.7)


def test_a_limit_that_a_provider_names_is_where_the_rate_begins_and_no_fence() -> None:
    limiter = RateLimiter()
    limiter.expect(10)
    assert limiter.rate == pytest.approx(9.5)
    now = 0.0
    while now < 20:
        now += limiter.turn(now)
    assert 9.5 < limiter.rate < 11  # without it, slow start would be at several times that


def test_a_limit_that_somebody_gave_beats_the_providers() -> None:
    limiter = RateLimiter(4)
    limiter.expect(100)
    assert limiter.rate == pytest.approx(3.8)


def test_a_high_limit_of_a_provider_is_no_reason_to_begin_fast() -> None:
    limiter = RateLimiter()
    limiter.expect(500)
    assert limiter.rate == RateLimiter().rate
