"""The gate: Wald's sequential probability ratio test on canary calls.

It needs the fewest calls that any test with these error rates needs: 7 straight successes open it, 4 straight
failures shut it (at go 0.8, stop 0.5, 5 % error either way); the smallest fixed sample with the same errors is 28.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil
from types import MappingProxyType

from diag.gate.limits import Limits
from diag.gate.reading import Reading
from diag.gate.wilson import wilson

PAIR = 2
"""So many project-scope failures of one kind decide at once: the cause is deterministic."""

DRAWS = 3
"""So many times the cap of rows are drawn where most of their pictures are dead."""


class Decision(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class GateTest:
    """The state of the test; ``after`` gives the next one. ``called`` counts every canary call, also those that say
    nothing about the rate (an item's own failure, throttling, a cached answer); ``drawn`` also the rows whose picture
    was found dead without a call. ``items``: failures of single rows count as well."""

    limits: Limits = field(default_factory=Limits)
    successes: int = 0
    failures: int = 0
    called: int = 0
    drawn: int = 0
    project: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    items: bool = False

    def after(self, reading: Reading, signature: str, *, called: bool = True) -> GateTest:
        """The state once one more outcome is known."""
        success = reading is Reading.SUCCESS
        failure = reading in (Reading.FAILURE, Reading.PROJECT) or (self.items and reading is Reading.ITEM)
        project = dict(self.project)
        if reading is Reading.PROJECT:
            project[signature] = project.get(signature, 0) + 1
        return replace(
            self,
            successes=self.successes + success,
            failures=self.failures + failure,
            called=self.called + called,
            drawn=self.drawn + 1,
            project=MappingProxyType(project),
        )

    @property
    def ratio(self) -> float:
        """The log-likelihood ratio so far; positive speaks for opening."""
        return self.successes * self.limits.success - self.failures * self.limits.failure

    @property
    def repeated(self) -> str | None:
        """The project-scope signature that came twice, if one did."""
        return next((signature for signature, count in self.project.items() if count >= PAIR), None)

    @property
    def decision(self) -> Decision | None:
        """The decision, or None while more calls are needed."""
        if self.repeated or self.ratio <= -self.limits.boundary:
            return Decision.SHUT
        if self.ratio >= self.limits.boundary:
            return Decision.OPEN
        spent = self.called >= self.limits.most or self.drawn >= DRAWS * self.limits.most
        return Decision.UNDECIDED if spent else None

    @property
    def wave(self) -> int:
        """How many calls can go out together without overshooting: none of them can come after a decision that
        the others alone would have made. 0 once decided."""
        if self.decision is not None:
            return 0
        to_open = ceil((self.limits.boundary - self.ratio) / self.limits.success)
        to_shut = ceil((self.limits.boundary + self.ratio) / self.limits.failure)
        return min(to_open, to_shut, self._to_pair, self.limits.most - self.called)

    @property
    def _to_pair(self) -> int:
        """How many more project-scope failures decide. A success has shown that not every call fails, so from then
        on only a failure that was really seen holds the waves small."""
        if self.successes and not self.project:
            return self.limits.most
        return PAIR - max(self.project.values(), default=0)

    @property
    def why(self) -> str:
        """One sentence with the numbers behind the decision."""
        trials = self.successes + self.failures
        low, high = wilson(self.successes, trials)
        seen = f"{self.successes} of {trials} canary calls succeeded"
        match self.decision:
            case Decision.OPEN:
                return f"{seen}: enough to tell a rate of {self._go} from one below {self.limits.stop:.0%}"
            case Decision.SHUT if self.repeated:
                times = self.project[self.repeated]
                return f"{seen}; {self.repeated} came {times} times, and it fails every call alike"
            case Decision.SHUT:
                return f"{seen}; the success rate is at most {high:.0%} (95 % sure), the gate asks for {self._go}"
            case Decision.UNDECIDED:
                between = f"the success rate is between {low:.0%} and {high:.0%}"
                neither = f"neither clearly {self._go} nor clearly below {self.limits.stop:.0%}"
                return f"{seen}, {self.drawn} rows were tried; {between}, {neither}"
        return f"{seen} so far"

    @property
    def _go(self) -> str:
        return f"{self.limits.go:.0%}"
