"""The two consoles, the conventions that decide on colour, and quiet where the reader has left."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

from rich.console import Console

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
    """A console whose reader may leave (``| head``): the command goes on to its own exit code, and says nothing."""

    def on_broken_pipe(self) -> None:
        """Nobody reads any more."""
        self.quiet = True
        let_go(self.file)


def let_go(stream: object) -> None:
    """Write the rest to nowhere: neither this process nor Python's exit may complain about a closed pipe."""
    if isinstance(stream, io.IOBase) or hasattr(stream, "fileno"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


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


_PLAIN = {"…": "...", "·": "-", "—": "-", "–": "-", "’": "'", "×": "x", "→": "->", "✓": "+", "✗": "x"}


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def never_fail_to_encode() -> None:
    """Where a stream is not UTF-8, what it cannot say is said in ASCII instead of ending in an exception."""
    codecs.register_error("nukediag-plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="nukediag-plain")
