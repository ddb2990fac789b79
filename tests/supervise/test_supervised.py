"""``nukediag backfill -- CMD`` as a process, on the sandbox, with real children."""

import json
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from cli.running import clean_environment, nukediag
from processes import lives
from sandboxes import settings_of

from diag.report.backfill_document import BackfillDocument
from diag.sandbox import launch

pytestmark = pytest.mark.sandbox

SCRIPT = str(Path(__file__).with_name("oldscript.py"))
OLD = ("--", sys.executable, SCRIPT, "5", "1", "1")


def supervised(folder, sandbox, *words, command=OLD, **environ):
    return nukediag(folder, "backfill", "--yes", "--json", *words, *command, sandbox=sandbox, **environ)


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """A sandbox whose rows stay pending: the commands of its tests call nothing."""
    root = tmp_path_factory.mktemp("still")
    yield launch.up(images=10, state_dir=root)
    launch.down("default", root)


def python(code):
    return ("--", sys.executable, "-u", "-c", textwrap.dedent(code))


def fast(folder):
    (folder / "nukediag.toml").write_text("[supervise]\ngrace = 0.3\n")


def calls(sandbox):
    return launch.status(sandbox)["calls"]["function"]


def test_a_healthy_project_is_finished_by_the_command_behind_the_gate(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=30)
    ran = supervised(tmp_path, sandbox, "--if-healthy")
    document, after = BackfillDocument.model_validate_json(ran.out), launch.status(sandbox)
    assert (ran.code, document.finished, document.succeeded, document.failed) == (0, True, 30, 0)
    assert (document.gate.decision, document.calls, after["calls"]["function"]) == ("open", 30, 30)
    assert (after["rows"]["pending"], after["twice"]) == (0, 0)
    assert "✅ Success" in ran.err


def test_behind_a_shut_gate_the_command_is_never_started(still, tmp_path):
    launch.switch(still, "openai-key-invalid")
    ran = supervised(tmp_path, still, "--if-healthy")
    assert (ran.code, ran.document["gate"]["decision"]) == (3, "shut")
    assert ran.document["stopped"]["signature"] == "openai.key-invalid"
    assert "BACKFILL ALL IMAGES" not in ran.err
    assert calls(still) <= 2


@pytest.mark.parametrize(
    ("scenario", "signature"),
    [("openai-quota-exhausted", "openai.quota-exhausted"), ("not-deployed", "gateway.function-not-found")],
)
def test_a_cause_that_the_command_does_not_tell_is_found_by_calling_a_row_and_stops_it(
    new_sandbox, tmp_path, scenario, signature
):
    sandbox = new_sandbox(scenario, images=40)
    ran = supervised(tmp_path, sandbox)
    document = ran.document
    assert (ran.code, document["stopped"]["reason"], document["stopped"]["signature"]) == (6, "guard", signature)
    assert document["succeeded"] == 0
    assert launch.status(sandbox)["rows"]["pending"] == 40
    assert calls(sandbox) < 40


def test_rows_marked_with_nothing_behind_them_are_no_success_though_the_command_says_so(new_sandbox, tmp_path):
    sandbox = new_sandbox("paused", images=40)
    ran = supervised(tmp_path, sandbox, command=("--", sys.executable, SCRIPT, "2", "1000", "1"))
    document = ran.document
    assert (ran.code, document["succeeded"], document["stopped"]["reason"]) == (6, 0, "guard")
    assert document["stopped"]["signature"] in ("function.paused", "function.error-in-200")
    assert launch.status(sandbox)["rows"]["pending"] > 0
    assert "--repair" in ran.err


def test_dead_pictures_fail_alone_and_exit_code_0_does_not_hide_them(new_sandbox, tmp_path):
    sandbox = new_sandbox("dead-images", images=30)
    ran = supervised(tmp_path, sandbox, command=("--", sys.executable, SCRIPT, "5", "1", "0.2"))
    document, dead = ran.document, launch.status(sandbox)["rows"]["pending"]
    assert dead > 0
    assert (ran.code, document["failed"], document["succeeded"], document["stopped"]) == (7, dead, 30 - dead, None)
    assert "image.not-found" in {seen["signature"] for seen in document["signatures"]}


