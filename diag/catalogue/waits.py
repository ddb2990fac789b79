"""How long an answer asks the caller to wait."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from diag.diagnosis import Answer

LONGEST = 7 * 24 * 3600.0
"""Seconds. A longer wait is taken for nonsense."""
_SAID = re.compile(
    r"(?:try again|retry|wait|retrydelay|retry[_ -]?after(?:[_ ]?(?:seconds|secs|ms))?|resets? in|available in)"
    r"[^0-9\n]{0,24}?"
    r"(?P<amount>(?:\d{1,6}(?:\.\d{1,9})?\s?(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)?\s?){1,4})",
    re.IGNORECASE,
)
# Without one of these nothing is said; to look for them costs a twentieth of what the pattern costs.
_SIGNS = ("retry", "wait", "try again", "reset", "available in")
_PIECE = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)\s?([a-z]*)", re.IGNORECASE)
_UNITS = {"ms": 0.001, "mi": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "s": 1.0, "": 1.0}


def retry_after(answer: Answer, text: str) -> float | None:
    """Seconds to wait by the headers (``retry-after-ms``, ``retry-after`` as seconds or as a date beside ``date``),
    else by the text."""
    exact = _number(answer.header("retry-after-ms"))
    if exact is not None:
        return _sane(exact / 1000)
    header = answer.header("retry-after")
    if header:
        seconds = _number(header)
        return _sane(seconds if seconds is not None else _until(header, answer.header("date")))
    return said(text)


def said(text: str) -> float | None:
    """Seconds to wait by the text (``Please try again in 1m12.5s``, ``"retryDelay": "34s"``, ``retryAfterMs:
    1200``)."""
    head = text[:20_000]
    lowered = head.casefold()
    found = _SAID.search(head) if any(sign in lowered for sign in _SIGNS) else None
    if not found:
        return None
    scale = 0.001 if "ms" in found[0][: found.start("amount") - found.start()].lower()[-4:] else 1.0
    return _sane(sum(float(number) * _unit(unit) for number, unit in _PIECE.findall(found["amount"])) * scale)


def _unit(word: str) -> float:
    word = word.lower()
    if word in ("ms",) or word.startswith("milli"):
        return 0.001
    return _UNITS["mi"] if word.startswith("mi") else _UNITS.get(word[:1], 1.0)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _until(text: str, now: str | None) -> float | None:
    then, start = _date(text), _date(now or "")
    return (then - start).total_seconds() if then and start else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None


def _sane(seconds: float | None) -> float | None:
    return seconds if seconds is not None and 0 <= seconds <= LONGEST else None
