"""The shared limiter: exact whoever asks, fair, and at one worker the limiter of one process."""

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.backfill.limiter import RateLimiter

from .databases import ended

pytestmark = pytest.mark.sandbox


def test_starts_are_spaced_at_the_shared_rate_however_many_ask(sql, queue):
    sql.begin(queue, {"most": 20 / 0.95})
    starts, calls = [], []
    for tick in range(400):  # 20 seconds; four workers ask at odd moments for odd numbers
        at = tick * 0.05
        worker = "abcd"[tick % 4]
        grant = sql.take(queue, worker, 3 + tick % 5, at)
        starts += [at + grant["delay"] + n * grant["gap"] for n in range(grant["granted"])]
        calls += range(grant["first"], grant["first"] + grant["granted"])
    assert calls == list(range(1, len(starts) + 1))
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert min(gaps) == pytest.approx(0.05, abs=1e-4)
    within = sum(start < 20 for start in starts)
    assert 20 * 20 * 0.98 <= within <= 20 * 20 + 2 + 1


def test_workers_that_want_everything_get_fair_shares(sql, queue):
    sql.begin(queue, {"most": 40 / 0.95})
    shares = Counter()
    for tick in range(300):
        worker = "abcd"[tick % 4]
        shares[worker] += sql.take(queue, worker, 100, tick * 0.25)["granted"]
    assert sum(shares.values()) == pytest.approx(40 * 75, rel=0.02)
    assert all(share == pytest.approx(sum(shares.values()) / 4, rel=0.07) for share in shares.values())


def test_a_worker_alone_gets_the_whole_rate_once_the_others_have_left(sql, queue):
    sql.begin(queue, {"most": 10 / 0.95})
    for worker in "abc":
        sql.take(queue, worker, 5, 0)
    alone = [sql.take(queue, "a", 100, 10 + tick)["granted"] for tick in range(10)]
    assert sum(alone) == pytest.approx(100, abs=11)


def test_processes_that_ask_at_once_never_get_more_than_the_rate(sql, queue):
    sql.begin(queue, {"most": 200 / 0.95})
    sql.do("update nukediag.queues set slot = clock_timestamp() where queue = %s", queue)
    script = Path(__file__).with_name("asking.py")
    before = sql.one("select extract(epoch from clock_timestamp())::float8")
    asking = [
        subprocess.Popen([sys.executable, str(script), sql.url, queue, f"w{n}", "150"], stdout=subprocess.PIPE)
        for n in range(3)
    ]
    numbers = [int(word) for each in asking for word in each.communicate()[0].split()]
    elapsed = sql.one("select extract(epoch from clock_timestamp())::float8") - before
    assert {each.returncode for each in asking} == {0}
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert 0 < len(numbers) <= 200 * (elapsed + 1.1) + 1


moves = st.lists(
    st.tuples(st.sampled_from(["take", "take", "take", "good", "refused"]), st.floats(0.0, 8.0), st.floats(0.0, 0.8)),
    max_size=60,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves, most=st.sampled_from([None, 30.0]))
def test_alone_it_does_what_the_limiter_of_one_process_does(sql, queue, moves, most):
    sql.do("delete from nukediag.queues where queue = %s", queue)
    pace = {"rate": 4.0} | ({"most": most} if most else {})
    sql.begin(queue, pace)
    own = RateLimiter(most=most, rate=4.0, not_before=-1.0, _next=-1.0)
    at, reports, started = 0.0, 0, 0
    for kind, pause, wait in moves:
        at = round(at + pause * 0.3, 6)
        if kind == "take":
            grant = sql.take(queue, "a", 1, at)
            assert grant["granted"] == 1
            delay = max(0, grant["delay"])
            assert delay == pytest.approx(own.turn(at), abs=1e-4)
            at, started = round(at + delay, 6), grant["first"]
        elif kind == "good":
            reports += 1
            sql.report(queue, "a", reports, [ended(started, "success", "function.ok")] * 3, at)
            for _ in range(3):
                own.answered(at)
        else:
            reports += 1
            refusal = ended(max(1, started), "throttled", "openai.rate-limited", retry_after=round(wait, 3))
            sql.report(queue, "a", reports, [refusal], at)
            own.throttled(at, round(wait, 3), max(1, started), started)
        assert sql.one("select rate from nukediag.queues where queue = %s", queue) == pytest.approx(own.rate, rel=1e-4)


def test_the_rate_is_cut_once_for_a_burst_of_refusals(sql, queue):
    sql.begin(queue, {"rate": 20})
    granted = sql.take(queue, "a", 15, 0)["granted"]
    burst = [ended(call, "throttled", "openai.rate-limited") for call in range(1, granted + 1)]
    first = sql.report(queue, "a", 1, burst, 0.5)
    later = sql.report(queue, "b", 1, burst, 9.0)  # answers of calls that began before the cut
    fresh = [sql.take(queue, "a", 1, 9.0)["first"] for _ in range(4)]
    soon = sql.report(queue, "a", 2, [ended(fresh[2], "throttled", "openai.rate-limited")], 9.5)
    newer = sql.report(queue, "a", 3, [ended(fresh[3], "throttled", "openai.rate-limited")], 9.5)
    assert first["rate"] == later["rate"] == 10
    assert soon["rate"] == pytest.approx(10, rel=0.05)  # the first few after a cut met an empty bucket
    assert newer["rate"] == pytest.approx(5, rel=0.05)
    assert newer["epoch"] > first["epoch"]


def test_retry_after_holds_for_every_worker(sql, queue):
    sql.begin(queue)
    sql.take(queue, "a", 1, 0)
    sql.report(queue, "a", 1, [ended(1, "throttled", "openai.rate-limited", retry_after=7)], 1)
    assert [sql.take(queue, "b", 5, at)["granted"] for at in (1, 4, 6.9)][:2] == [0, 0]
    assert sql.take(queue, "b", 5, 4)["wait"] == 1
    soon = sql.take(queue, "c", 1, 7.5)
    assert soon["granted"] == 1
    assert 7.5 + soon["delay"] == pytest.approx(8)


def test_no_queue_is_no_leave(sql):
    assert sql.take("nobody_made_this", "a", 5, 0) == {"state": "unknown", "wait": 1}
