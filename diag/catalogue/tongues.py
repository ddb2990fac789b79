"""Other languages brought to the English wordings that the rules know."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import re2  # type: ignore[import-untyped]

from diag.catalogue.entries.tongues import WORDS

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_foreign(text: bytes) -> bool:
    """Whether any of the foreign wordings may occur in the text: one pass, so that English texts cost nothing."""
    return _any().search(text) is not None


def in_english(normal: str) -> str:
    """The normal form with the foreign wordings that occur in it put into English."""
    for pattern, english in _words():
        normal = pattern.sub(english, normal)
    return " ".join(normal.split())


@cache
def _any() -> Any:
    options = re2.Options()
    options.max_mem, options.log_errors = 1 << 27, False
    joined = "|".join(pattern for pattern, _ in WORDS if _UNSPACED.search(pattern))
    spaced = "|".join(pattern for pattern, _ in WORDS if not _UNSPACED.search(pattern)).replace(r"\w", "[^ ]")
    return re2.compile(f"{joined}|(?:^|[^a-z])(?:{spaced})(?:[^a-z]|$)".encode(), options)  # its \b is ASCII's alone


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Whole words, except in scripts that put no blanks between them."""
    return tuple(
        (re.compile(pattern if _UNSPACED.search(pattern) else rf"\b(?:{pattern})\b"), english)
        for pattern, english in WORDS
    )
