"""Real workers on a real queue in the sandbox's database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.running import clean_environment
from jsonschema import validate
from sandboxes import settings_of

from diag.config import load
from diag.fleet.check import work_of
from diag.fleet.queue import Queue, fleet_state
from diag.fleet.state import Pace, QueueState
from diag.project import Project
from diag.report.schemas import schema
from diag.sandbox.parts import postgres_programs
from diag.sandbox.state import Sandbox

LEASE = 9.0
"""Seconds. As short as the calls of these tests allow; ``SETTLE`` is the longest that one may live."""
SETTLE = 4.0
_PATIENCE = 90.0

_VIRGIN = """select id from vehicle_images v where vehicle_id is not null and ai_last_scanned is null
  and ai_scan_metadata is null and not exists (select from image_tags t where t.image_id = v.id) order by id limit {}"""


def sql(sandbox: Sandbox, text: str) -> str:
    """Run statements in the sandbox's database."""
    psql = [str(postgres_programs() / "psql"), settings_of(sandbox)["DATABASE_URL"]]
    done = subprocess.run(
        [*psql, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", text], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@dataclass
class Fleet:
    """A queue of ``ids``, rows that nothing was ever done for, and the workers that a test starts on it. ``folder`` is
    theirs."""

    sandbox: Sandbox
    folder: Path
    queue: str
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def pending(self) -> int:
        """How many of the rows have no result yet."""
        mine = ", ".join(f"'{row}'" for row in self.ids)
        where = f"ai_last_scanned is null and id in ({mine})"
        return int(sql(self.sandbox, f"select count(*) from vehicle_images where {where}"))

    def fill(self, rows: int, chunk: int = 10, pace: Pace | None = None) -> None:
        """Messages of ``chunk`` rows each."""
        self.ids = ids = tuple(sql(self.sandbox, _VIRGIN.format(rows)).split())
        assert len(ids) == rows

        async def go(queue: Queue, project: Project) -> None:
            settings = project.configuration.settings
            await queue.begin("run", work_of(settings), pace or Pace(rate=40.0))
            for start in range(0, len(ids), chunk):
                await queue.add(ids[start : start + chunk])

        self._ask(go)

    def state(self) -> QueueState:
        """The queue as the database has it."""

        async def go(queue: Queue, project: Project) -> QueueState:
            return next(one for one in (await fleet_state(project.data, queue.name)).queues if one.queue == queue.name)

        found: QueueState = self._ask(go)
        return found

    def start(self, url: str | None = None, *words: str, until_empty: bool = True) -> subprocess.Popen[bytes]:
        """One more worker, as on a machine of its own; ``url``: by another way to the project."""
        number = len(self.workers)
        command = [sys.executable, "-m", "diag", "worker", "--env-file", str(self.sandbox.env_file), "--json"]
        command += ["--queue", self.queue, "--lease", str(LEASE), "--log-format", "json", *words]
        command += ["--until-empty"] if until_empty else []
        command += ["--project-url", url] if url else []
        environ = clean_environment(self.folder, NUKEDIAG_STATE_DIR=str(self.folder / f"machine-{number}"))
        with (self.folder / f"{number}.out").open("wb") as out, (self.folder / f"{number}.log").open("wb") as log:
            worker = subprocess.Popen(command, cwd=self.folder, env=environ, stdout=out, stderr=log)
        self.workers.append(worker)
        return worker

    def document(self, number: int) -> dict[str, Any]:
        """What a worker said at its end: what the published schema describes, and no field more."""
        found: dict[str, Any] = json.loads((self.folder / f"{number}.out").read_text())
        validate(found, schema("nukediag/worker/1", strict=True))
        assert found["exit_code"] == self.workers[number].returncode
        return found

    def log(self, number: int) -> list[dict[str, Any]]:
        """A worker's log, a line each."""
        return [json.loads(line) for line in (self.folder / f"{number}.log").read_text().splitlines()]

    def said(self) -> str:
        """The last that every worker said, for whoever wonders why it ended so."""
        ends = [
            (number, (self.folder / f"{number}.{kind}").read_text())
            for number in range(len(self.workers))
            for kind in ("out", "log")
        ]
        return "\n".join(f"worker {number}: {text[-3000:]}" for number, text in ends)

    def wait(self, workers: Sequence[subprocess.Popen[bytes]] | None = None) -> list[int]:
        """The exit codes of these workers (or all)."""
        return [worker.wait(_PATIENCE) for worker in (self.workers if workers is None else workers)]

    def _ask(self, question: Callable[[Queue, Project], Any]) -> Any:
        async def go() -> Any:
            configuration = load(environ={}, folder=self.folder, sandbox_env=self.sandbox.env_file)
            async with Project(configuration) as project:
                return await question(Queue(project.data, self.queue), project)

        return asyncio.run(go())


@contextmanager
def fleet(sandbox: Sandbox, folder: Path, queue: str) -> Iterator[Fleet]:
    """A fleet whose workers do not outlive the test."""
    (folder / "nukediag.toml").write_text(f"[backfill]\nsettle = {SETTLE}\nconcurrency = 4\n")
    found = Fleet(sandbox, folder, queue)
    try:
        yield found
    finally:
        for worker in found.workers:
            if worker.poll() is None:
                os.kill(worker.pid, signal.SIGCONT)
                worker.kill()
                worker.wait()


def restart_database(sandbox: Sandbox) -> None:
    """Postgres shut down under everybody; returns once the sandbox has started it again."""
    lock = Path(sql(sandbox, "show data_directory")) / "postmaster.pid"

    def pid() -> int:
        return int(lock.read_text().split()[0]) if lock.exists() else 0

    before = pid()
    os.kill(before, signal.SIGINT)
    eventually(lambda: pid() not in (0, before))


def eventually(question: Callable[[], bool], patience: float = _PATIENCE) -> None:
    """Wait until something is so."""
    until = time.monotonic() + patience
    while not question():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.05)
