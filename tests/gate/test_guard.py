"""The guard of a running backfill: what trips it, what does not."""

import math
import random

import pytest

from diag.gate import AlarmKind, Guard, Limits, Reading


def watch(outcomes, signature="runtime.idle-timeout", guard=None):
    """The guard after these readings, and after how many of them it alarmed (None: never)."""
    guard = guard or Guard()
    for number, reading in enumerate(outcomes, 1):
        guard = guard.after(reading, signature, call=number, started=number)
        if guard.alarm:
            return guard, number
    return guard, None


def calls_until_alarm(rate, rng, most):
    outcomes = (Reading.SUCCESS if rng.random() < rate else Reading.FAILURE for _ in range(most))
    return watch(outcomes)[1]


def test_five_straight_failures_pause():
    guard, number = watch([Reading.SUCCESS] * 100 + [Reading.FAILURE] * 10)
    assert (guard.alarm.kind, number) == (AlarmKind.PAUSE, 105)


def test_two_project_failures_of_one_kind_stop():
    guard, number = watch([Reading.SUCCESS] * 20 + [Reading.PROJECT] * 2, "openai.quota-exhausted")
    assert (guard.alarm.kind, guard.alarm.signature, number) == (AlarmKind.STOP, "openai.quota-exhausted", 22)


def test_a_success_started_after_a_project_failure_clears_the_suspicion():
    guard, number = watch([Reading.PROJECT, *[Reading.SUCCESS] * 3] * 20, "function.code-error")
    assert number is None
    assert guard.suspects == {} or set(guard.suspects) == {"function.code-error"}


def test_a_success_that_was_already_under_way_clears_nothing():
    guard = Guard().after(Reading.PROJECT, "openai.key-invalid", call=5, started=8)
    guard = guard.after(Reading.SUCCESS, "function.ok", call=6, started=8)
    guard = guard.after(Reading.PROJECT, "openai.key-invalid", call=7, started=8)
    assert guard.alarm.kind is AlarmKind.STOP


@pytest.mark.parametrize("reading", [Reading.THROTTLED, Reading.NEUTRAL])
def test_throttling_and_cached_answers_never_alarm(reading):
    assert watch([reading] * 500)[1] is None


def test_fifteen_percent_dead_pictures_never_alarm():
    rng = random.Random(5)
    outcomes = [Reading.ITEM if rng.random() < 0.15 else Reading.SUCCESS for _ in range(20_000)]
    assert watch(outcomes, "image.not-found")[1] is None


def test_pictures_that_all_go_dead_are_noticed_as_one_cause():
    guard, number = watch([Reading.SUCCESS] * 50 + [Reading.ITEM] * 60, "image.not-found")
    assert (guard.alarm.kind, guard.alarm.items) == (AlarmKind.PAUSE, True)
    assert number == 80
    assert watch([Reading.ITEM] * 200, "image.not-found", guard.calm())[1] == 60
    assert "common cause" in guard.alarm.why


def test_a_fall_to_half_is_noticed_within_some_twenty_calls():
    rng = random.Random(6)
    runs = [calls_until_alarm(0.5, rng, 2000) for _ in range(400)]
    assert sum(runs) / len(runs) < 25


def test_nine_in_ten_good_almost_never_alarms():
    rng = random.Random(7)
    alarms = sum(calls_until_alarm(0.9, rng, 500) is not None for _ in range(200))
    assert alarms <= 10  # one in 36,000 calls is expected: 2 to 3 in these 100,000


def test_half_of_the_last_fifty_failing_stops():
    guard = Guard(Limits(go=0.51, stop=0.5))  # outcomes weigh next to nothing: only the window is left to notice
    for number in range(60):
        reading = Reading.FAILURE if number % 2 or number > 45 else Reading.SUCCESS
        guard = guard.after(reading, "x", call=number, started=number)
        if guard.alarm:
            break
    assert guard.alarm.kind is AlarmKind.STOP
    assert "of the last 50" in guard.alarm.why


def test_calm_forgets():
    guard, _ = watch([Reading.FAILURE] * 5)
    assert guard.calm() == Guard()


def test_while_an_alarm_stands_further_failures_leave_it_as_it_is():
    guard, _ = watch([Reading.FAILURE] * 5, "runtime.idle-timeout")
    later = guard.after(Reading.FAILURE, "openai.overloaded", call=6, started=6)
    assert later.alarm == guard.alarm
    assert later.score == pytest.approx(6 * Limits().failure)
    assert watch([Reading.ITEM] * 30, guard=guard)[0].alarm == guard.alarm


