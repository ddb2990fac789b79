"""The engine on a world in memory and on virtual time: what is called, how often, and when it stops."""

import asyncio
import random
from dataclasses import replace

import pytest

from diag.backfill import Notice, Options
from diag.diagnosis import Verdict
from diag.errors import ExitCode

from .worlds import (
    BUSY,
    DEAD,
    KEY,
    LIMITED,
    OK,
    TIMEOUT,
    World,
    backfill,
    diagnosis,
    run_virtually,
    virtually,
    with_backfill,
)


def fail_for(verdict, *, times):
    """A judge that fails the first ``times`` calls of each row."""
    return lambda world, row: verdict if world.calls[row.id] <= times else OK


def test_every_row_is_done_with_one_call_each(journal):
    world = World.of(500)
    result = virtually(world, journal)
    assert (result.succeeded, result.failed, result.calls, result.retries) == (500, 0, 500, 0)
    assert world.pending == []
    assert max(world.calls.values()) == 1
    assert result.exit_code is ExitCode.OK
    assert result.finished


def test_concurrency_is_a_ceiling_that_is_reached_and_kept(journal):
    world = World.of(600)
    virtually(world, journal, options=Options(concurrency=20))
    assert world.peak == 20


def test_there_are_no_batch_barriers(journal):
    """One slow call in ten must not hold up the other nine."""
    rng = random.Random(1)
    world = World.of(400, latency=lambda: 50 if rng.random() < 0.1 else 1)
    times = []

    async def timed():
        await backfill(world, journal, options=Options(concurrency=10))
        times.append(asyncio.get_running_loop().time())

    run_virtually(timed())
    barriers = 400 / 10 * 50 * 0.65  # two of three batches of ten would hold a slow call
    assert times[0] < barriers / 3


def test_dead_pictures_are_set_apart_and_the_rest_is_done(journal):
    world = World.of(200, lambda world, row: DEAD if int(row.id) % 7 == 0 else OK)
    result = virtually(world, journal)
    dead = len(range(0, 200, 7))
    assert (result.succeeded, result.failed, result.calls) == (200 - dead, dead, 200 - dead)
    assert [(seen.signature, seen.count) for seen in result.signatures] == [("image.not-found", dead)]
    assert result.exit_code is ExitCode.ROWS_FAILED
    assert result.finished


def test_dead_rows_are_not_called_again_by_the_next_run(journal):
    world = World.of(50, lambda world, row: DEAD if row.id == "000007" else OK)
    virtually(world, journal)
    again = virtually(world, journal, run="run-2")
    assert (again.attempted, again.skipped, again.exit_code) == (0, 1, ExitCode.OK)
    assert world.calls["000007"] == 1


def test_retry_failed_calls_them_again(journal):
    world = World.of(50, lambda world, row: DEAD if row.id == "000007" and world.calls[row.id] == 1 else OK)
    virtually(world, journal)
    again = virtually(world, journal, run="run-2", options=Options(retry_failed=True))
    assert (again.attempted, again.succeeded) == (1, 1)


def test_a_dead_key_stops_the_run_after_two_calls(journal):
    world = World.of(500, lambda world, row: KEY)
    result = virtually(world, journal)
    assert sum(world.calls.values()) == 2
    assert (result.stopped.reason, result.stopped.signature) == ("guard", "openai.key-invalid")
    assert result.exit_code is ExitCode.STOPPED
    assert len(world.pending) == 500


def test_a_key_that_dies_in_the_middle_costs_no_more_than_what_was_in_flight(journal):
    world = World.of(500, lambda world, row: KEY if sum(world.calls.values()) > 200 else OK)
    result = virtually(world, journal, options=Options(concurrency=16))
    assert result.succeeded == 200
    assert 2 <= result.failed <= 16 + 1
    assert result.stopped.signature == "openai.key-invalid"


def test_rows_that_met_a_project_fault_are_called_by_the_next_run(journal):
    broken = World.of(40, lambda world, row: KEY)
    virtually(broken, journal)
    broken.judge = lambda world, row: OK
    result = virtually(broken, journal, run="run-2")
    assert result.succeeded == 40


def test_transient_failures_are_retried_and_come_to_a_good_end(journal):
    rng = random.Random(2)
    world = World.of(300, lambda world, row: BUSY if rng.random() < 0.1 else OK)
    result = virtually(world, journal)
    assert (result.succeeded, result.failed) == (300, 0)
    assert result.retries == result.calls - 300
    assert world.pending == []


def test_no_row_is_called_more_than_four_times_in_a_pass(journal):
    world = World.of(60, lambda world, row: BUSY if row.id == "000003" else OK)
    result = virtually(world, journal, options=Options(passes=1))
    assert world.calls["000003"] == 4
    assert (result.failed, result.exit_code) == (1, ExitCode.ROWS_FAILED)


def test_a_second_pass_catches_what_failed_in_the_first(journal):
    world = World.of(60, lambda world, row: BUSY if row.id == "000003" and world.calls[row.id] <= 4 else OK)
    result = virtually(world, journal)
    assert (result.passes, result.succeeded, result.failed) == (2, 60, 0)


def test_throttling_slows_down_and_loses_nothing(journal):
    started = []

    def judge(world, row):
        now = asyncio.get_running_loop().time()
        recent = [one for one in started if one > now - 1]
        if len(recent) >= 5:
            return LIMITED
        started.append(now)
        return OK

    world = World.of(600, judge)
    result = virtually(world, journal, options=Options(concurrency=200))
    assert (result.succeeded, result.failed) == (600, 0)
    assert result.retries < 60


