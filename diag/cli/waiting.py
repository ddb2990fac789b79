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

    from diag.preflight import Check, CheckResult

    Tell = Callable[[str], None]

NOTICE_AFTER = 5.0  # seconds: somebody who reads a log wants to know what takes so long, but not at once


class Alarm(Protocol):
    """What ``threading.Timer`` is: calls something later, unless it is cancelled."""

    def start(self) -> None:
        """Begin to count."""

    def cancel(self) -> None:
        """Never call."""


NewAlarm = Callable[[float, Callable[[], None]], Alarm]
"""Seconds, and what to call then."""


def _timer(after: float, call: Callable[[], None]) -> Alarm:
    timer = threading.Timer(after, call)
    timer.daemon = True
    return timer


class Waiting(Observer):
    """Knows what is under way. ``tell`` prints a line; ``show`` renews the live line, where there is one."""

    def __init__(self, what: str, tell: Tell, show: Tell | None = None) -> None:
        self._what = what
        self._tell = tell
        self._show = show
        self._under_way: list[str] = []

    def started(self, name: str) -> None:
        """Something began."""
        self._under_way.append(name)
        self._renew()

    def done(self, name: str) -> None:
        """It ended (or was never begun)."""
        if name in self._under_way:
            self._under_way.remove(name)
        self._renew()

    def on_start(self, check: Check) -> None:
        """A check began."""
        self.started(check.id)

    def on_result(self, result: CheckResult) -> None:
        """A check ended."""
        self.done(result.check.id)

    def on_wait(self, ids: Sequence[str], pause: float, left: float) -> None:
        """Said at once: a wait is long, and asked for."""
        named = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
        self._tell(f"not yet: {named}; looking again in {pause:.0f} s ({left:.0f} s left)")

    def words(self) -> str:
        """What is waited for, in one line."""
        return redact(f"{self._what}: waiting for {', '.join(self._under_way[:3])}" if self._under_way else self._what)

    def _renew(self) -> None:
        if self._show:
            self._show(self.words())


@contextmanager
def noticed(tell: Tell, what: str, alarm: NewAlarm = _timer) -> Iterator[Waiting]:
    """Says once, after 5 s, what is waited for. ``alarm`` stands for the clock."""
    seen = Waiting(what, tell)
    notice = alarm(NOTICE_AFTER, lambda: tell(f"{seen.words()} ..."))
    notice.start()
    try:
        yield seen
    finally:
        notice.cancel()


@contextmanager
def waiting(console: Console, what: str, alarm: NewAlarm = _timer) -> Iterator[Waiting]:
    """Shows that ``what`` is under way; the yielded object is told what begins and what ends."""
    if not console.is_terminal or console.is_dumb_terminal:
        with noticed(console.print, what, alarm) as seen:
            yield seen
        return
    spinner = "dots" if console.encoding.lower().startswith("utf") else "line"
    with console.status(_one_line(what, console), spinner=spinner) as status:
        yield Waiting(what, console.print, lambda words: status.update(_one_line(words, console)))


def _one_line(words: str, console: Console) -> str:
    """Cut at the terminal's width: a live line that is broken in two jumps up and down."""
    room = console.width - 4
    return words if len(words) <= room else f"{words[: room - 3]}..."
