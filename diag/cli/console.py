"""The consoles, and the conventions that decide on colour."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from diag.cli.streams import let_go
from diag.inert import inert
from diag.report.terminal import is_whole

ColorChoice = Literal["auto", "always", "never"]


def is_coloured(choice: ColorChoice, environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether to colour. The flag beats ``NO_COLOR``, that beats ``CLICOLOR_FORCE`` and ``FORCE_COLOR``, and those
    beat ``TERM=dumb`` and ``CLICOLOR=0``. Sources: https://no-color.org, https://bixense.com/clicolors/."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("CLICOLOR_FORCE", "FORCE_COLOR")):
        return True
    return terminal and environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"


class QuietConsole(Console):
    """A console whose reader may leave (``| head``): the command goes on to its own exit code, and says nothing.

    On a terminal, lines and texts are broken at words, but for commands: they must come out whole when they are
    copied, however narrow the terminal is."""

    def print(self, *objects: Any, **style: Any) -> None:
        """As rich's, but for lines and texts."""
        if objects and all(isinstance(one, str | Text) for one in objects):
            style.setdefault("soft_wrap", True)
            if self.is_terminal:
                objects = tuple(self._at_words(one) for one in objects)
        super().print(*objects, **style)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """As rich's, and whatever is in the text cannot steer the terminal: rich's own orders are no text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=inert(segment.text))

    def _at_words(self, text: str | Text) -> Text:
        text = Text(text) if isinstance(text, str) else text
        lines = text.split("\n", allow_blank=True)
        return Text("\n").join(part for line in lines for part in self._broken(line))

    def _broken(self, line: Text) -> Iterable[Text]:
        return [line] if is_whole(line) else at_words(line, self.width)

    def on_broken_pipe(self) -> None:
        """Nobody reads any more."""
        self.quiet = True
        let_go(self.file)


def at_words(line: Text, width: int) -> list[Text]:
    """The line broken at words, each part indented as the line's last column begins (columns have two blanks between
    them); words that are longer than ``width`` stay whole."""
    columns = [0, *(found.end() for found in re.finditer(r"(?:^| ) +(?=\S)", line.plain))]
    indent = max(column for column in columns if column <= width * 2 // 3)
    breaks, used = list[int](), 0
    for word in re.finditer(r"\s*\S+", line.plain):
        if used and used + cell_len(word[0]) > width:
            breaks.append(word.end() - len(word[0].lstrip()))
            used = indent + cell_len(word[0].lstrip())
        else:
            used += cell_len(word[0])
    parts = line.divide(breaks)
    for part in parts[:-1]:
        part.rstrip()
    return [*parts[:1], *(Text(" " * indent) + part for part in parts[1:])]


def new_console(stream: TextIO, choice: ColorChoice = "auto", environ: Mapping[str, str] | None = None) -> Console:
    """A console on ``stream``. Colours are one question, being a terminal (live lines, broken lines) another: forced
    colours make no terminal of a file."""
    environ = os.environ if environ is None else environ
    terminal = stream.isatty()
    console = QuietConsole(
        file=stream,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=terminal,
        color_system=_colours(environ) if is_coloured(choice, environ, terminal=terminal) else None,
        no_color=False,
        _environ=environ,
    )
    console.soft_wrap = not terminal  # what is piped is not wrapped
    return console


def _colours(environ: Mapping[str, str]) -> Literal["standard", "256", "truecolor"]:
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256color" in environ.get("TERM", "") else "standard"
