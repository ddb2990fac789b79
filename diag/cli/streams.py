"""Standard output and error as they are: not always UTF-8, and with readers that leave."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from diag.inert import inert

_PLAIN = {"…": "...", "·": "-", "—": "-", "–": "-", "’": "'", "×": "x", "→": "->", "✓": "+", "✗": "x"}


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


codecs.register_error("nukediag-plain", _plain)


def never_fail_to_encode() -> None:
    """Where a stream is not UTF-8, what it cannot say is said in ASCII instead of ending in an exception."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not speaks_utf8(stream):
            stream.reconfigure(errors="nukediag-plain")


def in_ascii(text: str) -> str:
    """The text in ASCII."""
    return text.encode("ascii", "nukediag-plain").decode()


def speaks_utf8(stream: object) -> bool:
    """Whether everything can be written to it."""
    return str(getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def let_go(stream: object) -> None:
    """Write the rest to nowhere: neither this process nor Python's exit may complain about a pipe that is closed at
    its other end (``| head``)."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]
        os.close(nowhere)


def say(text: str, *, err: bool = False) -> None:
    """Lines that cannot steer a terminal, to whom it may concern: a reader that has left is no fault. (click's own
    ``echo`` takes an ASCII stream for a mistake and writes UTF-8 to it.)"""
    stream = sys.stderr if err else sys.stdout
    try:
        stream.write(f"{inert(text)}\n")
        stream.flush()
    except BrokenPipeError:
        let_go(stream)


def finish() -> None:
    """Write what is still held back."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            let_go(stream)


class ReaderLeft(Exception):
    """Nobody reads what is written any more. (click ends in 1 for a broken pipe, unless it never sees it.)"""


@contextmanager
def until_the_reader_leaves() -> Iterator[None]:
    """Raises ReaderLeft for a broken pipe."""
    try:
        yield
    except BrokenPipeError:
        raise ReaderLeft from None


def as_utf8(words: Sequence[str]) -> list[str]:
    """The words of a command line as they were typed, also where the locale (``LC_ALL=C``) reads them as ASCII."""
    return [os.fsencode(word).decode("utf-8", "surrogateescape") for word in words]
