"""The guard: goes on testing while a backfill runs.

A Bernoulli CUSUM (Page 1954) notices a drop in the success rate with fewer calls than a rolling window at the same
rate of false alarms: 5 straight failures trip a pause, 10 stop. At a true rate of 0.9 it pauses falsely once in
36,000 calls and practically never stops falsely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import log
from types import MappingProxyType

from diag.gate.limits import Limits
from diag.gate.reading import Reading
from diag.gate.sequential import PAIR

PAUSE_AT = 4.5
STOP_AT = 9.1
WINDOW = 50
ITEMS_AT = 25.0
"""30 straight failures of single rows: dead pictures come in clusters, so this stream is slow to alarm."""
ITEMS = Limits(go=0.7, stop=0.3)
"""Between these shares of good rows a common cause behind the bad ones is looked for."""


class AlarmKind(StrEnum):
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the guard asks for, the ``signature`` behind it, and ``why`` in one sentence. ``items``: it is about
    failures of single rows, which a common cause may lie behind (a bucket made private)."""

    kind: AlarmKind
    signature: str
    why: str
    items: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """The state of the watch; ``after`` gives the next one.

    ``score`` is the CUSUM over successes and failures, ``items`` the one over failures of single rows, which alarms
    at ``items_at``. ``recent``
    holds the last 50 outcomes that count. ``suspects`` maps a project-scope signature to the first call that was
    started after it was seen: a success of that call or a later one clears the suspicion.
    """

    limits: Limits = field(default_factory=Limits)
    score: float = 0.0
    items: float = 0.0
    items_at: float = ITEMS_AT
    recent: tuple[bool, ...] = ()
    suspects: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    alarm: Alarm | None = None

    def after(self, reading: Reading, signature: str, *, call: int, started: int) -> Guard:
        """The state once the outcome of call number ``call`` is known, when ``started`` calls have been started."""
        match reading:
            case Reading.SUCCESS:
                return self if self._is_well else self._succeeded(call)
            case Reading.ITEM:
                return self._failed_alone(signature)
            case Reading.FAILURE:
                return self._failed(signature)
            case Reading.PROJECT:
                return self._suspected(signature, started)
        return self

    def calm(self) -> Guard:
        """The state after a pause whose probe went well. Where bad rows turned out to lie in a heap, it takes a heap
        of twice the size to alarm again."""
        heap = self.alarm is not None and self.alarm.items
        return Guard(self.limits, items_at=self.items_at * (2 if heap else 1))

    @property
    def _is_well(self) -> bool:
        """Whether one more success changes nothing, as it is with most calls of most runs."""
        return not (self.score or self.items or self.suspects) and len(self.recent) == WINDOW and all(self.recent)

    def _failed_alone(self, signature: str) -> Guard:
        items = self.items + log(ITEMS.go / ITEMS.stop)
        if items >= self.items_at and self.alarm is None:
            why = f"nearly every row fails on its own account ({signature}): a common cause is more likely"
            return replace(self, items=items, alarm=Alarm(AlarmKind.PAUSE, signature, why, True))
        return replace(self, items=items)

    def _succeeded(self, call: int) -> Guard:
        return replace(
            self,
            score=max(0.0, self.score - self.limits.success),
            items=max(0.0, self.items - ITEMS.failure),
            recent=self._recent(True),
            suspects=MappingProxyType({name: since for name, since in self.suspects.items() if call < since}),
        )

    def _failed(self, signature: str) -> Guard:
        state = replace(self, score=self.score + self.limits.failure, recent=self._recent(False))
        if state.alarm is not None:
            return state
        return replace(state, alarm=state._judge(signature))

    def _suspected(self, signature: str, started: int) -> Guard:
        if signature in self.suspects:
            why = f"{signature} came {PAIR} times with no success after it, and it fails every call alike"
            return replace(self._failed(signature), alarm=Alarm(AlarmKind.STOP, signature, why))
        suspects = MappingProxyType({**self.suspects, signature: started})
        return replace(self, suspects=suspects)._failed(signature)

    def _judge(self, signature: str) -> Alarm | None:
        good = sum(self.recent)
        if len(self.recent) == WINDOW and good < self.limits.stop * WINDOW:
            why = f"only {good} of the last {WINDOW} calls succeeded (stop is {self.limits.stop:.0%})"
            return Alarm(AlarmKind.STOP, signature, why)
        if self.score >= STOP_AT:
            return Alarm(AlarmKind.STOP, signature, self._seen(good))
        return Alarm(AlarmKind.PAUSE, signature, self._seen(good)) if self.score >= PAUSE_AT else None

    def _seen(self, good: int) -> str:
        return f"the success rate fell: {good} of the last {len(self.recent)} calls succeeded"

    def _recent(self, success: bool) -> tuple[bool, ...]:
        return (*self.recent[-WINDOW + 1 :], success)