def test_ten_straight_failures_weigh_enough_to_stop():
    guard = Guard(score=9.1 - 0.5 * Limits().failure).after(Reading.FAILURE, "x", call=1, started=1)
    assert guard.alarm.kind is AlarmKind.STOP
    assert "0 of the last 1 calls" in guard.alarm.why


def test_the_last_fifty_are_fifty():
    guard = Guard()
    for number in range(70):
        guard = guard.after(Reading.SUCCESS, "function.ok", call=number, started=number)
    assert guard.recent == (True,) * 50
    assert guard.after(Reading.FAILURE, "x", call=70, started=70).recent == (*(True,) * 49, False)


def test_a_project_failure_counts_as_a_failure_too():
    guard = Guard().after(Reading.PROJECT, "openai.key-invalid", call=1, started=4)
    assert (guard.score, guard.recent, dict(guard.suspects)) == (Limits().failure, (False,), {"openai.key-invalid": 4})


def test_a_success_takes_its_weight_off_and_the_score_never_falls_below_nought():
    guard, _ = watch([Reading.FAILURE, Reading.SUCCESS])
    assert guard.score == pytest.approx(Limits().failure - Limits().success)
    assert watch([Reading.FAILURE, *[Reading.SUCCESS] * 3])[0].score == 0.0


def test_good_rows_take_back_what_bad_ones_said_of_a_common_cause():
    guard, _ = watch([Reading.ITEM] * 2, "image.not-found")
    bad = guard.items
    guard = guard.after(Reading.SUCCESS, "function.ok", call=3, started=3)
    assert bad == pytest.approx(2 * math.log(0.7 / 0.3))
    assert guard.items == pytest.approx(bad - math.log(0.7 / 0.3))
    assert watch([Reading.ITEM, *[Reading.SUCCESS] * 2])[0].items == 0.0


def test_a_success_of_the_very_call_after_the_suspicion_clears_it():
    guard = Guard().after(Reading.PROJECT, "openai.key-invalid", call=5, started=8)
    assert guard.after(Reading.SUCCESS, "function.ok", call=7, started=8).suspects != {}
    assert guard.after(Reading.SUCCESS, "function.ok", call=8, started=8).suspects == {}


@pytest.mark.parametrize(("good", "alarm"), [(25, None), (24, AlarmKind.STOP)])
def test_fewer_than_half_of_fifty_stop_and_half_do_not(good, alarm):
    guard = Guard(Limits(go=0.501, stop=0.5), recent=(True,) * good + (False,) * (49 - good))
    guard = guard.after(Reading.FAILURE, "x", call=50, started=50)
    assert (guard.alarm and guard.alarm.kind) == alarm


@pytest.mark.parametrize(
    ("failures", "kind"), [(4, None), (5, AlarmKind.PAUSE), (9, AlarmKind.PAUSE), (10, AlarmKind.STOP)]
)
def test_five_failures_in_a_row_pause_and_ten_stop(failures, kind):
    score = (failures - 1) * Limits().failure
    guard = Guard(score=score).after(Reading.FAILURE, "x", call=failures, started=failures)
    assert (guard.alarm and guard.alarm.kind) == kind


@pytest.mark.parametrize("odd", [Reading.FAILURE, Reading.ITEM, Reading.PROJECT])
def test_what_went_wrong_long_ago_is_forgotten_after_as_many_successes_as_the_window_holds(odd):
    clean, _ = watch([Reading.SUCCESS] * 60)
    after, _ = watch([Reading.SUCCESS] * 60 + [odd] + [Reading.SUCCESS] * 49)
    assert (after != clean) == (odd is not Reading.ITEM)
    assert after.after(Reading.SUCCESS, "function.ok", call=200, started=200) == clean


def test_each_success_lets_the_stream_of_single_failures_down_and_never_below_nothing():
    guard, _ = watch([Reading.ITEM, Reading.SUCCESS])
    assert guard.items == pytest.approx(math.log(0.7 / 0.3) - math.log(0.7 / 0.3), abs=1e-9)
    assert guard.after(Reading.SUCCESS, "function.ok", call=3, started=3).items == 0
