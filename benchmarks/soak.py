"""``python -m benchmarks.soak --minutes 10``: backfills on real sandboxes, killed at random, while every part around
them fails at random. Prints one JSON document; ends with 1 where a promise was broken."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from benchmarks.soak_faults import Parts
from benchmarks.soak_journal import Watch
from diag.config import load
from diag.errors import ExitCode, NukediagError
from diag.project import Project
from diag.rows.audit import summary
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

_ROWS = 300  # pending rows per sandbox; when they are done the next one begins
_IN_FLIGHT = 8
_RATE = 40  # calls per second: without it a run of seconds has hardly begun
_LIFE = (3.0, 20.0)  # seconds until a run is killed
_CALM = (0.5, 3.0)  # seconds between faults
_END = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_PATIENCE = 20.0  # seconds for a run to end of a signal
_LAST_RUNS = 4  # without faults, to bring what is left to its end
_LAST_SECONDS = 600
_BREATH = 5.0  # seconds for the parts to come up
_SETTLE = "[backfill]\nsettle = 15\n"  # seconds; the function's own limit here is well below
_KNOWN_ENDS = {*map(int, ExitCode), *(-number for number in _END)} - {int(ExitCode.BUG)}


@dataclass
class Found:
    """What a soak came to. ``broken`` must be empty: one sentence for each promise that was not kept."""

    minutes: float
    seed: int
    rows: int = 0
    runs: int = 0
    calls: int = 0
    paid_twice: int = 0
    looks_into_the_journal: int = 0
    left_in_flight: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


class Soak:
    """One sandbox after the other until the time is over."""

    def __init__(self, minutes: float, seed: int, root: Path) -> None:
        self.found = Found(minutes, seed)
        self.rng = random.Random(seed)
        self.root = root
        self.until = time.monotonic() + 60 * minutes
        (root / "nukediag.toml").write_text(_SETTLE)

    def run(self) -> Found:
        """All of it."""
        while time.monotonic() < self.until:
            sandbox = launch.up(images=_ROWS, name="soak", state_dir=self.root)
            parts, watch = Parts(sandbox, self.rng), Watch(sandbox)
            try:
                self._under_faults(sandbox, parts, watch)
                self._to_the_end(sandbox, watch)
                self._audit(sandbox, watch)
            finally:
                launch.down("soak", self.root)
        return self.found

    def _under_faults(self, sandbox: Sandbox, parts: Parts, watch: Watch) -> None:
        while time.monotonic() < self.until and watch.done < _ROWS:
            bends = self._bends(watch)
            with tempfile.TemporaryFile() as words:
                run = self._start(sandbox, words, bends)
                self._torment(run, parts, watch)
                self._ended(run, words)
            watch.look(after_end=True)
            if run.returncode == ExitCode.OK:  # rows whose answer was lost on its way are in no journal
                return

    def _bends(self, watch: Watch) -> dict[str, object]:
        """What the world of one run is like: in half of them only the parts around it fail."""
        rng = self.rng
        kinds: dict[str, dict[str, object]] = {
            "clock jumps": {"clock": [[rng.uniform(0, 15), rng.choice((-86_400, -3600, 3600, 86_400))]]},
            "no names resolved": {"dns": [[start := rng.uniform(0, 8), start + rng.uniform(1, 8)]]},
            "disk full": {"bytes": rng.randint(4096, 4096 + watch.size)},
            "file descriptors run out": {"files": rng.randint(24, 64)},
        }
        name = rng.choice([*kinds, *[""] * len(kinds)])
        if not name:
            return {}
        self.found.faults[name] += 1
        return kinds[name]

    def _start(
        self, sandbox: Sandbox, words: IO[bytes], bends: dict[str, object], *more: str
    ) -> subprocess.Popen[bytes]:
        self.found.runs += 1
        url = sandbox.url.replace("127.0.0.1", "localhost") if "dns" in bends else sandbox.url
        options = ["--env-file", str(sandbox.env_file), "--yes", "--json", "--concurrency", str(_IN_FLIGHT)]
        options += ["--rate", str(_RATE), *more]
        command = [sys.executable, "-m", "benchmarks.bent", json.dumps(bends), "backfill", *options]
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(self.root), "PYTHONUTF8": "1", "SUPABASE_URL": url}
        environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
        return subprocess.Popen(command, cwd=self.root, env=environ, stdout=subprocess.DEVNULL, stderr=words)

    def _torment(self, run: subprocess.Popen[bytes], parts: Parts, watch: Watch) -> None:
        end = time.monotonic() + self.rng.uniform(*_LIFE)
        while run.poll() is None and time.monotonic() < end:
            self._wait(run, min(self.rng.uniform(*_CALM), max(0, end - time.monotonic())))
            watch.look()
            if run.poll() is None and time.monotonic() < end:
                name = self.rng.choice(list(parts.faults))
                self.found.faults[name] += 1
                parts.faults[name]()
        if run.poll() is None:
            self._end(run, self.rng.choice(_END))

    def _end(self, run: subprocess.Popen[bytes], how: signal.Signals) -> None:
        """A first polite signal lets it finish what is in flight, a second one does not."""
        self.found.faults[f"nukediag ended by {how.name}"] += 1
        run.send_signal(how)
        self._wait(run, _PATIENCE)
        if run.poll() is None:
            self.found.faults["signalled a second time"] += 1
            run.send_signal(how)
            self._wait(run, _PATIENCE)
        if run.poll() is None:
            self.found.broken.append(f"a run did not end within {_PATIENCE:.0f} s of a second {how.name}")
            run.kill()
        run.wait()

    @staticmethod
    def _wait(run: subprocess.Popen[bytes], seconds: float) -> None:
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def _ended(self, run: subprocess.Popen[bytes], words: IO[bytes]) -> None:
        words.seek(0)
        said = words.read().decode(errors="replace")
        self.found.ends[str(run.returncode)] += 1
        if run.returncode not in _KNOWN_ENDS or "Traceback" in said:
            self.found.broken.append(f"a run ended with {run.returncode}: {said[-1500:]}")

    def _to_the_end(self, sandbox: Sandbox, watch: Watch) -> None:
        """As somebody starts it again once the trouble is over; rows that were taken for bad ones get their chance."""
        self.found.refused += watch.refused()
        for _ in range(_LAST_RUNS):
            time.sleep(_BREATH)
            with tempfile.TemporaryFile() as words:
                run = self._start(sandbox, words, {}, "--retry-failed")
                self._wait(run, _LAST_SECONDS)
                run.kill()
                run.wait()
                self._ended(run, words)
            watch.look(after_end=True)
            if run.returncode == 0:
                return
        self.found.broken.append("it did not come to its end once the faults were over")

    def _audit(self, sandbox: Sandbox, watch: Watch) -> None:
        found, after = self.found, launch.status(sandbox)
        found.rows += _ROWS
        found.calls += after["calls"]["openai_accepted"]
        found.paid_twice += after["twice"]
        found.looks_into_the_journal += watch.looks
        found.left_in_flight += watch.in_flight
        found.broken += watch.broken
        if after["rows"]["pending"]:
            found.broken.append(f"{after['rows']['pending']} rows were lost")
        try:
            marked, full = asyncio.run(_marks(sandbox, self.root))
        except NukediagError as error:
            found.broken.append(f"the results could not be looked at: {error}")
            return
        if marked != full:
            found.broken.append(f"{marked - full} rows are marked with no full result behind the mark")


async def _marks(sandbox: Sandbox, folder: Path) -> tuple[int, int]:
    async with Project(load(environ={}, folder=folder, sandbox_env=sandbox.env_file)) as project:
        audit = await summary(project, project.configuration.settings)
    return audit.marked, audit.full


def main() -> int:
    """Soak, tell."""
    parser = argparse.ArgumentParser(prog="benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = Soak(wanted.minutes, wanted.seed, Path(folder)).run()
    print(json.dumps(vars(found), indent=1))
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
