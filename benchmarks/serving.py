"""Upstreams of the measurements, each a process of its own that prints the port it listens on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serving(module: str, *words: str) -> Iterator[str]:
    """The URL of ``benchmarks.<module>``, which ends with the block."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
