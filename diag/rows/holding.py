"""Whose a row is while it is called: somebody else may be at work on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from diag.rows.outcome import Outcome


class Holding(Protocol):
    """Keeps rows from being called by two at once."""

    async def hold(self, row_ids: Sequence[str]) -> frozenset[str]:
        """Those of these rows that may be called now. Raises ProjectError where nobody can say."""
        ...

    def ended(self, outcome: Outcome) -> None:
        """The call for a held row has come to this."""
        ...


class Alone:
    """Nobody else calls anything."""

    async def hold(self, row_ids: Sequence[str]) -> frozenset[str]:
        """See ``Holding``."""
        return frozenset(row_ids)

    def ended(self, outcome: Outcome) -> None:
        """See ``Holding``."""
