"""What befalls the parts of a sandbox in a soak: each is killed, restarted or frozen while nukediag works with it."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil

from diag.sandbox.state import Sandbox

_FROZEN = (0.5, 6.0)  # seconds


@dataclass
class Parts:
    """The processes of one sandbox, and what can happen to them. The sandbox starts again what has ended."""

    sandbox: Sandbox
    rng: random.Random

    @property
    def faults(self) -> Mapping[str, Callable[[], None]]:
        """All that can befall it, by name. The gateway, the management API and OpenAI's stand-in are one process."""
        return {
            "gateway and stand-ins frozen": lambda: self._freeze([psutil.Process(self.sandbox.pid)]),
            "AWS stand-in frozen": lambda: self._freeze(self._children("moto.server")),
            "AWS stand-in killed": lambda: _kill(self._children("moto.server")),
            "data API frozen": lambda: self._freeze(self._data_api()),
            "data API killed": lambda: _kill(self._data_api()),
            "function worker killed": lambda: _kill(self._workers()),
            "function worker frozen": lambda: self._freeze(self._workers()),
            "Postgres crashed and recovered": self._crash_postgres,
            "Postgres shut down": self._shut_down_postgres,
            "database connections closed": self._close_connections,
        }

    def _freeze(self, processes: list[psutil.Process]) -> None:
        seconds = self.rng.uniform(*_FROZEN)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)

    def _shut_down_postgres(self) -> None:
        for process in self._children("/postgres -D "):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)

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
        return self._children("--no-telemetry")

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
