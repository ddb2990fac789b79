"""The shared breaker: all workers stop, one probes, its word counts."""

import pytest

from .databases import ended

pytestmark = pytest.mark.sandbox


def crash(sql, queue, worker="a", at=0.0, number=1, times=5):
    """So many failures in a row."""
    return sql.report(queue, worker, number, [ended(n, "failure") for n in range(1, times + 1)], at)


def test_five_failures_of_different_workers_pause_everybody(sql, queue):
    sql.begin(queue, {"rate": 20})
    states = [sql.report(queue, worker, 1, [ended(n, "failure")], 1)["state"] for n, worker in enumerate("abcde", 1)]
    assert states == ["closed"] * 4 + ["open"]
    grants = [sql.take(queue, worker, 5, 2) for worker in "abcxyz"]
    assert {(grant["granted"], grant["state"]) for grant in grants} == {(0, "open")}
    assert all(0 < grant["wait"] <= 1 for grant in grants)
    assert grants[0]["signature"] == "runtime.crashed"


def test_two_project_failures_of_different_workers_stop_everybody_at_once(sql, queue):
    sql.begin(queue, {"rate": 20})
    sql.report(queue, "a", 1, [ended(1, "project", "openai.quota-exhausted")], 1)
    standing = sql.report(queue, "b", 1, [ended(2, "project", "openai.quota-exhausted")], 1)
    assert (standing["state"], standing["signature"]) == ("stopped", "openai.quota-exhausted")
    assert sql.take(queue, "c", 5, 1000)["granted"] == 0


def test_exactly_one_worker_probes_after_the_pause(sql, queue):
    sql.begin(queue, {"rate": 20})
    crash(sql, queue)
    grants = {worker: sql.take(queue, worker, 4, 30.5) for worker in "bcd"}
    assert {worker: grant["prober"] for worker, grant in grants.items()} == {"b": True, "c": False, "d": False}
    assert [grants[worker]["granted"] for worker in "bcd"] == [4, 0, 0]


def test_a_good_probe_lets_calls_flow_and_only_the_probers_word_counts(sql, queue):
    sql.begin(queue, {"rate": 20})
    crash(sql, queue)
    sql.take(queue, "b", 4, 31)
    assert sql.probed(queue, "c", True)["state"] == "probing"
    assert sql.probed(queue, "b", True)["state"] == "closed"
    assert sql.take(queue, "c", 4, 40)["granted"] == 4
    assert crash(sql, queue, "c", 41, times=4)["state"] == "closed"  # the guard began anew


def test_a_bad_probe_stops_for_good_until_the_gate_is_opened_again(sql, queue):
    sql.begin(queue, {"rate": 20})
    crash(sql, queue)
    sql.take(queue, "b", 4, 31)
    assert sql.probed(queue, "b", False)["state"] == "stopped"
    assert sql.take(queue, "c", 4, 99)["granted"] == 0
    assert sql.begin(queue, at=100)["state"] == "closed"
    assert sql.take(queue, "c", 4, 101)["granted"] == 4


def test_a_probers_calls_do_not_move_the_guard_but_those_of_others_do(sql, queue):
    sql.begin(queue, {"rate": 20})
    crash(sql, queue)
    sql.take(queue, "b", 4, 31)
    lost = [ended(n, "project", "aws.access-denied") for n in (7, 8)]
    assert sql.report(queue, "b", 1, lost, 32)["state"] == "probing"
    assert sql.report(queue, "c", 1, lost, 32)["state"] == "stopped"


def test_a_prober_that_went_silent_is_replaced_and_its_late_word_is_ignored(sql, queue):
    sql.begin(queue, {"rate": 20})
    crash(sql, queue)
    sql.take(queue, "b", 4, 31)
    assert sql.take(queue, "c", 4, 200)["prober"] is False
    assert sql.take(queue, "c", 4, 232)["prober"] is True
    assert sql.probed(queue, "b", True)["state"] == "probing"


def test_a_prober_that_leaves_is_replaced_at_once(sql, queue):
    sql.begin(queue, {"rate": 20})
    crash(sql, queue)
    sql.take(queue, "b", 4, 31)
    sql.do("select nukediag.leave(%s, 'b')", queue)
    assert sql.take(queue, "c", 4, 32)["prober"] is True


