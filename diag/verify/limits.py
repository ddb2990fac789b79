"""The rate limits that a provider's answer reveals. Pure.

Source: OpenAI's guide to rate limits: ``x-ratelimit-limit-requests``, ``-remaining-requests`` and ``-reset-requests``
(the time until the bucket is full again, as ``120ms``, ``8.64s`` or ``6m0s``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from diag.verify.standing import Verification

_LIMIT, _REMAINING, _RESET = (f"x-ratelimit-{word}-requests" for word in ("limit", "remaining", "reset"))
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_MINUTE = 60.0
_LONGEST_WINDOW = 5 * _MINUTE  # the header does not name its window: beyond this it is that of a day


def requests_per_second(asked: Iterable[Verification]) -> float | None:
    """The lowest limit per minute that the providers' answers name, in requests per second; None where none does."""
    found = [rate for one in asked if (rate := _rate(one.limits)) is not None]
    return min(found, default=None)


def _rate(limits: Mapping[str, str]) -> float | None:
    size = _number(limits.get(_LIMIT))
    if not size:
        return None
    used, reset = size - (_number(limits.get(_REMAINING)) or size), seconds(limits.get(_RESET, ""))
    if used >= 1 and reset is not None and reset * size / used > _LONGEST_WINDOW:
        return None  # so many a day: an allowance, which says nothing about how fast it may be used
    return size / _MINUTE


def _number(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None


def seconds(text: str) -> float | None:
    """``6m0s`` in seconds, or None for another notation."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
