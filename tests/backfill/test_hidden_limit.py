"""A limit that nobody tells, which the rate has to find: few refusals at first, almost all of it used later on."""

import pytest

from .hidden import Upstream

ALL = [0.5, 1, 3, 5, 10, 20, 50]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("limit", ALL)
def test_of_refusals_that_come_at_once_there_are_a_handful_in_the_first_minute(limit, seed):
    upstream = Upstream(limit, seed=seed).run(60)
    assert upstream.refusals(0, 60) <= 15


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("limit", ALL)
def test_of_late_refusals_there_are_no_more_than_begin_while_nobody_can_know(limit, seed):
    upstream = Upstream(limit, late=True, seed=seed).run(60)
    assert upstream.refusals(0, 60) <= 25 + 8 * limit


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("limit", [3, 5, 10, 20, 50])
def test_a_limit_is_used_almost_whole_with_few_refusals(limit, late, seed):
    upstream = Upstream(limit, late, seed=seed).run(900)
    assert upstream.used(180, 900) >= 0.97
    assert upstream.refusals_per_answer(180, 900) <= (1.25 if late else 0.5) / 100


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("limit", [0.5, 1])
def test_a_limit_so_low_that_answers_are_rare_is_used_to_nine_tenths(limit, late, seed):
    upstream = Upstream(limit, late, seed=seed).run(900)
    assert upstream.used(180, 900) >= 0.9
    assert upstream.refusals_per_answer(180, 900) <= (4 if late else 1.25) / 100


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("limit", "lower"), [(5, 3), (20, 8), (20, 16), (50, 30)])
def test_a_limit_that_drops_is_followed(limit, lower, late, seed):
    upstream = Upstream(limit, late, (300, lower), seed=seed).run(900)
    assert upstream.used(420, 900) >= 0.97
    assert upstream.refusals_per_answer(420, 900) <= (1.25 if late else 0.5) / 100


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 10, 50])
def test_short_waits_that_refusals_ask_for_cost_little(limit, late):
    upstream = Upstream(limit, late, retry_after=1.0).run(900)
    assert upstream.used(180, 900) >= 0.9


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("limit", [3, 10, 50])
def test_waits_of_twenty_seconds_are_kept_and_seldom_asked_for(limit, late):
    upstream = Upstream(limit, late, retry_after=20.0).run(900)
    assert upstream.refusals_per_answer(180, 900) <= 1.5 / 100
    assert upstream.used(180, 900) >= 0.6
