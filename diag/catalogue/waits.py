"""How long an answer asks the caller to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from diag.diagnosis import Answer

LONGEST = 7 * 24 * 3600.0
"""Seconds. A longer wait is taken for nonsense."""
_NUMBER = r"\d{1,6}(?:\.\d{1,9})?"
_UNIT = r"(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])"
# A number alone is a wait only right behind what asks for one: "retrying: 429" asks for none.
_SAID = re.compile(
    rf"(?:try again|retry|wait|resets? in|available in)[^0-9\n]{{0,24}}?"
    rf"(?P<amount>(?:{_NUMBER}\s?{_UNIT}\s?){{1,4}})"
    rf"|(?:retry[_ -]?(?:after|delay)|(?:try again|retry|resets?|available)[_ -]?in)[^a-z0-9.\n]{{0,6}}"
    rf"(?P<unit>{_UNIT})?[^a-z0-9.\n]{{0,6}}(?P<alone>{_NUMBER})(?!\d|-\d\d-)",
    re.IGNORECASE,
)
# Without one of these nothing is said; to look for them costs a twentieth of what the pattern costs.
_SIGNS = ("retry", "wait", "try again", "reset", "available in")
_PIECE = re.compile(rf"({_NUMBER})\s?([a-z]*)", re.IGNORECASE)
_UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0}


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
    amount = found["amount"] or f"{found['alone']}{found['unit'] or ''}"
    return _sane(sum(float(number) * _unit(unit.casefold()) for number, unit in _PIECE.findall(amount)))


def _unit(word: str) -> float:
    """Seconds."""
    return 0.001 if word.startswith(("ms", "mil")) else _UNITS.get(word[:1], 1.0)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _until(header: str, now: str | None) -> float | None:
    then, start = moment(header), moment(now)
    return (then - start).total_seconds() if then and start else None


def moment(header: str | None) -> datetime | None:
    """The time that a ``Date`` or ``Retry-After`` names; None for what is no date, or of another millennium."""
    try:
        found = parsedate_to_datetime(header or "")
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)  # "-0000" is UTC without a place
    return aware if 2000 <= aware.year < 3000 else None


def _sane(seconds: float | None) -> float | None:
    return seconds if seconds is not None and 0 <= seconds <= LONGEST else None
