"""What a person sees while a command waits: on a terminal a live line on stderr, elsewhere a notice after 5 s."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from diag.secret import redact

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

NOTICE_AFTER = 5.0  # seconds: somebody who reads a log wants to know what takes so long, but not at once


class Waiting:
    """Knows what is under way; tells it to the live line."""

    def __init__(self, what: str, status: Status | None = None) -> None:
        self._what = what
        self._status = status
        self._under_way: list[str] = []

    def started(self, name: str) -> None:
        """Something began."""
        self._under_way.append(name)
        self._show()

    def done(self, name: str) -> None:
        """It ended (or was never begun)."""
        if name in self._under_way:
            self._under_way.remove(name)
        self._show()

    def words(self) -> str:
        """What is waited for, in one line."""
        return redact(f"{self._what}: waiting for {', '.join(self._under_way[:3])}" if self._under_way else self._what)

    def _show(self) -> None:
        if self._status:
            self._status.update(self.words())


@contextmanager
def waiting(console: Console, what: str) -> Iterator[Waiting]:
    """Shows that ``what`` is under way; the yielded object is told what begins and what ends."""
    if console.is_terminal:
        with console.status(what) as status:
            yield Waiting(what, status)
        return
    seen = Waiting(what)
    notice = threading.Timer(NOTICE_AFTER, lambda: console.print(f"{seen.words()} ..."))
    notice.daemon = True
    notice.start()
    try:
        yield seen
    finally:
        notice.cancel()
