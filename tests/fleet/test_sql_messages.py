"""Messages and claims: nothing lost, no row to two live workers, poison put aside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sandbox
READ = "select nukediag.read(%s, %s, %s, 5)"
SETTLE = "select nukediag.settle(%s, %s, %s, %s, %s)"


@pytest.fixture
def filled(sql, queue):
    """A queue with its first two messages."""
    sql.begin(queue)
    sql.one("select nukediag.fill(%s, null, 60, 50)", queue)
    return queue


def depth(sql, queue):
    """Messages, and rows in them."""
    return sql.one(
        f"select array[count(*), coalesce(sum(jsonb_array_length(message -> 'ids')), 0)] from pgmq.q_{queue}"
    )


def pending_ids(sql):
    rows = sql.connection.execute(
        "select id::text from vehicle_images where ai_last_scanned is null and vehicle_id is not null order by id"
    )
    return [row[0] for row in rows]


def ids_on(sql, queue):
    rows = sql.connection.execute(f"select message -> 'ids' from pgmq.q_{queue} order by msg_id")
    return [one for row in rows for one in row[0]]


def test_filling_in_steps_puts_every_pending_row_on_the_queue_once_in_order(sql, queue):
    sql.begin(queue)
    after, sizes = None, []
    while True:
        step = sql.one("select nukediag.fill(%s, %s, 37, 10)", queue, after)
        sizes.append(step["rows"])
        after = step["after"]
        if step["complete"]:
            break
    assert ids_on(sql, queue) == pending_ids(sql)
    assert sum(sizes) == len(pending_ids(sql))
    assert set(sizes[:-1]) == {37}


def test_rows_that_do_not_match_stay_off_the_queue(sql, queue):
    chosen = pending_ids(sql)[3:5]
    sql.begin(queue, where={"id": f"in.({','.join(chosen)})", "vehicle_id": "not.is.null"})
    sql.one("select nukediag.fill(%s, null, 100, 50)", queue)
    assert ids_on(sql, queue) == chosen


def test_two_workers_lease_different_messages(sql, filled):
    first, second = (sql.one(READ, filled, worker, 600) for worker in "ab")
    third = sql.one(READ, filled, "c", 600)
    assert {first["message"]["id"], second["message"]["id"]} == {1, 2}
    assert (third["message"], third["left"]) == (None, 2)
    assert 590 < third["next_in"] <= 600


def test_a_message_is_archived_at_its_sixth_lease_and_reported(sql, filled):
    held = sql.one(READ, filled, "b", 600)["message"]["id"]
    leases = [sql.one(READ, filled, "a", 0) for _ in range(5)]
    assert [lease["message"]["reads"] for lease in leases] == [1, 2, 3, 4, 5]
    sixth = sql.one(READ, filled, "a", 0)
    assert sixth["message"] is None
    assert [(aside["reads"], len(aside["ids"])) for aside in sixth["archived"]] == [(6, 10)]
    status = sql.one("select nukediag.status(%s)", filled)["queues"][0]
    assert (status["archived"], status["messages"]) == (1, 1)
    assert held != leases[0]["message"]["id"]


def test_settling_deletes_sends_again_and_gives_up_claims_in_one(sql, filled):
    message = sql.one(READ, filled, "a", 600)["message"]
    sql.claim(filled, "a", message["ids"])
    again = json.dumps([{"ids": message["ids"][:3], "delay": 60, "attempt": 1}])
    assert sql.one(SETTLE, filled, "a", message["id"], message["ids"], again) == {"settled": True}
    assert depth(sql, filled) == [2, 13]
    assert sql.one("select count(*) from nukediag.claims where queue = %s", filled) == 0
    assert sql.one(SETTLE, filled, "a", message["id"], message["ids"], again) == {"settled": False}
    assert depth(sql, filled) == [2, 13]
    sql.one(READ, filled, "a", 600)
    assert sql.one(READ, filled, "a", 600)["message"] is None  # the delay
    late = sql.one(f"select jsonb_agg(message -> 'attempt') from pgmq.q_{filled} where vt > now() + interval '50 s'")
    assert 1 in late


def test_a_worker_that_slept_through_its_lease_settles_and_extends_nothing(sql, filled):
    message = sql.one(READ, filled, "a", 0)["message"]
    sql.claim(filled, "a", message["ids"], lease=0)
    assert sql.one(READ, filled, "b", 600)["message"]["id"] == message["id"]
    sql.claim(filled, "b", message["ids"], at=1)
    late = sql.one("select nukediag.extend(%s, 'a', %s, %s, 600)", filled, message["id"], message["ids"])
    assert (late["ids"], len(late["taken"])) == ([], 50)
    again = json.dumps([{"ids": message["ids"]}])
    assert sql.one(SETTLE, filled, "a", message["id"], message["ids"], again) == {"settled": False}
    assert depth(sql, filled) == [2, 60]
    assert sql.one("select count(*) from nukediag.claims where queue = %s and worker = 'b'", filled) == 50


def test_extending_keeps_message_and_rows(sql, filled):
    message = sql.one(READ, filled, "a", 30)["message"]
    claim = "select nukediag.claim(%s, %s, %s, 30)"
    sql.one(claim, filled, "a", message["ids"][:5])
    kept = sql.one("select nukediag.extend(%s, 'a', %s, %s, 600)", filled, message["id"], message["ids"][:5])
    assert kept["ids"] == message["ids"][:5]
    left = sql.one(f"select extract(epoch from vt - now())::int from pgmq.q_{filled} where msg_id = %s", message["id"])
    assert left > 500
    held = sql.one("select min(extract(epoch from until - now()))::int from nukediag.claims where queue = %s", filled)
    assert held > 500
    assert sql.one(claim, filled, "b", message["ids"][:5])["ids"] == []


def claimed_at_once(sql, queue, ids, *workers):
    """What each of the worker processes was given, all asking at the same time."""
    script = Path(__file__).with_name("claiming.py")
    claiming = [
        subprocess.Popen([sys.executable, str(script), sql.url, queue, worker, *ids], stdout=subprocess.PIPE)
        for worker in workers
    ]
    got = [each.communicate()[0].decode().split() for each in claiming]
    assert {each.returncode for each in claiming} == {0}
    return got


def test_no_id_is_ever_given_to_two_live_workers(sql, filled):
    got = [set(ids) for ids in claimed_at_once(sql, filled, ids_on(sql, filled)[:40], "w1", "w2", "w3", "w4")]
    assert sum(map(len, got)) == len(set().union(*got)) > 0


def test_workers_with_rows_in_common_never_block_each_other(sql, filled):
    got = claimed_at_once(sql, filled, ids_on(sql, filled)[:20], "w-1", "w-2", "w-3")
    assert all(got)
    assert sql.one("select count(*) from nukediag.claims where queue = %s", filled) == 0


def test_a_claim_passes_on_once_its_lease_is_over(sql, filled):
    ids = ids_on(sql, filled)[:4]
    assert sql.claim(filled, "a", ids)["ids"] == ids
    assert sorted(sql.claim(filled, "b", ids, at=599)["taken"]) == sorted(ids)
    assert sql.claim(filled, "b", ids, at=601)["ids"] == ids
    assert sql.claim(filled, "a", ids, at=602)["ids"] == []


def test_a_claim_gives_no_row_that_has_a_result_or_is_gone(sql, filled):
    with_result = sql.one("select id::text from vehicle_images where ai_last_scanned is not null limit 1")
    if with_result is None:
        with_result = pending_ids(sql)[-1]
        sql.do("update vehicle_images set ai_last_scanned = now() where id = %s", with_result)
    pending, gone = pending_ids(sql)[0], "00000000-0000-4000-8000-000000000000"
    claim = sql.claim(filled, "a", [gone, with_result, pending])
    assert (claim["ids"], claim["done"], claim["gone"], claim["taken"]) == ([pending], [with_result], [gone], [])
    assert sql.one("select count(*) from nukediag.claims where queue = %s", filled) == 1


def test_stopped_and_paused_queues_give_no_messages(sql, filled):
    sql.one("select nukediag.control(%s, 'pause', null)", filled)
    assert sql.one(READ, filled, "a", 600)["message"] is None
    sql.one("select nukediag.control(%s, 'resume', null)", filled)
    assert sql.one(READ, filled, "a", 600)["message"] is not None
    sql.one("select nukediag.control(%s, 'stop', null)", filled)
    found = sql.one(READ, filled, "b", 600)
    assert (found["message"], found["left"]) == (None, 2)


def test_added_rows_are_checked_to_be_ids(sql, filled):
    import psycopg

    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        sql.one("select nukediag.add(%s, %s, 0, 50)", filled, ["not an id"])
    ids = pending_ids(sql)[:7]
    assert sql.one("select nukediag.add(%s, %s, 0, 3)", filled, ids)["messages"] == 3
