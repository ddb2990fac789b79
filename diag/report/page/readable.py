"""Foreign text as it may stand in a report: without credentials, without what a terminal or a browser would obey."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from rich.text import Text

from diag.secret import redact

_LONGEST = 2_000  # characters of one text; a report is read by people
_MOST = 20_000  # characters that are looked at
_STRANGE = "\N{REPLACEMENT CHARACTER}"


def readable(text: str) -> str:
    """On one line and redacted; colour codes are taken out, and every other character that cannot be seen (control
    characters, the marks that reverse the direction of writing, halves of a surrogate pair) is shown as such."""
    text = text[:_MOST]
    line = " ".join(redact(_colourless(text)).split())
    line = "".join(letter if letter.isprintable() else _STRANGE for letter in line)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def _colourless(text: str) -> str:
    # rich drops what a carriage return overwrites, as a terminal does: with it went every coloured line of a log that
    # was written on Windows.
    return Text.from_ansi(text.replace("\r", "\n")).plain if "\x1b" in text else text


Words = Annotated[str, AfterValidator(readable)]
"""A text in a report: whatever is put there has passed ``readable``."""
