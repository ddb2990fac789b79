"""The interval that is shown beside a decision."""

import pytest

from diag.gate.wilson import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "interval"),
    [(8, 10, (0.4902, 0.9433)), (2, 10, (0.0567, 0.5098)), (50, 100, (0.4038, 0.5962)), (1, 1, (0.2065, 1.0))],
)
def test_it_is_the_interval_of_the_tables(successes, trials, interval):
    assert wilson(successes, trials, z=1.96) == pytest.approx(interval, abs=5e-5)


@pytest.mark.parametrize("trials", [1, 7, 9, 14, 15, 28, 30, 1000])
def test_it_never_leaves_what_a_rate_can_be(trials):
    """Rounding alone would take some of these a little below 0 or above 1."""
    assert wilson(0, trials)[0] == 0.0
    assert wilson(trials, trials)[1] <= 1.0
    assert 0 < wilson(0, trials)[1] < 1


def test_without_a_trial_every_rate_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)
