"""Mutants that no test can notice, or that need none: (file, what the line became) -> why."""

from __future__ import annotations

from collections.abc import Mapping

_NEVER_EQUAL = "a sum of logarithms is never exactly the mark"
_NO_TIME = "no monotonic time is below 0"
_LIMITER = "diag/backfill/limiter.py"
_GUARD = "diag/gate/guard.py"
_CAPPED = "a minute is the cap from the sixth attempt on: the bound is there for numbers too large to be raised to"

EQUIVALENT: Mapping[tuple[str, str], str] = {
    (_GUARD, "if items > self.items_at and self.alarm is None:"): _NEVER_EQUAL,
    (_GUARD, "if self.score > STOP_AT:"): _NEVER_EQUAL,
    (
        _GUARD,
        "return Alarm(AlarmKind.PAUSE, signature, self._seen(good)) if self.score > PAUSE_AT else None",
    ): _NEVER_EQUAL,
    ("diag/backfill/retries.py", "return uniform(0, min(_CAP, base * 2.0 ** min(attempt, 11)))"): _CAPPED,
    ("diag/backfill/retries.py", "return uniform(0, min(_CAP, base * 2.0 ** min(attempt, 9)))"): _CAPPED,
    ("diag/secret.py", "kept, done, at = list[str](), 0, -1"): "looks once more, at nothing, and goes on from 0",
    (_LIMITER, "not_before: float = -1.0"): _NO_TIME,
    (_LIMITER, "_next: float = -1.0"): _NO_TIME,
    (_LIMITER, "self.most, self.rate, self._next = rate / _KNOWN, rate, -1.0"): _NO_TIME,
}
