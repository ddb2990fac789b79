"""A real backfill on the sandbox that is killed at random moments and started again: what must hold at each of them."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diag.backfill.records import State
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

IN_FLIGHT = 8
_RATE = 40  # calls per second: a run that has to find its rate has two calls under way when it is killed


@dataclass(frozen=True)
class Killed:
    """``kills`` that met a running backfill; ``in_flight``: intents without an outcome that they left, in all;
    ``forgotten``: rows recorded as done that a later run called again; ``lost``: rows that are still without a result;
    ``twice``: rows that were paid for more than once; ``last``: the last run's own document."""

    kills: int
    in_flight: int
    most_in_flight: int
    forgotten: int
    lost: int
    twice: int
    calls: int
    last: Mapping[str, Any]


def kill_again_and_again(sandbox: Sandbox, folder: Path, environ: Mapping[str, str], kills: int, seed: int) -> Killed:
    """Kill the backfill ``kills`` times, then let it come to its end."""
    rng, left, forgotten = random.Random(seed), list[int](), 0
    known: dict[str, tuple[int, float]] = {}
    met = 0
    for _ in range(kills):
        met += _start_and_kill(sandbox, folder, environ, rng)
        states = _journal(sandbox)
        left.append(sum(state == State.IN_FLIGHT for state, _ in states.values()))
        forgotten += sum(row in states and states[row] != was for row, was in known.items() if was[0] == State.DONE)
        known.update(states)
    last = subprocess.run(_command(sandbox), cwd=folder, env=environ, capture_output=True, check=False)
    after = launch.status(sandbox)
    return Killed(
        met, sum(left), max(left), forgotten, after["rows"]["pending"], after["twice"],
        after["calls"]["openai_accepted"], json.loads(last.stdout),
    )  # fmt: skip


def _start_and_kill(sandbox: Sandbox, folder: Path, environ: Mapping[str, str], rng: random.Random) -> bool:
    """True where it was still running. The moment is counted from its first call, so that no kill is wasted."""
    before = launch.status(sandbox)["calls"]["function"]
    wanted = before + rng.randint(1, 4)
    run = subprocess.Popen(
        _command(sandbox), cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while run.poll() is None and launch.status(sandbox)["calls"]["function"] < wanted:
        time.sleep(0.02)
    time.sleep(rng.uniform(0, 0.4))
    running = run.poll() is None
    run.kill()
    run.wait()
    return running


def _command(sandbox: Sandbox) -> list[str]:
    words = ["--env-file", str(sandbox.env_file), "--yes", "--json", "--concurrency", str(IN_FLIGHT)]
    words += ["--rate", str(_RATE)]
    return [sys.executable, "-m", "diag", "backfill", *words]


def _journal(sandbox: Sandbox) -> dict[str, tuple[int, float]]:
    """Row -> its state and the time of its last call, as the disk has them."""
    settings = dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines() if "=" in line)
    files = list(Path(settings["NUKEDIAG_STATE_DIR"].strip("\"'")).rglob("backfill-*.sqlite3"))
    if not files:
        return {}
    with closing(sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True)) as db:
        return {row: (state, started) for row, state, started in db.execute("SELECT id, state, started_at FROM item")}
