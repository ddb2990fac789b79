"""Whole backfills on the sandbox: the old rule against nukediag, on the same faults."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import old_rule
from diag.config import load
from diag.project import Project
from diag.rows.audit import summary
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

ROWS = 60
CASES = (
    ("healthy", "strict"),
    ("dead-images", "strict"),
    ("openai-rate-limited", "lenient"),
    ("openai-key-invalid", "strict"),
    ("openai-key-invalid", "lenient"),
)


@dataclass(frozen=True)
class Run:
    """One backfill: who made it, how long it took, what it called and left. ``false`` rows are marked as done with
    no full result behind the mark."""

    case: str
    who: str
    seconds: float
    calls: int
    paid: int
    done: int
    false: int
    code: int


def all_runs() -> list[Run]:
    """Both of them in every case, each on a fresh sandbox."""
    return [_run(scenario, variant, who) for scenario, variant in CASES for who in ("old rule", "nukediag")]


def _run(scenario: str, variant: str, who: str) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        sandbox = launch.up(scenario, images=ROWS, variant=variant, name="bench", state_dir=Path(folder))
        try:
            began = time.monotonic()
            code = _old(sandbox, Path(folder)) if who == "old rule" else _new(sandbox, Path(folder))
            seconds = time.monotonic() - began
            calls = launch.status(sandbox)["calls"]
            full, false = asyncio.run(_audit(sandbox, Path(folder)))
            paid = calls["openai_accepted"]
            return Run(f"{scenario}, {variant}", who, seconds, calls["function"], paid, full, false, code)
        finally:
            launch.down("bench", Path(folder))


def _project(sandbox: Sandbox, folder: Path) -> Project:
    return Project(load(environ={}, folder=folder, sandbox_env=sandbox.env_file))


def _old(sandbox: Sandbox, folder: Path) -> int:
    async def run() -> None:
        async with _project(sandbox, folder) as project:
            await old_rule.backfill(project)

    asyncio.run(run())
    return 0  # the old script ends in 0 whatever happened


def _new(sandbox: Sandbox, folder: Path) -> int:
    words = ["backfill", "--env-file", str(sandbox.env_file), "--if-healthy", "--yes", "--json"]
    command = [sys.executable, "-m", "diag", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    json.loads(done.stdout)
    return done.returncode


async def _audit(sandbox: Sandbox, folder: Path) -> tuple[int, int]:
    async with _project(sandbox, folder) as project:
        found = await summary(project, project.configuration.settings)
    seeded = 200
    return found.full - seeded, found.marked - found.full
