"""What an answer says by its status and shape alone, where its text names no cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diag.catalogue.candidates import Candidate
from diag.catalogue.entries import answers as words
from diag.catalogue.reading import Reading
from diag.diagnosis import Answer

_SHORT = 400


@dataclass(frozen=True, slots=True)
class Resting:
    """Where the search ends without a cause; a cause must weigh at least ``weight`` to be preferred."""

    signature: str
    weight: int


def fallback(answer: Answer, reading: Reading) -> Resting:
    """The signature of an answer of failure whose text names no cause."""
    status = answer.status
    if status is None:
        return Resting("unknown", 33)
    if 520 <= status <= 530:
        return Resting("gateway.unavailable", 40)
    table = words.OWN if reading.is_json and isinstance(reading.document, dict) else words.FOREIGN
    signature = words.ANY.get(status) or table.get(status)
    if signature is None:
        signature = "runtime.uncaught-exception" if status >= 500 else "unknown"
    return Resting(signature, 33)


def plain_success(answer: Answer, reading: Reading, candidates: Sequence[Candidate], requires: Sequence[str]) -> str:
    """The signature of a 2xx whose body is no JSON object."""
    strong = [one.signature for one in candidates if one.weight >= 46]
    text = reading.text.strip()
    if not text or text in ("null", "undefined", "[object Object]"):
        return "function.unfinished" if answer.status == 202 else "function.empty"
    if reading.is_html:
        return strong[0] if strong else "unknown"
    if (len(text) < _SHORT and words.ERRONEOUS.search(text)) or re.match(
        r"^\W{0,4}(?:error|failed|exception|traceback)", text, re.IGNORECASE
    ):
        return strong[0] if strong else "function.error-in-200"
    if text.startswith(("{", "[")) or requires:
        return strong[0] if strong and words.ERRONEOUS.search(text) else "function.empty"
    return "function.unfinished" if answer.status == 202 else "function.ok"


def is_bare_claim(document: object) -> bool:
    """``{"success": true}`` with a word or two about it: no result is promised, so none is missing."""
    if not isinstance(document, dict):
        return False
    keys = {str(key).lower() for key, value in document.items() if value not in (None, "")}
    claims = any(document.get(key) is True or key in ("message", "status") for key in document)
    return bool(keys) and keys <= words.CLAIM_KEYS and claims
