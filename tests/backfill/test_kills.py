"""SIGKILL at random moments under load on the sandbox, and resume."""

import pytest
from cli.running import clean_environment

from .kills import IN_FLIGHT, kill_again_and_again
from .test_command import marked_without_results

pytestmark = pytest.mark.sandbox


def test_killed_ten_times_nothing_is_lost_and_nothing_recorded_is_paid_for_again(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=120)
    found = kill_again_and_again(sandbox, tmp_path, clean_environment(tmp_path), kills=10, seed=11)
    assert found.kills >= 5
    assert found.in_flight > 0
    assert found.most_in_flight <= IN_FLIGHT
    assert (found.lost, found.forgotten, found.twice) == (0, 0, 0)
    assert found.calls <= 120 + found.in_flight
    assert found.last["finished"]
    assert marked_without_results(sandbox) == 0
