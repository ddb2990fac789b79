"""What an answer says by its status and shape alone, where its text names no cause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diag.catalogue.candidates import Candidate
from diag.catalogue.reading import Reading
from diag.diagnosis import Answer

_OWN = {
    400: "function.bad-request",
    401: "function.unauthorized",
    403: "function.unauthorized",
    415: "function.bad-request",
    422: "function.bad-request",
    429: "function.rate-limited",
    503: "function.unavailable",
}
"""The function's own JSON answer."""
_FOREIGN = {
    400: "function.bad-request",
    401: "gateway.auth-invalid",
    403: "function.unauthorized",
    404: "gateway.function-not-found",
    422: "function.bad-request",
    429: "gateway.rate-limited",
    503: "gateway.unavailable",
}
"""A page or text that is not the function's JSON."""
_ANY = {
    402: "gateway.restricted", 405: "gateway.method-not-allowed", 408: "runtime.idle-timeout", 409: "supabase.constraint-violation", 410: "image.not-found", 413: "gateway.payload-too-large",
    500: "runtime.uncaught-exception", 502: "gateway.unavailable", 504: "gateway.unavailable", 540: "gateway.project-paused", 544: "gateway.unavailable", 546: "runtime.worker-limit",
}  # fmt: skip
_ERRONEOUS = re.compile(
    r"\b(?:error|fail(?:ed|ure)?|invalid|denied|unable|cannot|could not|not found|exceeded|timed? ?out|timeout|exception|unauthorized|forbidden|missing|unavailable|refused|paused|quota|traceback)\b",
    re.IGNORECASE,
)
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
    table = _OWN if reading.is_json and isinstance(reading.document, dict) else _FOREIGN
    signature = _ANY.get(status) or table.get(status)
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
    if (len(text) < _SHORT and _ERRONEOUS.search(text)) or re.match(
        r"^\W{0,4}(?:error|failed|exception|traceback)", text, re.IGNORECASE
    ):
        return strong[0] if strong else "function.error-in-200"
    if text.startswith(("{", "[")) or requires:
        return strong[0] if strong and _ERRONEOUS.search(text) else "function.empty"
    return "function.unfinished" if answer.status == 202 else "function.ok"
