"""Is the Gemini key good? One free question. Listing may work where generating is refused, so it is no proof of the
latter. Sources: Google's reference of the models endpoint and its troubleshooting page."""

from __future__ import annotations

import httpx

from diag.diagnosis import Answer
from diag.secret import Secret
from diag.verify.asking import ask, document_of, fits_in_header
from diag.verify.standing import (
    UNKNOWN,
    VALID,
    Reading,
    Verification,
    invalid,
    unknown,
    unsendable,
    valid,
    verification,
)

BASE = "https://generativelanguage.googleapis.com"
_STEP = "GET /v1beta/models"


async def verify(client: httpx.AsyncClient, name: str, key: Secret, *, base: str = BASE) -> tuple[Verification, ...]:
    """One question."""
    if not fits_in_header(key.reveal()):
        return (unsendable("gemini", (name,), _STEP, "gemini.key-invalid"),)
    url = f"{base.rstrip('/')}/v1beta/models?pageSize=1"
    answer = await ask(client, "GET", url, headers={"x-goog-api-key": key.reveal()})
    code = code_of(answer)
    return (verification("gemini", (name,), _STEP, answer, read(answer, code), code),)


def code_of(answer: Answer) -> str | None:
    """The reason in the details where there is one (``API_KEY_INVALID``), else the status."""
    error = document_of(answer).get("error")
    if not isinstance(error, dict):
        return None
    details = error.get("details") if isinstance(error.get("details"), list) else []
    reasons = [one.get("reason") for one in details or [] if isinstance(one, dict) and one.get("reason")]
    found = reasons[0] if reasons else error.get("status")
    return str(found) if found else None


def read(answer: Answer, code: str | None) -> Reading:
    """What an answer says about the key. Pure."""
    status = answer.status
    if status is None:
        return unknown(answer.failure)
    if status < 300:
        return VALID
    if status >= 500:
        return unknown("gemini.overloaded")
    by_code = {
        "API_KEY_INVALID": invalid("gemini.key-invalid"),
        "API_KEY_EXPIRED": invalid("gemini.key-invalid"),
        "ACCESS_TOKEN_TYPE_UNSUPPORTED": unknown("gemini.permission"),
        "FAILED_PRECONDITION": unknown("gemini.region-blocked"),
        "RESOURCE_EXHAUSTED": valid("gemini.rate-limited"),
        "RATE_LIMIT_EXCEEDED": valid("gemini.rate-limited"),
    }
    return by_code.get(code or "") or (valid("gemini.permission") if status == 403 else UNKNOWN)
