"""All patterns of the catalogue against one text, in linear time (RE2 behind its filter of literal pieces)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import re2  # type: ignore[import-untyped]


class Matcher:
    """Tells which of many patterns occur in a text, and where. Compiling them takes 0.1 s and waits for the first
    text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = sorted({pattern for pattern in patterns if pattern})
        self._single: dict[str, Any] = {}

    @cached_property
    def _filter(self) -> Any:
        found = re2.Filter()
        for pattern in self._patterns:
            found.Add(pattern.encode())
        found.Compile()
        return found

    def occurring(self, text: bytes) -> frozenset[str]:
        """The patterns that occur in the text; the empty pattern occurs always."""
        return frozenset(self._patterns[number] for number in self._filter.Match(text) or ()) | {""}

    def first(self, pattern: str, text: bytes) -> tuple[int, int]:
        """Where the pattern first occurs, as a span of bytes; (0, 0) for the empty pattern."""
        return next(self.spans(pattern, text), (0, 0)) if pattern else (0, 0)

    def spans(self, pattern: str, text: bytes, most: int = 20) -> Iterator[tuple[int, int]]:
        """The first occurrences of the pattern."""
        for count, found in enumerate(self._compiled(pattern).finditer(text)):
            if count == most:
                return
            yield found.span()

    def _compiled(self, pattern: str) -> Any:
        if pattern not in self._single:
            self._single[pattern] = re2.compile(pattern.encode())
        return self._single[pattern]
