"""The gate's sequential test: its shortest verdicts, its waves, its error rates."""

import math
import random

import pytest

from diag.gate import Decision, GateTest, Limits, Reading

ALIVE = "function.ok"


def run(outcomes, test=None):
    test = test or GateTest()
    for reading in outcomes:
        if test.decision:
            break
        test = test.after(reading, "runtime.idle-timeout")
    return test


def simulate(rate, rng):
    """One gate in waves against calls that succeed at ``rate``."""
    test = GateTest()
    while (wave := test.wave) > 0:
        for _ in range(wave):
            good = rng.random() < rate
            test = test.after(Reading.SUCCESS if good else Reading.FAILURE, "x")
    return test


def test_seven_straight_successes_open():
    assert run([Reading.SUCCESS] * 6).decision is None
    assert run([Reading.SUCCESS] * 7).decision is Decision.OPEN


def test_four_straight_failures_shut():
    assert run([Reading.FAILURE] * 3).decision is None
    assert run([Reading.FAILURE] * 4).decision is Decision.SHUT


def test_two_project_failures_of_one_kind_shut_at_once_and_say_so():
    test = GateTest()
    for _ in range(5):
        test = test.after(Reading.SUCCESS, ALIVE)
    test = test.after(Reading.PROJECT, "openai.key-invalid").after(Reading.PROJECT, "openai.key-invalid")
    assert test.decision is Decision.SHUT
    assert "openai.key-invalid came 2 times" in test.why


def test_two_project_failures_of_different_kinds_do_not_decide():
    test = GateTest().after(Reading.PROJECT, "openai.key-invalid").after(Reading.PROJECT, "aws.key-invalid")
    assert test.decision is None


@pytest.mark.parametrize("reading", [Reading.ITEM, Reading.THROTTLED, Reading.NEUTRAL])
def test_what_says_nothing_about_the_rate_stays_out_of_it(reading):
    test = run([reading] * 10)
    assert (test.ratio, test.successes, test.failures) == (0, 0, 0)


def test_calls_that_say_nothing_still_count_to_the_cap():
    assert run([Reading.NEUTRAL] * 30).decision is Decision.UNDECIDED


def test_a_picture_found_dead_without_a_call_costs_nothing_of_the_cap():
    test = GateTest()
    for _ in range(40):
        test = test.after(Reading.ITEM, "image.not-found", called=False)
    assert test.decision is None


def test_the_first_wave_is_two_so_that_a_dead_key_costs_two_calls():
    assert GateTest().wave == 2


def test_healthy_takes_seven_calls_in_few_waves():
    test, waves = GateTest(), []
    while (wave := test.wave) > 0:
        waves.append(wave)
        for _ in range(wave):
            test = test.after(Reading.SUCCESS, ALIVE)
    assert sum(waves) == 7
    assert len(waves) <= 3


def test_dead_takes_four_calls():
    rng = random.Random(1)
    assert all(simulate(0.0, rng).called == 4 for _ in range(20))


def test_no_wave_overshoots():
    """The decision falls with the last call of a wave, never before it."""
    rng = random.Random(2)
    for _ in range(500):
        test = GateTest()
        rate = rng.random()
        while (wave := test.wave) > 0:
            for sent in range(wave):
                assert test.decision is None, f"decided after {sent} of {wave}"
                test = test.after(Reading.SUCCESS if rng.random() < rate else Reading.FAILURE, "x")


@pytest.mark.parametrize(("rate", "wrong"), [(0.5, Decision.OPEN), (0.8, Decision.SHUT)])
def test_error_rates_hold_in_simulation(rate, wrong):
    rng = random.Random(3)
    runs = 4000
    mistakes = sum(simulate(rate, rng).decision is wrong for _ in range(runs))
    assert mistakes / runs < 0.05


def test_it_never_takes_more_calls_than_the_cap():
    rng = random.Random(4)
    assert max(simulate(0.65, rng).called for _ in range(1000)) <= 30


def test_accepting_half_opens_at_half():
    test = GateTest(Limits.accepting(0.5))
    for good in [True, False] * 6:
        test = test.after(Reading.SUCCESS if good else Reading.FAILURE, "x")
        if test.decision:
            break
    assert test.decision is Decision.OPEN


