"""Text that does nothing where it is shown: no escape sequence, no overwritten line, no reversed direction.

What a server, a log or a row says goes to a terminal, to a page and to a CI log. There a control character is an
order: it can clear the screen, set the clipboard (OSC 52) or show a command other than the one that is copied
(bidirectional overrides, CVE-2021-42574).
"""

from __future__ import annotations

import re

# C0 but for tab and line feed, DEL, C1 (a terminal may take U+009B for ESC [), marks of direction, line and paragraph
# separators, zero-width and tag characters, lone surrogates.
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def inert(text: str) -> str:
    """The text with a ``?`` in the place of every character that would act; it keeps its length."""
    return _ACTIVE.sub("?", text)


def inert_json(document: str) -> str:
    """A JSON text with these characters escaped: the same document, and harmless to print."""
    return _ACTIVE.sub(lambda found: _escaped(found[0]), document)


def _escaped(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
