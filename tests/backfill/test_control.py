"""Steering a running backfill from another terminal."""

import json
import signal
import subprocess
import sys
import time

import pytest
from cli.running import clean_environment, nukediag

from diag.sandbox import launch

pytestmark = pytest.mark.sandbox


@pytest.fixture
def running(new_sandbox, tmp_path):
    """A sandbox with a slow backfill on it, and how to speak to that."""
    sandbox = new_sandbox(images=100)
    words = ["backfill", "--env-file", str(sandbox.env_file), "--yes", "--json", "--concurrency", "1", "--rate", "2"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    run = subprocess.Popen(
        [sys.executable, "-m", "diag", *words], cwd=tmp_path, env=clean_environment(tmp_path), **pipes
    )
    wait_until(lambda: calls(sandbox) >= 1)
    yield sandbox, run, lambda *words: nukediag(tmp_path, "control", words[0], *extra(sandbox, words))
    run.send_signal(signal.SIGKILL)
    run.communicate()


def extra(sandbox, words):
    return ("--env-file", str(sandbox.env_file), *words[1:])


def calls(sandbox):
    return launch.status(sandbox)["calls"]["function"]


def wait_until(true):
    while not true():
        time.sleep(0.05)


def test_paused_it_starts_nothing_and_resumed_it_goes_on(running):
    sandbox, _, control = running
    assert control("pause").code == 0
    time.sleep(1)
    held = calls(sandbox)
    time.sleep(3)  # six more calls would have been started
    assert calls(sandbox) == held
    told = control("resume", "--json")
    assert (told.code, told.document["schema"], told.document["word"]) == (0, "nukediag/control/1", "resume")
    wait_until(lambda: calls(sandbox) > held)


def test_stopped_it_ends_in_6_and_says_who_it_was(running):
    _, run, control = running
    assert control("stop").code == 0
    out, _ = run.communicate(timeout=60)
    document = json.loads(out)
    assert (run.returncode, document["stopped"]["reason"], document["unresolved"]) == (6, "control", 0)


def test_a_new_rate_and_concurrency_are_taken_up_by_the_run(running):
    _, run, control = running
    assert control("set", "concurrency=16").code == 0
    assert control("set", "rate=50").code == 0
    out, err = run.communicate()
    assert json.loads(out)["succeeded"] == 100
    assert b"told from elsewhere: rate 50" in err


@pytest.mark.parametrize("knob", ["rate=0", "rate=fast", "colour=3", "concurrency=1.5", "rate"])
def test_a_knob_that_sets_nothing_is_a_usage_error(tmp_path, knob):
    ran = nukediag(tmp_path, "control", "set", knob)
    assert ran.code == 2
    assert "rate=5" in ran.err


def test_without_a_running_backfill_it_says_so(sandbox, tmp_path):
    ran = nukediag(tmp_path, "control", "pause", "--env-file", str(sandbox.env_file))
    assert ran.code == 2
    assert "no backfill" in ran.err
