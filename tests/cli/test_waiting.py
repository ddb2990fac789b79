from __future__ import annotations

import io
from collections.abc import Callable

from rich.console import Console

from diag.cli.waiting import NOTICE_AFTER, noticed, waiting


class Clock:
    """Time that passes only when a test says so; ``__call__`` makes an alarm."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []
        self._next: tuple[float, Callable[[], None]] | None = None

    def __call__(self, after: float, call: Callable[[], None]) -> Clock:
        self._next = (after, call)
        return self

    def start(self) -> None:
        """The alarm counts."""
        assert self._next
        self.due.append(self._next)

    def cancel(self) -> None:
        """It never rings."""
        self.due.clear()

    def pass_by(self, seconds: float) -> None:
        """So many seconds."""
        ringing = [call for after, call in self.due if after <= seconds]
        self.due = [(after - seconds, call) for after, call in self.due if after > seconds]
        for call in ringing:
            call()


def console(**options: object) -> Console:
    return Console(file=io.StringIO(), width=60, **options)  # type: ignore[arg-type]


def printed(shown: Console) -> str:
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def test_a_notice_comes_after_five_seconds_and_names_what_is_waited_for() -> None:
    clock, shown = Clock(), console()
    with waiting(shown, "preflight of example.co", clock) as seen:
        seen.started("data.table")
        seen.started("call.test")
        seen.done("data.table")
        clock.pass_by(NOTICE_AFTER - 0.1)
        assert printed(shown) == ""
        clock.pass_by(0.2)
    assert printed(shown) == "preflight of example.co: waiting for call.test ...\n"


def test_what_is_done_in_time_says_nothing() -> None:
    clock, shown = Clock(), console()
    with waiting(shown, "preflight", clock):
        clock.pass_by(1)
    clock.pass_by(60)
    assert printed(shown) == ""


def test_the_notice_comes_once() -> None:
    clock, told = Clock(), list[str]()
    with noticed(told.append, "verifying", clock):
        clock.pass_by(60)
        clock.pass_by(60)
    assert told == ["verifying ..."]


def test_a_wait_is_told_at_once_with_how_long_it_may_last() -> None:
    told: list[str] = []
    with noticed(told.append, "preflight", Clock()) as seen:
        seen.on_wait(["data.table", "a.b", "c.d", "e.f"], 4.0, 290.0)
    assert told == ["not yet: data.table, a.b, c.d and 1 more; looking again in 4 s (290 s left)"]


def test_the_live_line_fits_the_terminal() -> None:
    shown = console(force_terminal=True, _environ={"TERM": "xterm"})
    with waiting(shown, "preflight of a-very-long-name.example.co", Clock()) as seen:
        for name in ("secrets.OPENAI_API_KEY.present", "secrets.AWS_ACCESS_KEY_ID.present"):
            seen.started(name)
    assert "..." in printed(shown)
    assert "\x1b[1A\x1b[2K\x1b[1A" not in printed(shown)  # no second line was ever taken back
