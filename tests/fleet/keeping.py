"""What a hosted project's supervisor does and the sandbox's does not: a data API that has ended is started again.

Supabase Lite does not always survive a restart of its database: a connection that breaks at a bad moment ends it.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil

from diag.sandbox.state import Sandbox


@contextmanager
def data_api_kept(sandbox: Sandbox) -> Iterator[None]:
    """Within the block a data API that dies comes back. One that was started here ends with the block."""
    [lite] = [
        process
        for process in psutil.Process(sandbox.pid).children(recursive=True)
        if "--no-telemetry" in process.cmdline()
    ]
    quiet = subprocess.DEVNULL
    how: dict[str, Any] = {"args": lite.cmdline(), "cwd": lite.cwd(), "env": lite.environ()}
    again: list[subprocess.Popen[bytes]] = []
    over = threading.Event()

    def lives() -> bool:
        if again:
            return again[-1].poll() is None
        with suppress(psutil.NoSuchProcess):
            return lite.is_running() and bool(lite.status() != psutil.STATUS_ZOMBIE)
        return False

    def keep() -> None:
        while not over.wait(0.3):
            if not lives():
                again.append(subprocess.Popen(**how, stdin=quiet, stdout=quiet, stderr=quiet))

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        for process in again:
            process.kill()
            process.wait()
