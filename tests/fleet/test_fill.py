"""``nukediag backfill --queue``: the gate first, then the rows on the queue."""

from __future__ import annotations

import pytest
from cli.running import nukediag
from doubles import SERVICE_KEY, URL
from sandboxes import settings_of

from diag.sandbox import launch

from .databases import Sql

pytestmark = pytest.mark.sandbox


@pytest.fixture
def installed(new_sandbox, tmp_path):
    def start(scenario=None):
        sandbox = new_sandbox(scenario, images=30)
        # By the command, not by its script: that waits until the data API knows of the functions.
        made = nukediag(tmp_path, "queue", "install", "--yes", NUKEDIAG_ENV_FILE=str(sandbox.env_file))
        assert made.code == 0, made.err
        return sandbox, Sql(settings_of(sandbox)["DATABASE_URL"])

    return start


def fill(folder, sandbox, *words):
    return nukediag(folder, "backfill", "--yes", "--json", "--queue", "photos", *words, sandbox=sandbox)


def test_behind_an_open_gate_the_rows_are_queued_and_workers_do_them(installed, tmp_path):
    sandbox, database = installed()
    document = fill(tmp_path, sandbox, "--if-healthy", "--rate", "20").document
    assert (document["exit_code"], document["gate"]["decision"], document["queue"]) == (0, "open", "photos")
    assert document["succeeded"] == document["calls"] == 7
    assert document["queued"] == document["remaining"] == 23
    assert database.one("select count(*) from pgmq.q_photos") == 1
    other = nukediag(tmp_path, "worker", "--queue", "photos", "--until-empty", "--function", "other", sandbox=sandbox)
    assert (other.code, "set up for others" in other.err) == (2, True)
    worker = nukediag(tmp_path, "worker", "--queue", "photos", "--until-empty", "--lease", "60", sandbox=sandbox)
    assert (worker.code, worker.out.split(" in ")[0]) == (0, "23 rows done")
    found = launch.status(sandbox)
    assert (found["rows"]["pending"], found["calls"]["function"], found["twice"]) == (0, 30, 0)


def test_neither_preflights_call_nor_canaries_are_for_rows_that_a_worker_is_calling_just_now(installed, tmp_path):
    sandbox, database = installed()
    assert fill(tmp_path, sandbox, "--force", "--limit", "1").code == 0
    of_a_worker = database.one(
        "select array_agg(id::text) from (select id from vehicle_images where ai_last_scanned is null order by id "
        "limit 15) first_ones"
    )
    database.one("select public.nukediag_claim('photos', 'busy', %s, 600)", of_a_worker)
    document = fill(tmp_path, sandbox, "--if-healthy").document
    assert (document["gate"]["decision"], document["succeeded"]) == ("open", 7)
    marked = "select count(*) from vehicle_images where id::text = any(%s) and ai_last_scanned is not null"
    assert database.one(marked, of_a_worker) == 0
    assert database.one("select array_agg(distinct worker) from nukediag.claims") == ["busy"]


def test_rows_of_a_filter_that_the_database_does_not_know_are_queued_from_here(installed, tmp_path):
    sandbox, database = installed()
    (tmp_path / "nukediag.toml").write_text("[table.where]\nimage_url = 'like.*jpg*'\nvehicle_id = 'not.is.null'\n")
    matching = database.one(
        "select count(*) from vehicle_images where ai_last_scanned is null and image_url like '%%jpg%%'"
    )
    ran = fill(tmp_path, sandbox, "--force", "--limit", "12")
    assert (ran.code, ran.document["queued"], matching >= 12) == (0, 12, True)
    assert database.one("select sum(jsonb_array_length(message -> 'ids')) from pgmq.q_photos") == 12


def test_behind_a_shut_gate_nothing_is_queued(installed, tmp_path):
    sandbox, database = installed("openai-key-invalid")
    ran = fill(tmp_path, sandbox, "--if-healthy")
    assert (ran.code, ran.document["queued"], ran.document["stopped"]["signature"]) == (3, 0, "openai.key-invalid")
    assert database.one("select count(*) from nukediag.queues") == 0


def test_without_the_queues_functions_nothing_is_called_and_the_command_that_installs_them_is_named(sandbox, tmp_path):
    if Sql(settings_of(sandbox)["DATABASE_URL"]).one("select to_regclass('nukediag.queues')") is not None:
        assert nukediag(tmp_path, "queue", "remove", "--yes", NUKEDIAG_ENV_FILE=str(sandbox.env_file)).code == 0
    ran = fill(tmp_path, sandbox, "--if-healthy")
    assert (ran.code, launch.status(sandbox)["calls"]["function"]) == (2, 0)
    assert "nukediag queue install" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--concurrency", "4"), "--concurrency"),
        (("--max-cost", "1"), "--max-cost"),
        (("--repair",), "--repair"),
        (("--", "node", "x.js"), "--queue is for the built-in backfill"),
    ],
)
def test_what_cannot_be_promised_for_workers_is_refused(tmp_path, words, said):
    environ = {"SUPABASE_URL": URL, "SUPABASE_SERVICE_ROLE_KEY": SERVICE_KEY}
    ran = nukediag(tmp_path, "backfill", "--yes", "--queue", "photos", *words, **environ)
    assert (ran.code, said in ran.err) == (2, True)


def test_a_lease_that_a_call_could_outlive_is_refused(sandbox, tmp_path):
    ran = nukediag(tmp_path, "worker", "--queue", "photos", "--lease", "10", sandbox=sandbox)
    assert (ran.code, "no longer than a call may live" in ran.err) == (2, True)
