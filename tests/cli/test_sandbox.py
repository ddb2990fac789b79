"""``nukediag sandbox`` as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.report.sandbox_document import SandboxDocument, ScenariosDocument
from diag.sandbox.scenarios import SCENARIOS
from diag.sandbox.state import Sandbox, running


class Command:
    """``nukediag sandbox ...`` on a state root of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {**os.environ, "NUKEDIAG_STATE_DIR": str(root)}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.line(*words), env=self.environ, capture_output=True, text=True, check=False)

    def line(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "diag", "sandbox", *words]


@pytest.fixture
def nukediag(tmp_path: Path) -> Iterator[Command]:
    command = Command(tmp_path / "state")
    yield command
    command("down")


def test_up_status_scenario_down_in_one_go(nukediag: Command) -> None:
    up = nukediag("up", "--scenario", "paused", "--images", "7", "--json")
    document = json.loads(up.stdout)
    assert (up.returncode, document["schema"], document["exit_code"]) == (0, "nukediag/sandbox/1", 0)
    assert document["rows"] == {"total": 207, "pending": 7, "done": 200}
    assert SandboxDocument.model_validate(document).scenario == "paused"
    switched = nukediag("scenario", "healthy")
    assert switched.stdout.startswith("scenario    healthy")
    status = json.loads(nukediag("status", "--json").stdout)
    assert (status["scenario"], status["url"]) == ("healthy", document["url"])
    assert nukediag("down").returncode == 0
    assert nukediag("down").returncode == 0


def test_the_output_holds_no_credential(nukediag: Command) -> None:
    outputs = [nukediag("up", "--images", "1", "--json"), nukediag("status"), nukediag("up", "-v")]
    settings = (nukediag.root / "sandbox" / "default" / "sandbox.env").read_text()
    values = [line.partition("=")[2] for line in settings.splitlines() if "KEY" in line or "TOKEN" in line]
    sandbox = running(state_dir=nukediag.root)
    assert isinstance(sandbox, Sandbox)
    for secret in [*values, sandbox.control_token]:
        assert len(secret) > 20
        assert all(secret not in output.stdout + output.stderr for output in outputs)


@pytest.mark.parametrize("words", [["status"], ["scenario", "healthy"]])
def test_without_a_sandbox_the_next_step_is_said(nukediag: Command, words: list[str]) -> None:
    answer = nukediag(*words)
    assert answer.returncode == 2
    assert answer.stderr == "nukediag: no sandbox runs\n  next: nukediag sandbox up\n"


def test_scenarios_are_listed_with_what_nukediag_should_find(nukediag: Command) -> None:
    listed = ScenariosDocument.model_validate(json.loads(nukediag("scenarios", "--json").stdout))
    assert {each.name: each.signature for each in listed.scenarios} == {
        name: scenario.signature for name, scenario in SCENARIOS.items()
    }


def test_in_the_foreground_it_ends_with_ctrl_c(nukediag: Command) -> None:
    process = subprocess.Popen(
        nukediag.line("up", "--foreground", "--images", "1"),
        env=nukediag.environ,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    assert any("Ctrl-C" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 0
    assert running(state_dir=nukediag.root) is None
    assert not (nukediag.root / "sandbox" / "default").exists()


def test_the_extra_that_is_missing_is_named(nukediag: Command, tmp_path: Path) -> None:
    # A meta-path finder that does not know moto, as on a machine with the core install alone.
    blocker = tmp_path / "sitecustomize.py"
    blocker.write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'moto' else find(name, package)\n"
    )
    nukediag.environ["PYTHONPATH"] = str(tmp_path)
    answer = nukediag("up")
    assert answer.returncode == 2
    assert "moto[server]" in answer.stderr
    assert "pip install 'nukediag[sandbox]'" in answer.stderr
