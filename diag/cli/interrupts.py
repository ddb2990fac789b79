"""Ctrl-C and SIGTERM, for commands that have calls in flight."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from diag.backfill import Controls, Stopped


@contextmanager
def interrupts(controls: Controls, tell: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM: the first finishes what is in flight, the second stops now."""
    loop = asyncio.get_running_loop()
    stopped = Stopped("interrupted", None, "stopped on request")

    def interrupt() -> None:
        if controls.stopping:
            tell("stopping now; calls that are cut off may have been paid for")
            controls.now(stopped)
        else:
            tell("finishing the calls in flight, starting none; once more to stop now")
            controls.drain(stopped)

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
