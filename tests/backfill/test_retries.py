"""When a row is called again, and what a run may spend on it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.backfill.retries import RetryBudget, delay


@given(attempt=st.integers(0, 50), throttled=st.booleans(), seed=st.integers())
def test_the_delay_is_never_negative_and_never_above_a_minute(attempt, throttled, seed):
    wait = delay(attempt, throttled=throttled, retry_after=None, uniform=random.Random(seed).uniform)
    assert 0 <= wait <= 60


@given(wish=st.floats(0, 100_000), seed=st.integers())
def test_what_the_answer_asks_for_is_honoured_whole(wish, seed):
    wait = delay(1, throttled=True, retry_after=wish, uniform=random.Random(seed).uniform)
    assert wish <= wait <= wish * 1.1 + 1


def test_rows_that_were_refused_together_do_not_come_back_together():
    uniform = random.Random(1).uniform
    waits = {round(delay(3, throttled=True, retry_after=2.0, uniform=uniform), 3) for _ in range(50)}
    assert len(waits) > 20


def test_with_everything_failing_the_run_sends_thirty_five_retries():
    budget = RetryBudget()
    sent = 0
    while budget.take(throttled=False):
        sent += 1
    assert sent == 35


def test_retries_that_succeed_cost_nothing():
    budget = RetryBudget()
    for _ in range(1000):
        assert budget.take(throttled=False)
        budget.succeeded(was_retry=True)
    assert budget.left == budget.capacity


def test_the_budget_never_exceeds_its_capacity():
    budget = RetryBudget()
    for _ in range(100):
        budget.succeeded(was_retry=False)
    assert budget.left == budget.capacity


def span(attempt, *, throttled=False, retry_after=None):
    """The shortest and the longest delay that chance can give."""
    wished = {"throttled": throttled, "retry_after": retry_after}
    return tuple(delay(attempt, **wished, uniform=choose) for choose in (min, max))


@pytest.mark.parametrize(("attempt", "longest"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (5000, 60)])
def test_the_span_of_the_delay_doubles_up_to_a_minute(attempt, longest):
    assert span(attempt) == (0, longest)


@pytest.mark.parametrize(("attempt", "longest"), [(0, 2), (1, 4), (4, 32), (5, 60)])
def test_who_was_throttled_waits_twice_as_long(attempt, longest):
    assert span(attempt, throttled=True) == (0, longest)


@pytest.mark.parametrize(("wish", "longest"), [(0.0, 1.0), (20.0, 23.0), (600.0, 661.0)])
def test_a_second_and_a_tenth_more_than_was_asked_for_is_the_longest_delay(wish, longest):
    assert span(1, retry_after=wish) == (wish, pytest.approx(longest))


@pytest.mark.parametrize(("throttled", "price"), [(False, 14), (True, 1)])
def test_each_kind_of_retry_has_its_price_and_the_last_may_take_all(throttled, price):
    budget = RetryBudget(capacity=2.0 * price)
    assert [budget.take(throttled=throttled) for _ in range(3)] == [True, True, False]
    assert budget.left == 0


def test_the_budget_is_five_hundred_and_a_success_at_first_try_gives_back_one():
    budget = RetryBudget()
    assert budget.left == 500
    budget.take(throttled=False)
    budget.succeeded(was_retry=False)
    assert budget.left == 500 - 14 + 1
