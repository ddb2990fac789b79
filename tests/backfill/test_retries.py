"""When a row is called again, and what a run may spend on it."""

import random

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
