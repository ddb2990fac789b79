"""The example projects from nothing to a finished backfill, in a live sandbox: what their READMEs tell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from diag.sandbox import launch

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MARKER = {"embed-document": "embedded_at", "transcribe": "transcribed_at"}


@dataclass
class Tried:
    """A copy of an example, its sandbox up, and a nukediag.toml that init wrote."""

    name: str
    folder: Path
    state: Path

    def __call__(self, *words: str) -> tuple[int, dict[str, Any]]:
        environ = {**os.environ, "NUKEDIAG_STATE_DIR": str(self.state)}
        line = [sys.executable, "-m", "diag", *words, "--sandbox", "--json"]
        ran = subprocess.run(line, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        return ran.returncode, json.loads(ran.stdout)

    def play(self, scenario: str) -> None:
        sandbox = launch.up(scenario, state_dir=self.state)
        assert sandbox.scenario == scenario


@pytest.fixture(scope="module", params=sorted(MARKER))
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    folder, state = tmp_path_factory.mktemp(request.param), tmp_path_factory.mktemp("state")
    shutil.copytree(EXAMPLES / request.param, folder, dirs_exist_ok=True)
    launch.up(functions=folder, images=0, state_dir=state)
    tried = Tried(request.param, folder, state)
    code, document = tried("init")
    assert (code, document["file"]) == (0, "nukediag.toml")
    yield tried
    launch.down(state_dir=state)


def test_init_finds_the_table_and_its_marker_through_the_data_api(tried: Tried) -> None:
    code, document = tried("init", "--stdout")
    found = {choice["key"]: choice["value"] for choice in document["choices"]}
    assert (code, found["table.marker"], document["unknown"]) == (0, MARKER[tried.name], [])
    assert found["secrets.required"] == ["OPENAI_API_KEY"]


def test_a_wrong_key_is_named_and_shuts_the_gate(tried: Tried) -> None:
    tried.play("openai-key-invalid")
    code, document = tried("preflight")
    assert (code, document["signature"]) == (3, "openai.key-invalid")
    code, document = tried("backfill", "--if-healthy", "--yes")
    assert (code, document["succeeded"]) == (3, 0)


def test_a_healthy_project_is_worked_off_and_verified(tried: Tried) -> None:
    tried.play("healthy")
    assert tried("preflight")[0] == 0
    code, document = tried("test-image", "--next")
    assert (code, document["signature"]) == (0, "function.ok")
    code, document = tried("backfill", "--if-healthy", "--yes")
    assert (code, document["failed"], document["pending"]) == (0, 0, 38)
    code, document = tried("verify")
    assert code == 0
