"""``nukediag backfill`` as a process, on the sandbox: what it says, what it pays for, and how it survives."""

import json
import signal
import subprocess
import sys
import time

import pytest
from cli.running import clean_environment, nukediag
from sandboxes import BASIC_SCENARIOS

from diag.report.backfill_document import BackfillDocument
from diag.sandbox import launch
from diag.sandbox.parts import postgres_programs
from diag.sandbox.scenarios import SCENARIOS

pytestmark = pytest.mark.sandbox

GATED = ("backfill", "--if-healthy", "--yes", "--json")
SHUT = [name for name in BASIC_SCENARIOS if name not in ("healthy", "dead-images", "flaky")]


def backfill(folder, sandbox, *words, **environ):
    return nukediag(folder, "backfill", "--yes", "--json", *words, sandbox=sandbox, **environ)


def counts(sandbox):
    return launch.status(sandbox)


def marked_without_results(sandbox):
    """Rows that are marked though nothing stands behind the mark, asked in the database itself."""
    settings = dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())
    sql = (
        "select count(*) from vehicle_images v where ai_last_scanned is not null and (ai_scan_metadata is null or "
        "not exists (select 1 from image_tags t where t.image_id = v.id))"
    )
    psql = [postgres_programs() / "psql", settings["DATABASE_URL"], "-X", "-A", "-t", "-c", sql]
    return int(subprocess.run(psql, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("name", SHUT)
def test_a_broken_project_is_not_backfilled_and_costs_two_calls_at_most(play, tmp_path, name):
    sandbox = play(name)
    before = counts(sandbox)["rows"]["pending"]
    ran = nukediag(tmp_path, *GATED, sandbox=sandbox)
    document, after = ran.document, counts(sandbox)
    assert (ran.code, document["exit_code"], document["gate"]["decision"]) == (3, 3, "shut")
    assert document["stopped"]["signature"] == SCENARIOS[name].signature
    assert after["rows"]["pending"] == before
    assert after["calls"]["openai_accepted"] + after["calls"]["aws_accepted"] <= 2


def test_without_a_terminal_yes_is_required(sandbox, tmp_path):
    ran = nukediag(tmp_path, "backfill", sandbox=sandbox)
    assert ran.code == 2
    assert "--yes" in ran.err


def test_a_dry_run_calls_nothing_and_tells_rows_and_money(sandbox, tmp_path):
    ran = nukediag(tmp_path, "backfill", "--if-healthy", "--dry-run", sandbox=sandbox)
    calls = counts(sandbox)["calls"]
    assert (ran.code, calls["function"]) == (0, 0)
    assert "rows to call analyze-image" in ran.out
    assert "$" in ran.out


def test_a_dry_run_as_a_document_has_the_estimate_and_a_run_has_none(sandbox, tmp_path):
    dry = nukediag(tmp_path, "backfill", "--dry-run", "--limit", "10", "--rate", "0.5", "--json", sandbox=sandbox)
    estimate = json.loads(dry.out)["estimate"]
    assert estimate == {"rows": 10, "duration_ms": 20_000, "cost_usd": 0.21}
    assert backfill(tmp_path, sandbox, "--limit", "1").document["estimate"] is None


def test_an_anon_key_that_sees_no_row_is_not_taken_for_all_done(play, tmp_path):
    ran = backfill(tmp_path, play("anon-key"))
    assert ran.code == 3
    assert ran.document["stopped"]["signature"] == "supabase.permission-denied"


def test_a_dead_key_without_a_gate_stops_after_two_calls(play, tmp_path):
    sandbox = play("openai-quota-exhausted")
    ran = backfill(tmp_path, sandbox)
    assert (ran.code, ran.document["stopped"]["signature"]) == (6, "openai.quota-exhausted")
    assert counts(sandbox)["calls"]["function"] == 2


def test_all_rows_are_done_once_with_results_behind_each_mark_and_then_nothing_is_left(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=60)
    ran = nukediag(tmp_path, *GATED, sandbox=sandbox)
    document, after = BackfillDocument.model_validate_json(ran.out), counts(sandbox)
    assert (ran.code, document.finished, document.succeeded, document.calls) == (0, True, 60, 60)
    assert (after["rows"]["pending"], after["twice"], after["calls"]["openai_accepted"]) == (0, 0, 60)
    assert marked_without_results(sandbox) == 0
    again = nukediag(tmp_path, *GATED, sandbox=sandbox)
    assert (again.code, again.document["attempted"]) == (0, 0)
    assert counts(sandbox)["calls"]["openai_accepted"] == 60


def test_dead_pictures_are_set_apart_and_cost_nothing(new_sandbox, tmp_path):
    sandbox = new_sandbox("dead-images", images=60)
    ran = nukediag(tmp_path, *GATED, sandbox=sandbox)
    document, after = ran.document, counts(sandbox)
    dead = after["rows"]["pending"]
    assert (ran.code, document["failed"], document["succeeded"]) == (7, dead, 60 - dead)
    assert dead > 0
    assert document["finished"]
    assert after["calls"]["openai_accepted"] == document["calls"] == 60 - dead


def started(folder, sandbox, *words):
    command = [sys.executable, "-m", "diag", "backfill", "--env-file", str(sandbox.env_file), "--yes", "--json", *words]
    environment = clean_environment(folder)
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for_calls(sandbox, count):
    while counts(sandbox)["calls"]["function"] < count:
        time.sleep(0.05)


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_in_130_and_a_second_run_does_the_rest(new_sandbox, tmp_path, word):
    sandbox = new_sandbox(images=60)
    first = started(tmp_path, sandbox, "--concurrency", "4")
    wait_for_calls(sandbox, 10)
    first.send_signal(word)
    out, err = first.communicate(timeout=60)
    document = json.loads(out)
    assert (first.returncode, document["stopped"]["reason"], document["unresolved"]) == (130, "interrupted", 0)
    assert b"finishing the calls in flight" in err
    second = backfill(tmp_path, sandbox)
    assert second.code == 0
    assert second.document["succeeded"] + document["succeeded"] == 60
    assert counts(sandbox)["twice"] == 0
    assert marked_without_results(sandbox) == 0


def test_a_second_run_on_the_same_table_is_refused_while_the_first_goes_on(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=60)
    first = started(tmp_path, sandbox, "--concurrency", "2")
    wait_for_calls(sandbox, 4)
    second = backfill(tmp_path, sandbox)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    assert second.code == 2
    assert "another backfill" in second.err
