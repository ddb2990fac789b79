"""One sandbox per test process that plays scenario after scenario, and commands run inside the test's own process:
starting an interpreter for each of some hundreds of commands would take longer than the commands."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sandboxes import settings_of
from scenarios.canaries import leaks

from diag.cli import main
from diag.sandbox import launch
from diag.sandbox.parts import postgres_programs
from diag.sandbox.scenarios import SCENARIOS
from diag.sandbox.state import Sandbox

PENDING = 12
_TABLES = ("image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data")
_FRESH = (
    f"truncate {', '.join(_TABLES)};"
    "update vehicle_images set ai_last_scanned = null, ai_scan_metadata = null, ai_processing_status = 'pending'"
    " where id = any(string_to_array('{ids}', ',')::uuid[])"
)


@dataclass
class Stage:
    """A sandbox whose pending rows are as new in every scenario that is put on."""

    sandbox: Sandbox
    pending: str = field(init=False)
    playing: str = "healthy"

    def __post_init__(self) -> None:
        self.pending = self.sql("select string_agg(id::text, ',') from vehicle_images where ai_last_scanned is null")

    def sql(self, statement: str) -> str:
        url = settings_of(self.sandbox)["DATABASE_URL"]
        psql = [str(postgres_programs() / "psql"), url, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run([*psql, "-c", statement], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def play(self, scenario: str) -> None:
        if SCENARIOS[scenario].enter or SCENARIOS[self.playing].leave:
            launch.switch(self.sandbox, "healthy")
        self.sql(_FRESH.format(ids=self.pending))
        launch.switch(self.sandbox, scenario)  # where it is played already, this only starts the counters anew
        self.playing = scenario

    def counted(self) -> dict[str, Any]:
        return launch.status(self.sandbox)

    def paid(self) -> int:
        return sum(count for name, count in self.counted()["calls"].items() if name.endswith("_accepted"))


@pytest.fixture(scope="session")
def stage(sandbox_root: Path) -> Iterator[Stage]:
    yield Stage(launch.up(images=PENDING, name="scenarios", state_dir=sandbox_root))
    launch.down("scenarios", sandbox_root)


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and its document."""

    code: int
    document: dict[str, Any]


@pytest.fixture
def nukediag(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run a command against the stage, in a folder and with a journal of the test's own."""
    for name in set(os.environ) - {"PATH", "LANG", "TMPDIR", "PYTEST_CURRENT_TEST", "NUKEDIAG_CACHE_DIR"}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NUKEDIAG_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)

    def run(command: str, *words: str) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([command, "--env-file", str(stage.sandbox.env_file), "--json", "-vv", *words])
        code = left.value.code
        assert isinstance(code, int)
        told = capsys.readouterr()
        assert leaks(stage.sandbox, told.out + told.err) == []
        return Ran(code, json.loads(told.out))

    return run
