"""What an answer says by its status and shape alone, where its text names no cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diag.catalogue.entries import answers as words
from diag.catalogue.reading import Reading
from diag.diagnosis import Answer

_SHORT = 400


@dataclass(frozen=True, slots=True)
class Resting:
    """Where the search ends without a cause; a cause must weigh at least ``weight`` to be preferred."""

    signature: str
    weight: int = 33


def fallback(answer: Answer, reading: Reading) -> Resting:
    """The signature of an answer of failure whose text names no cause."""
    status = answer.status
    if status is None:
        return Resting("unknown")
    table = words.OWN if isinstance(reading.document, dict) else words.FOREIGN
    if known := words.ANY.get(status) or table.get(status):
        return Resting(known, 35)  # more than "internal server error" says
    return Resting("runtime.uncaught-exception" if status >= 500 else "unknown")


def plain_success(answer: Answer, reading: Reading, causes: Sequence[str], requires: Sequence[str]) -> str:
    """The signature of a 2xx whose body is no JSON object. ``causes``: the signatures that its text names, the most
    telling first."""
    text = reading.text.strip()
    if not text or text in ("null", "undefined", "[object Object]"):
        return "function.unfinished" if answer.status == 202 else "function.empty"
    if reading.is_html:
        return causes[0] if causes else "unknown"
    if (len(text) < _SHORT and words.ERRONEOUS.search(text)) or re.match(
        r"^\W{0,4}(?:error|failed|exception|traceback)", text, re.IGNORECASE
    ):
        return causes[0] if causes else "function.error-in-200"
    if text.startswith(("{", "[")) or requires:
        return causes[0] if causes and words.ERRONEOUS.search(text) else "function.empty"
    return "function.unfinished" if answer.status == 202 else "function.ok"


def is_bare_claim(document: object) -> bool:
    """``{"success": true}`` with a word or two about it: no result is promised, so none is missing."""
    if not isinstance(document, dict):
        return False
    told = {str(key).lower(): value for key, value in document.items() if value not in (None, "")}
    claims = any(value is True or key in ("message", "status") for key, value in told.items())
    return claims and words.CLAIM_KEYS.issuperset(told)
