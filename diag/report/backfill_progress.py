"""What somebody sees while a backfill runs: a bar on a terminal, else a plain line with the time now and then."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from diag.backfill import Event, Notice, RowAnswered
from diag.backfill.tally import Tally
from diag.report.backfill_text import duration
from diag.report.terminal import Paper, money

_EVERY = 10.0  # seconds between plain lines
_WIDE = 110  # columns for a long bar and whole words
_WINDOW = 200  # outcomes over which the rate is taken


class Pace:
    """Outcomes per second over the last two hundred. ``clock`` is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque([clock()], maxlen=_WINDOW)

    def tick(self) -> None:
        """One more outcome."""
        self._times.append(self._clock())

    @property
    def rate(self) -> float:
        """Per second; 0 before anything is known."""
        elapsed = self._clock() - self._times[0]
        return (len(self._times) - 1) / elapsed if elapsed > 0 else 0.0


def progress_words(tally: Tally, rows: int, rate: float, *, brief: bool = False) -> str:
    """``412/2,734 rows · 0.9/s · 97 % good · 12 failed · about $8.65 · 43 min left``; the same in fewer words where
    ``brief``."""
    parts = [f"{tally.attempted:,}/{rows:,}{'' if brief else ' rows'}", f"{rate:.1f}/s"]
    if tally.attempted:
        parts.append(f"{tally.succeeded / tally.attempted:.0%} good")
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    parts.append(f"{'' if brief else 'about '}{money(tally.cost_usd)}")
    left = max(0, rows - tally.attempted)
    if rate > 0 and left:
        parts.append(f"{duration(left / rate)} left")
    return " · ".join(parts)


class PlainProgress:
    """Lines such as ``18:46:03Z 412/2,734 rows · ...``; one for every notice, and one every ten seconds."""

    def __init__(self, console: Console, rows: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._paper = Paper.of(console)
        self._rows = rows
        self._clock = clock
        self._pace = Pace(clock)
        self._shown = clock()

    def __call__(self, event: Event) -> None:
        """An event of the engine."""
        if isinstance(event, Notice):
            self.line(event.text)
            return
        self._pace.tick()
        now = self._clock()
        if now - self._shown >= _EVERY or event.tally.attempted >= self._rows:
            self._shown = now
            self.line(progress_words(event.tally, self._rows, self._pace.rate))

    def line(self, text: str) -> None:
        """One line with the time before it."""
        self._console.print(f"{datetime.now(UTC):%H:%M:%SZ} {self._paper.words(text)}")


class BarProgress:
    """A bar at the foot of the terminal; notices scroll above it."""

    def __init__(self, progress: Progress, rows: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress = progress
        self._paper = Paper.of(progress.console)
        self._rows = rows
        self._pace = Pace(clock)
        self._task: TaskID = progress.add_task("", total=rows)

    def __call__(self, event: Event) -> None:
        """An event of the engine."""
        if isinstance(event, Notice):
            self.line(event.text)
        elif isinstance(event, RowAnswered):
            self._pace.tick()
            told = progress_words(event.tally, self._rows, self._pace.rate, brief=is_narrow(self._progress.console))
            completed = min(event.tally.attempted, self._rows)
            self._progress.update(self._task, completed=completed, description=self._paper.words(told))

    def line(self, text: str) -> None:
        """One line above the bar."""
        self._progress.console.print(self._paper.words(text))


def is_narrow(console: Console) -> bool:
    """Whether bar and words have to share 80 columns or little more."""
    return console.width < _WIDE


@contextmanager
def progress(console: Console, rows: int, *, quiet: bool = False) -> Iterator[PlainProgress | BarProgress]:
    """The progress that fits the console."""
    if quiet:
        yield PlainProgress(Console(quiet=True), rows)
    elif console.is_terminal and not console.is_dumb_terminal:
        bar_width = 10 if is_narrow(console) else 24
        words = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis"))
        columns = (BarColumn(bar_width=bar_width), words)
        with Progress(*columns, console=console, transient=True) as bar:
            yield BarProgress(bar, rows)
    else:
        yield PlainProgress(console, rows)
