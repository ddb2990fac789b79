"""What befalls the parts of a sandbox in a soak: each is killed, restarted or frozen while nukediag works with it."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil

from diag.sandbox.state import Sandbox

_FROZEN = (0.5, 6.0)  # seconds
_AWAY = (0.5, 4.0)  # seconds


@dataclass
class Parts:
    """The processes of one sandbox, and what can happen to them. ``close`` ends what was started here."""

    sandbox: Sandbox
    rng: random.Random
    _again: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _how: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        [process] = self._data_api()
        self._how = {"args": process.cmdline(), "cwd": process.cwd(), "env": process.environ()}

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        """All that can befall it, by name. The gateway, the management API and OpenAI's stand-in are one process."""
        return {
            "gateway and stand-ins frozen": lambda: self._freeze([psutil.Process(self.sandbox.pid)]),
            "AWS stand-in frozen": lambda: self._freeze(self._children("moto.server")),
            "data API frozen": lambda: self._freeze(self._data_api()),
            "data API killed and started again": self._restart_data_api,
            "function worker killed": lambda: _kill(self._workers()),
            "function worker frozen": lambda: self._freeze(self._workers()),
            "Postgres crashed and recovered": self._crash_postgres,
            "database connections closed": self._close_connections,
        }

    def mend(self) -> None:
        """What a hosted project's supervisor does: a data API that has ended is started again."""
        if not self._data_api():
            quiet = subprocess.DEVNULL
            self._again.append(subprocess.Popen(**self._how, stdin=quiet, stdout=quiet, stderr=quiet))

    def close(self) -> None:
        """End the parts that were started here: the sandbox does not know them."""
        for process in self._again:
            process.kill()
            process.wait()

    def _freeze(self, processes: list[psutil.Process]) -> None:
        seconds = self.rng.uniform(*_FROZEN)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)

    def _restart_data_api(self) -> None:
        _kill(self._data_api())
        time.sleep(self.rng.uniform(*_AWAY))
        self.mend()

    def _crash_postgres(self) -> None:
        """One backend that dies of SIGKILL makes Postgres end all others and recover from its log."""
        _kill(self._backends()[:1])

    def _close_connections(self) -> None:
        for process in self._backends():
            with suppress(psutil.NoSuchProcess):
                process.terminate()

    def _backends(self) -> list[psutil.Process]:
        found = [process for process in self._children("postgres: ") if "127.0.0.1" in " ".join(process.cmdline())]
        self.rng.shuffle(found)
        return found

    def _data_api(self) -> list[psutil.Process]:
        ours = [psutil.Process(each.pid) for each in self._again if each.poll() is None]
        return ours or self._children("--no-telemetry")

    def _workers(self) -> list[psutil.Process]:
        return [process for process in self._children("deno run") if "--no-telemetry" not in process.cmdline()]

    def _children(self, words: str) -> list[psutil.Process]:
        found = []
        for process in psutil.Process(self.sandbox.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                if process.status() != psutil.STATUS_ZOMBIE and words in " ".join(process.cmdline()):
                    found.append(process)
        return found


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