def test_a_timed_out_call_is_looked_up_before_it_is_called_again(journal):
    def judge(world, row):
        if row.id == "000005" and world.calls[row.id] == 1:
            asyncio.get_running_loop().call_later(30, world.results.add, row.id)  # the function goes on working
            return TIMEOUT
        return OK

    world = World.of(20, judge)
    result = virtually(world, journal)
    assert world.calls["000005"] == 1
    assert (result.succeeded, result.calls) == (20, 20)
    assert world.pending == []


def test_a_timed_out_call_without_results_waits_for_the_wall_clock_limit(journal):
    calls = {}

    def judge(world, row):
        calls.setdefault(row.id, []).append(asyncio.get_running_loop().time())
        return TIMEOUT if row.id == "000005" and len(calls[row.id]) == 1 else OK

    world = World.of(20, judge)
    assert virtually(world, journal).succeeded == 20
    first, second = calls["000005"]
    assert second - first >= 400


def test_five_straight_failures_pause_and_a_good_probe_goes_on(journal):
    notices = []

    def judge(world, row):
        return BUSY if 100 < asyncio.get_running_loop().time() < 140 else OK

    world = World.of(800, judge)
    observers = [lambda event: notices.append(event.text) if isinstance(event, Notice) else None]
    result = virtually(world, journal, options=Options(concurrency=8), observers=observers)
    assert (result.succeeded, result.stopped) == (800, None)
    assert any(text.startswith("pausing for") for text in notices)
    assert any(text.startswith("going on") for text in notices)


def test_an_outage_that_lasts_stops_the_run_after_few_calls(journal):
    world = World.of(5000, lambda world, row: BUSY if sum(world.calls.values()) > 300 else OK)
    result = virtually(world, journal, options=Options(concurrency=8))
    assert result.stopped.reason == "guard"
    assert result.stopped.signature == "openai.overloaded"
    assert result.calls < 340


def test_a_fault_of_nukediag_itself_is_raised_once_everything_is_recorded(journal):
    def judge(world, row):
        if row.id == "000050":
            raise ZeroDivisionError("a bug")
        return OK

    world = World.of(100, judge)
    with pytest.raises(ZeroDivisionError):
        virtually(world, journal)
    assert world.in_flight == 0


def test_unknown_single_rows_do_not_stop_a_healthy_run(journal):
    odd = diagnosis("function.code-error", KEY.scope)
    world = World.of(400, lambda world, row: odd if int(row.id) % 50 == 49 else OK)
    result = virtually(world, journal, options=Options(concurrency=1))
    assert (result.succeeded, result.failed, result.stopped) == (392, 8, None)


def test_degraded_answers_are_no_success_unless_they_are_accepted(journal, tmp_path):
    partial = diagnosis("function.partial", KEY.scope, Verdict.DEGRADED)
    world = World.of(30, lambda world, row: partial)
    refused = virtually(world, journal)
    assert (refused.succeeded, len(world.pending), refused.stopped.signature) == (0, 30, "function.partial")
    accepted = virtually(world, tmp_path / "other.sqlite3", options=Options(accept_degraded=True))
    assert (accepted.succeeded, len(world.pending), accepted.wasted) == (30, 0, 0)


def test_wasted_calls_are_counted(journal):
    result = virtually(World.of(50, lambda world, row: KEY), journal)
    assert result.wasted == result.calls == 2


def test_the_settings_say_how_often_a_row_is_called(journal):
    world = World.of(
        30, lambda world, row: BUSY if row.id == "000003" else OK, settings=with_backfill(attempts=2, passes=1)
    )
    result = virtually(world, journal)
    assert (world.calls["000003"], result.passes, result.failed) == (2, 1, 1)


def test_the_settings_say_how_much_may_be_repeated_in_all(journal):
    rng = random.Random(4)
    world = World.of(
        300, lambda world, row: BUSY if rng.random() < 0.1 else OK, settings=with_backfill(retry_budget=0, passes=1)
    )
    result = virtually(world, journal)
    assert (result.retries, result.calls) == (0, 300)
    assert result.failed > 10


def test_a_bucket_made_private_pauses_the_run_and_stops_it_with_its_rows_to_be_called_again(journal):
    world = World.of(400, lambda world, row: DEAD if sum(world.calls.values()) > 100 else OK)
    result = virtually(world, journal)
    assert (result.stopped.reason, result.stopped.signature) == ("guard", "image.not-found")
    assert "after a pause of 30 s, 0 of 4" in result.stopped.why
    assert 30 <= result.failed <= 30 + 32 + 4  # noticed after 30, with what was in flight, and the probe
    mended = replace(world, judge=lambda world, row: OK)
    again = virtually(mended, journal, run="run-2")
    assert (again.skipped, again.succeeded, mended.pending) == (0, 400 - result.succeeded, [])


def test_a_heap_of_dead_pictures_holds_a_run_up_and_does_not_end_it(journal):
    rows = {str(number): False for number in range(100_000, 101_000)}
    world = World(rows, lambda world, row: DEAD if "100300" <= row.id < "100400" else OK)
    notices = []
    result = virtually(
        world, journal, observers=[lambda event: isinstance(event, Notice) and notices.append(event.text)]
    )
    assert (result.stopped, result.succeeded, result.failed, result.attempted) == (None, 900, 100, 1000)
    assert max(world.calls.values()) == 1
    assert sum("pausing for 30 s" in text for text in notices) == 1
    assert sum(text.startswith("going on:") for text in notices) == 1