def test_causes_in_the_commands_own_words_stop_it_without_a_call(still, tmp_path):
    fast(tmp_path)
    deaf = python(
        """
        import signal, time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for number in range(600):
            print("   ❌ Failed after 3 retries: Incorrect API key provided: sk-proj-abcdefghijklmnop01234", flush=True)
            time.sleep(1)
        """
    )
    ran = supervised(tmp_path, still, command=deaf)
    assert (ran.code, ran.document["stopped"]["signature"]) == (6, "openai.key-invalid")
    assert ran.document["calls"] == ran.document["wasted"] == ran.document["attempted"]
    assert "abcdefghijklmnop" not in ran.out + ran.err


def test_a_flood_on_both_streams_is_passed_on_and_what_it_forked_ends(still, tmp_path):
    fast(tmp_path)
    flood = python(
        """
        import subprocess, sys, threading
        again = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        print("grandchild", again.pid)
        def pour(stream):
            for _ in range(20_000):
                stream.write("x" * 200 + "\\n")
            stream.write("y" * 3_000_000 + "\\n")
        threads = [threading.Thread(target=pour, args=[stream]) for stream in (sys.stdout, sys.stderr)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print("poured")
        """
    )
    ran = supervised(tmp_path, still, command=flood)
    said = ran.err.splitlines()
    grandchild = next(line.split()[1] for line in said if line.startswith("grandchild"))
    assert (ran.code, ran.document["stopped"]["reason"]) == (6, "command")  # no row was touched
    assert said.count("x" * 200) == 40_000
    assert "poured" in said
    assert max(map(len, said)) < 10_000
    assert not lives(grandchild)


def test_a_command_that_fails_at_once_is_told_with_its_cause(still, tmp_path):
    bad = python("import sys; print('❌ Failed to fetch images: Invalid API key', file=sys.stderr); sys.exit(1)")
    ran = supervised(tmp_path, still, command=bad)
    stopped = ran.document["stopped"]
    assert (ran.code, stopped["reason"], stopped["signature"]) == (6, "command", "supabase.key-invalid")


def test_money_spent_by_the_command_counts_against_the_limit(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=40)
    # A call counts once the command says that it begins: of each batch of two, none may have come to the function yet.
    ran = supervised(tmp_path, sandbox, "--max-calls", "12", command=("--", sys.executable, SCRIPT, "2", "300", "1"))
    assert (ran.code, ran.document["stopped"]["reason"]) == (6, "max-calls")
    assert ran.document["calls"] >= 12
    assert 10 <= calls(sandbox) < 40


def test_the_command_gets_the_project_that_was_gated_and_no_own_options_of_the_engine(still, tmp_path):
    tell = python("import os; print('works on', os.environ['SUPABASE_URL'])")
    assert f"works on {settings_of(still)['SUPABASE_URL']}" in supervised(tmp_path, still, command=tell).err
    refused = supervised(tmp_path, still, "--rate", "3", command=tell)
    assert (refused.code, "--rate" in refused.err) == (2, True)
    assert supervised(tmp_path, still, command=("--", "no-such-program-here")).code == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_ends_the_command_and_exits_with_130(new_sandbox, tmp_path, number):
    sandbox = new_sandbox(images=40)
    words = [sys.executable, "-m", "diag", "backfill", "--env-file", str(sandbox.env_file), "--yes", "--json"]
    slow = ("--", sys.executable, SCRIPT, "2", "500", "1")
    with subprocess.Popen(
        [*words, *slow], cwd=tmp_path, env=clean_environment(tmp_path), stdout=-1, stderr=-1
    ) as process:
        while calls(sandbox) < 4:
            time.sleep(0.05)
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert (process.returncode, document["stopped"]["reason"]) == (130, "interrupted")
    settled = calls(sandbox)
    assert settled < 40
    assert document["remaining"] > 0


def test_a_command_that_nobody_watches_any_more_ends(still, tmp_path):
    here = python("import os, time; print('here', os.getpid()); time.sleep(600)")
    words = [sys.executable, "-m", "diag", "backfill", "--env-file", str(still.env_file), "--yes", *here]
    with subprocess.Popen(words, cwd=tmp_path, env=clean_environment(tmp_path), stdout=-1, stderr=-1) as process:
        line = process.stdout.readline().split()
        process.kill()
    assert line[0] == b"here"
    while lives(int(line[1])):
        time.sleep(0.02)
