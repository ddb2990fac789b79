"""Who remembers what a preflight has found so far, for the case that it is interrupted."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from diag.errors import ExitCode
from diag.preflight import Check, CheckResult, Finding, PreflightResult, Status, result_of
from diag.preflight.model import CALL
from diag.preflight.observer import Observer

if TYPE_CHECKING:
    from diag.config import Configuration


class Witness(Observer):
    """Passes everything on to the observer ``behind`` it."""

    def __init__(self, *, strict: bool) -> None:
        self.behind: Observer = Observer()
        self.checks: tuple[Check, ...] = ()
        self._strict = strict
        self._began = time.monotonic()
        self._results: dict[str, CheckResult] = {}
        self._started: set[str] = set()

    def on_plan(self, checks: Sequence[Check]) -> None:
        """All checks that there are."""
        self.checks = tuple(checks)

    def on_start(self, check: Check) -> None:
        """A check began."""
        self._started.add(check.id)
        self.behind.on_start(check)

    def on_result(self, result: CheckResult) -> None:
        """A check ended."""
        self._results[result.check.id] = result
        self._started.discard(result.check.id)
        self.behind.on_result(result)

    def on_wait(self, ids: Sequence[str], pause: float, left: float) -> None:
        """Some will be looked at again."""
        self.behind.on_wait(ids, pause, left)

    @property
    def is_calling(self) -> bool:
        """Whether the test call is under way."""
        return CALL in self._started

    def so_far(self, configuration: Configuration) -> PreflightResult:
        """What is known, the rest skipped; it ends as an interrupted run does."""
        results = tuple(self._results.get(check.id) or _interrupted(check) for check in self.checks)
        result = result_of(
            results,
            strict=self._strict,
            ref=configuration.ref,
            url=configuration.url,
            duration_ms=(time.monotonic() - self._began) * 1000,
        )
        return dataclasses.replace(result, exit_code=ExitCode.INTERRUPTED)


def _interrupted(check: Check) -> CheckResult:
    return CheckResult(check, Finding(Status.SKIP, "not looked at: interrupted", because="the interruption"))
