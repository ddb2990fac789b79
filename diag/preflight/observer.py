"""Who watches a preflight: override what is of interest."""

from __future__ import annotations

from collections.abc import Sequence

from diag.preflight.model import Check, CheckResult


class Observer:
    """Hears of everything and does nothing."""

    def on_plan(self, checks: Sequence[Check]) -> None:
        """These checks there are, in declared order."""

    def on_start(self, check: Check) -> None:
        """This check begins (those that are skipped never do)."""

    def on_result(self, result: CheckResult) -> None:
        """This check has ended, or is skipped."""

    def on_wait(self, ids: Sequence[str], pause: float, left: float) -> None:
        """These checks are looked at again in ``pause`` seconds; ``left`` seconds are left in all."""
