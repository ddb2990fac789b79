"""Which refusals cut the rate, and which tell nothing new."""

import pytest

from diag.backfill.limiter import RateLimiter


def cut(retry_after=None):
    """A limiter that was cut at 100, when ten calls had begun; its rate then."""
    limiter = RateLimiter()
    limiter.throttled(100.0, retry_after, 5, 10)
    return limiter, limiter.rate


@pytest.mark.parametrize(("call", "cuts"), [(10, False), (13, False), (14, True)])
def test_the_three_calls_after_those_under_way_tell_nothing_new(call, cuts):
    limiter, rate = cut()
    limiter.throttled(106.0, None, call, 20)
    assert (limiter.rate < rate) is cuts


@pytest.mark.parametrize(("wish", "last"), [(4.9, 13), (5.0, 10), (60.0, 10)])
def test_where_all_have_waited_the_next_call_tells_something_new(wish, last):
    for call, cuts in ((last, False), (last + 1, True)):
        limiter, rate = cut(wish)
        limiter.throttled(300.0, None, call, 20)
        assert (limiter.rate < rate) is cuts


@pytest.mark.parametrize(("wish", "until"), [(4.9, 0.0), (5.0, 107.0)])
def test_of_what_tells_nothing_new_only_a_long_wish_is_heard(wish, until):
    limiter, rate = cut()
    limiter.throttled(102.0, wish, 7, 12)
    assert (limiter.not_before, limiter.rate) == (until, rate)


def test_before_the_first_cut_every_refusal_is_news():
    limiter = RateLimiter()
    limiter.throttled(0.0, None, 0, 0)
    assert limiter.rate < RateLimiter().rate