@pytest.mark.parametrize("outcomes", [[Reading.SUCCESS] * 7, [Reading.FAILURE] * 4, [Reading.NEUTRAL] * 30])
def test_every_decision_says_why_with_numbers(outcomes):
    why = run(outcomes).why
    assert "canary calls succeeded" in why
    assert any(sign.isdigit() for sign in why)


def test_as_many_successes_as_open_the_gate_are_named_beforehand():
    assert [Limits().straight, Limits.accepting(0.5).straight] == [7, 4]
    for limits in (Limits(), Limits.accepting(0.5), Limits.accepting(0.9)):
        assert run([Reading.SUCCESS] * (limits.straight - 1), GateTest(limits)).decision is None
        assert run([Reading.SUCCESS] * limits.straight, GateTest(limits)).decision is Decision.OPEN


@pytest.mark.parametrize(("rate", "stop"), [(0.8, 0.5), (0.5, 0.2), (0.31, 0.02), (0.1, 0.02)])
def test_stop_keeps_its_distance_below_what_is_accepted(rate, stop):
    limits = Limits.accepting(rate)
    assert (limits.go, limits.stop) == (rate, pytest.approx(stop))


def test_undecided_and_unfinished_say_so():
    assert run([Reading.SUCCESS]).why == "1 of 1 canary calls succeeded so far"
    why = run([Reading.NEUTRAL] * 30).why
    assert "30 rows were tried" in why
    assert "neither clearly 80% nor clearly below 50%" in why


def test_rows_that_are_mostly_dead_without_a_call_end_the_drawing_at_three_times_the_cap():
    test = GateTest()
    for _ in range(89):
        test = test.after(Reading.ITEM, "image.not-found", called=False)
    assert test.decision is None
    assert test.after(Reading.ITEM, "image.not-found", called=False).decision is Decision.UNDECIDED


def test_what_single_rows_fail_of_counts_only_where_it_is_asked_about():
    assert GateTest(items=True).after(Reading.ITEM, "image.not-found").failures == 1
    assert GateTest().after(Reading.ITEM, "image.not-found").failures == 0


def test_waves_grow_small_again_with_a_suspicion():
    test = GateTest()
    assert test.after(Reading.PROJECT, "openai.key-invalid").wave == 1
    assert test.after(Reading.SUCCESS, ALIVE).wave == 4
    assert test.after(Reading.SUCCESS, ALIVE).after(Reading.PROJECT, "openai.key-invalid").wave == 1


def test_a_wave_leaves_room_below_the_cap():
    almost = run([Reading.NEUTRAL] * 29)
    assert (almost.called, almost.wave) == (29, 1)
    assert run([Reading.NEUTRAL] * 30).wave == 0


@pytest.mark.parametrize(("error", "odds"), [(0.05, 19), (0.01, 99), (0.5, 1)])
def test_the_gate_decides_at_the_odds_that_its_error_allows(error, odds):
    assert Limits(error=error).boundary == pytest.approx(math.log(odds))


def test_the_weights_are_what_an_outcome_says_for_going_against_stopping():
    limits = Limits(go=0.9, stop=0.6)
    assert (limits.success, limits.failure) == pytest.approx((math.log(0.9 / 0.6), math.log(0.4 / 0.1)))


@pytest.mark.parametrize(("successes", "failures", "wave"), [(1, 0, 4), (2, 0, 5), (6, 0, 1), (1, 2, 2), (3, 3, 2)])
def test_a_wave_is_as_large_as_the_shortest_way_to_a_decision(successes, failures, wave):
    assert GateTest(successes=successes, failures=failures).wave == wave


def test_at_the_boundary_itself_it_is_decided():
    """With these limits an outcome weighs exactly as much as a decision takes."""
    limits = Limits(go=0.75, stop=0.25, error=0.25)
    assert limits.success == limits.failure == limits.boundary
    assert GateTest(limits).after(Reading.SUCCESS, ALIVE).decision is Decision.OPEN
    assert GateTest(limits).after(Reading.FAILURE, "x").decision is Decision.SHUT