def test_the_fourth_pause_without_a_hundred_successes_between_stops(sql, queue):
    sql.begin(queue, {"pauses": [1]})
    states = []
    for number in range(1, 5):
        states.append(crash(sql, queue, at=number * 10.0, number=number)["state"])
        sql.take(queue, "a", 1, number * 10 + 5)
        sql.probed(queue, "a", True)
    assert states == ["open", "open", "open", "stopped"]


def test_a_heap_of_bad_rows_pauses_however_often_and_takes_twice_the_heap_next_time(sql, queue):
    sql.begin(queue, {"pauses": [10, 99]})
    lost, at = 0, 0.0
    for size in (30, 60, 119, 237, 473):
        heap = [ended(n, "item", "image.not-found") for n in range(1, size + 1)]
        early = sql.report(queue, "a", 2 * size, heap[:-1], at)
        late = sql.report(queue, "a", 2 * size + 1, heap[-1:], at)
        assert (early["state"], early["items"], late["state"], late["items"]) == ("closed", False, "open", True)
        assert sql.take(queue, "b", 4, at + 10.1)["items"] is True
        assert sql.probed(queue, "b", True)["state"] == "closed"
        at, lost = at + 20, lost + size
    assert sql.one("select counts from nukediag.queues where queue = %s", queue) == {"item": lost}


def test_a_report_that_is_heard_twice_counts_once(sql, queue):
    sql.begin(queue, {"rate": 20})
    for _ in range(5):
        standing = crash(sql, queue, times=1)
    assert standing["state"] == "closed"
    assert sql.one("select counts from nukediag.queues where queue = %s", queue) == {"failure": 1}


def test_nothing_but_refusals_for_five_minutes_stops(sql, queue):
    sql.begin(queue, {"rate": 20})
    refusals = [ended(n, "throttled", "openai.rate-limited") for n in range(1, 20)]
    assert sql.report(queue, "a", 1, refusals, 200)["state"] == "closed"
    standing = sql.report(queue, "a", 2, refusals[:1], 301)
    assert (standing["state"], standing["signature"]) == ("stopped", "openai.rate-limited")


def test_somebody_can_pause_resume_and_stop_everybody(sql, queue):
    sql.begin(queue, {"rate": 20})
    control = "select nukediag.control(%s, %s, null)"
    assert sql.one(control, queue, "pause")["state"] == "paused"
    assert sql.take(queue, "a", 4, 5)["granted"] == 0
    assert sql.one(control, queue, "resume")["state"] == "closed"
    assert sql.take(queue, "a", 4, 6)["granted"] == 4
    assert sql.one(control, queue, "stop")["state"] == "stopped"
    assert sql.take(queue, "a", 4, 9)["granted"] == 0


def test_once_a_second_failure_of_the_project_is_recorded_no_more_starts_are_out_than_a_second_holds(sql, queue):
    rate, workers = 8, "abcdefgh"
    sql.begin(queue, {"most": rate / 0.95})
    starts = []
    for tick in range(100):  # ten seconds in which all want as much as they can get
        at = tick * 0.1
        grant = sql.take(queue, workers[tick % len(workers)], 12, at)
        starts += [at + grant["delay"] + n * grant["gap"] for n in range(grant["granted"])]
    sql.report(queue, "a", 1, [ended(1, "project", "openai.key-invalid")], 10.0)
    sql.report(queue, "b", 1, [ended(2, "project", "openai.key-invalid")], 10.0)
    granted = sql.one("select started from nukediag.queues where queue = %s", queue)
    assert granted == len(starts) >= 9 * rate
    assert sum(start > 10.0 for start in starts) <= rate + 1
    assert [sql.take(queue, worker, 12, 10.1)["granted"] for worker in workers] == [0] * len(workers)
    assert sql.one("select started from nukediag.queues where queue = %s", queue) == granted


def test_after_one_failure_of_the_project_starts_are_let_out_for_a_quarter_of_a_second_until_a_success(sql, queue):
    def ahead(at):
        grant = sql.take(queue, "a", 100, at)
        return grant["delay"] + (grant["granted"] - 1) * grant["gap"]

    sql.begin(queue, {"most": 20 / 0.95})
    assert 0.8 < ahead(0.0) <= 1
    sql.report(queue, "b", 1, [ended(1, "project", "openai.key-invalid")], 10.0)
    assert 0.15 < ahead(10.0) <= 0.25
    later = sql.take(queue, "a", 1, 20.0)["first"]
    sql.report(queue, "b", 2, [ended(later, "success", "ok.full")], 21.0)
    assert 0.8 < ahead(30.0) <= 1
