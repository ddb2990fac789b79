"""What the stand-ins count: calls and accepted (that is, paid) calls by provider, and rows that were paid for twice."""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal

Provider = Literal["openai", "aws", "gemini", "openrouter"]
PROVIDERS: Final[tuple[Provider, ...]] = ("openai", "aws", "gemini", "openrouter")


class Counters:
    """Counts since the start or the last ``reset``. A row is known by the photo that a call carries; a call without
    a known photo counts as a call, and towards no row."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start anew."""
        self._function: Counter[str] = Counter()
        self._attempts: Counter[Provider] = Counter()
        self._accepted: Counter[Provider] = Counter()
        self._by_row: Counter[tuple[Provider, str]] = Counter()

    def function_called(self, slug: str) -> None:
        """A request reached a function's worker (not one that the gateway turned away)."""
        self._function[slug] += 1

    def attempted(self, provider: Provider) -> None:
        """A request that would cost money if it were accepted reached a provider."""
        self._attempts[provider] += 1

    def accepted(self, provider: Provider, row: str | None) -> None:
        """The provider did the work, so the call is paid for."""
        self._accepted[provider] += 1
        if row is not None:
            self._by_row[provider, row] += 1

    @property
    def calls(self) -> dict[str, int]:
        """``{function, openai, openai_accepted, aws, aws_accepted, ...}``: two for each provider."""
        counts = {"function": self._function.total()}
        for provider in PROVIDERS:
            counts[provider] = self._attempts[provider]
            counts[f"{provider}_accepted"] = self._accepted[provider]
        return counts

    @property
    def twice(self) -> int:
        """The number of rows for which one provider accepted more than one call."""
        return len(self.rows_paid_twice())

    def rows_paid_twice(self) -> set[str]:
        """The ids of those rows."""
        return {row for (_, row), count in self._by_row.items() if count > 1}

    def snapshot(self) -> dict[str, object]:
        """``{calls: {...}, twice: n}``, as ``sandbox status --json`` shows them."""
        return {"calls": self.calls, "twice": self.twice}
