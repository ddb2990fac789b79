"""What a person sees while a command waits: on a terminal a live line on stderr, elsewhere a notice after 5 s."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from diag.preflight.observer import Observer
from diag.secret import redact

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from diag.preflight import Check, CheckResult

NOTICE_AFTER = 5.0  # seconds: somebody who reads a log wants to know what takes so long, but not at once


class Alarm(Protocol):
    """What ``threading.Timer`` is: calls something later, unless it is cancelled."""

    def start(self) -> None:
        """Begin to count."""

    def cancel(self) -> None:
        """Never call."""


def _timer(after: float, call: Callable[[], None]) -> Alarm:
    timer = threading.Timer(after, call)
    timer.daemon = True
    return timer


class Waiting(Observer):
    """Knows what is under way; tells it to the live line."""

    def __init__(self, what: str, console: Console, status: Status | None = None) -> None:
        self._what = what
        self._console = console
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

    def on_start(self, check: Check) -> None:
        """A check began."""
        self.started(check.id)

    def on_result(self, result: CheckResult) -> None:
        """A check ended."""
        self.done(result.check.id)

    def on_wait(self, ids: Sequence[str], pause: float, left: float) -> None:
        """Said at once: a wait is long, and asked for."""
        self._console.print(_not_yet(ids, pause, left))

    def words(self) -> str:
        """What is waited for, in one line."""
        return redact(f"{self._what}: waiting for {', '.join(self._under_way[:3])}" if self._under_way else self._what)

    def _show(self) -> None:
        if self._status:
            self._status.update(_one_line(self.words(), self._console))


class WaitTold(Observer):
    """Tells of nothing but of waits."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def on_wait(self, ids: Sequence[str], pause: float, left: float) -> None:
        """Some checks are looked at again."""
        self._tell(_not_yet(ids, pause, left))


def _not_yet(ids: Sequence[str], pause: float, left: float) -> str:
    named = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return f"not yet: {named}; looking again in {pause:.0f} s ({left:.0f} s left)"


def _one_line(words: str, console: Console) -> str:
    """Cut at the terminal's width: a live line that is broken in two jumps up and down."""
    room = console.width - 4
    return words if len(words) <= room else f"{words[: room - 3]}..."


@contextmanager
def waiting(
    console: Console, what: str, alarm: Callable[[float, Callable[[], None]], Alarm] = _timer
) -> Iterator[Waiting]:
    """Shows that ``what`` is under way; the yielded object is told what begins and what ends. ``alarm`` stands for
    the clock."""
    if console.is_terminal and not console.is_dumb_terminal:
        spinner = "dots" if console.encoding.lower().startswith("utf") else "line"
        with console.status(_one_line(what, console), spinner=spinner) as status:
            yield Waiting(what, console, status)
        return
    seen = Waiting(what, console)
    notice = alarm(NOTICE_AFTER, lambda: console.print(f"{seen.words()} ..."))
    notice.start()
    try:
        yield seen
    finally:
        notice.cancel()
