"""How fast calls start, and how many may be in flight: pure state, time is passed in.

The start rate is controlled (it grows little by little and is cut at a refusal); in-flight is only a ceiling. Control
of the concurrency alone is too slow to find a limit when one call takes 5 to 10 seconds.

Nobody knows the limit at first, so the rate begins low and stays at twice what is answered well at most: it doubles
with each round of answers, however long those take, and the first refusals are a handful. From then on it creeps,
quickly up to just below the rate that was refused, and slowly beyond. The shared limiter in nukediag_queue.sql does the
same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_START = 2.0  # calls per second, before anything is known
_NAMED = 20.0  # at most, where a provider names its limit
_DOUBLING = 2.0  # per second, until the first refusal; at most to ...
_LEAD = 2.0  # ... so many times what is answered well
_MEMORY = 3.0  # seconds over which good answers are counted, ...
_MEMORABLE = 6.0  # ... and so many answers at least
_RETURN = 0.02  # of the rate per second, up to ...
_NEAR = 0.9  # ... so much of the rate that was refused
_CREEP = 0.002  # of the rate per second, beyond it
_CREEP_PER_CALL = 0.0005  # of the rate, at most, once a limit was found by creeping: low limits have few answers
_PATIENCE, _PATIENT_CALLS = 60.0, 200.0  # seconds and calls since a cut, from which on creeping gets faster
_CUT = 0.7
_DEEPEST = 0.5  # where fewer calls than that were answered well
_NUDGE = 0.82  # instead, where the rate had crept over a limit that it had found: ends just below the limit
_CALM = 20.0  # seconds without a cut, after which a refusal means no more than that
_EPOCH = 5.0  # seconds between cuts
_SETTLING = 3  # calls after a cut that say nothing yet: the upstream's bucket is empty, unless all waited
_LOWEST = 0.1
_KNOWN = 0.95  # of a limit that is known
_BURST = 0.1  # seconds of starts that may be caught up on


@dataclass
class RateLimiter:
    """Spaces the starts of calls. ``most`` is a limit that is known (calls per second), or None."""

    most: float | None = None
    rate: float = 0.0
    not_before: float = 0.0
    named: float | None = None
    """Where a provider names a limit that is lower than what one would dare anyhow: just below it."""
    _expected: float = math.inf
    _next: float = 0.0
    _grown: float | None = None
    _cut: float | None = None
    _stale: int = 0  # number of the last call whose refusal says nothing new
    _refused: float = 0.0  # the rate at the last cut
    _crept: bool = False  # whether it had crept there
    _flow: float = 0.0
    _flowed: float = 0.0

    def __post_init__(self) -> None:
        self.rate = self.rate or (self.most * _KNOWN if self.most else _START)

    def turn(self, now: float) -> float:
        """Reserve the next start; seconds to wait until it. ``now`` is a monotonic time."""
        start = max(self._next, now - _BURST, self.not_before)
        if start > now:
            self._grow(now)
        self._next = start + 1 / self.rate
        return max(0.0, start - now)

    def answered(self, now: float) -> None:
        """A call went well."""
        flow, memory = self._flow_at(now)
        self._flow, self._flowed = flow + 1 / memory, now

    def throttled(self, now: float, retry_after: float | None, call: int, started: int) -> None:
        """Call number ``call`` was answered with: too fast; ``started`` calls have begun by now. The answers of calls
        that began before a cut tell nothing new."""
        calm = math.inf if self._cut is None else now - self._cut
        stale = self._cut is not None and call <= self._stale
        if retry_after and not (stale and retry_after < _EPOCH):  # the cut has seen to short wishes
            self.not_before = max(self.not_before, now + retry_after)
        if stale or calm < _EPOCH:
            return
        self._refused, self._crept = self.rate, _CALM <= calm < math.inf
        flow, _ = self._flow_at(now)
        kept = self.rate * _NUDGE if self._crept else min(self.rate * _CUT, max(flow, self.rate * _DEEPEST))
        self.rate = max(_LOWEST, kept)
        self._cut = self._grown = now
        self._stale = started + (_SETTLING if self.not_before < now + _EPOCH else 0)

    def set_rate(self, rate: float) -> None:
        """Somebody wants exactly so many calls per second."""
        self.most, self.rate, self._next = rate / _KNOWN, rate, 0.0

    def expect(self, limit: float) -> None:
        """A provider names a limit (calls per second): begin just below it, though not with a storm, and from there on
        only feel the way. It is no fence: it may be that of another model, or a row may take two requests. A limit that
        somebody gave stays."""
        if self.most is None:
            self._expected = limit * _KNOWN
            self.rate = min(_NAMED, self._expected)
            self.named = self.rate if self.rate < _NAMED else None

    def _grow(self, now: float) -> None:
        """Only called where the rate was what made a call wait: a limit that is not reached must not drift up."""
        elapsed = min(max(1.0, 1 / self.rate), now - self._grown) if self._grown is not None else 0.0
        self._grown = now
        if self._cut is None and self.rate < self._expected:
            flow, _ = self._flow_at(now)
            lead = min(self.rate * _DOUBLING**elapsed, flow * _LEAD, self._expected)
            self.rate = max(self.rate, lead)
        else:
            self.rate = self._crept_to(elapsed, 0.0 if self._cut is None else now - self._cut)
        if self.most is not None:
            self.rate = min(self.rate, self.most * _KNOWN)

    def _crept_to(self, elapsed: float, calm: float) -> float:
        near = self._refused * _NEAR
        if self.rate < near:
            return min(near, self.rate * (1 + _RETURN * elapsed))
        step = min(_CREEP, _CREEP_PER_CALL * self.rate) if self._crept else _CREEP
        return self.rate * (1 + step * elapsed * max(1.0, calm / max(_PATIENCE, _PATIENT_CALLS / self.rate)))

    def _flow_at(self, now: float) -> tuple[float, float]:
        """Good answers per second lately, and over how many seconds that is (exponentially weighted)."""
        memory = max(_MEMORY, _MEMORABLE / self.rate)
        return self._flow * math.exp((self._flowed - now) / memory), memory
