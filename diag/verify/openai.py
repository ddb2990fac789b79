"""Is the OpenAI key good? Is the model visible, may the endpoint be used, and (paid, on request) is there money.

Sources: OpenAI's guide to error codes and its reference of the models endpoint. What the answers to a body that
cannot be valid prove is concluded: they come after the check of key and scope.
"""

from __future__ import annotations

import dataclasses
import re

import httpx

from diag.diagnosis import Answer
from diag.secret import Secret
from diag.verify.asking import ask, document_of, fits_in_header
from diag.verify.standing import (
    UNKNOWN,
    VALID,
    Reading,
    Standing,
    Verification,
    invalid,
    unknown,
    unsendable,
    valid,
    verification,
)

BASE = "https://api.openai.com/v1"
SMALLEST_COST = 0.00002  # USD; a prompt of some 10 tokens and 16 tokens of answer, at gpt-4o-mini's prices
_BILLING = re.compile(r"insufficient_quota|billing_|credit_balance|spend_limit|exceeded your current quota")
_BAD_KEY = re.compile(r"incorrect api key|invalid api key|api key.{0,40}(expired|deactivated|revoked)", re.IGNORECASE)
_SCOPE = re.compile(r"missing scopes?|insufficient permissions|missing_scope", re.IGNORECASE)
_PROVIDER = "openai"


async def verify(
    client: httpx.AsyncClient, name: str, key: Secret, *, base: str = BASE, model: str | None = None, deep: bool = True
) -> tuple[Verification, ...]:
    """One or two free questions. ``model``: the one that the function uses, where it is known. ``deep``: also a
    request to the endpoint itself that cannot be valid, and so costs nothing."""
    step = f"GET /v1/models/{model}" if model else "GET /v1/models"
    if not fits_in_header(key.reveal()):
        return (unsendable(_PROVIDER, (name,), step, "openai.key-invalid"),)
    headers = {"Authorization": f"Bearer {key.reveal()}"}
    answer = await ask(client, "GET", f"{base.rstrip('/')}/models{f'/{model}' if model else ''}", headers=headers)
    first = verification(_PROVIDER, (name,), step, answer, read(answer), code_of(answer))
    if first.standing is not Standing.VALID or not deep:
        return (first,)
    return first, await _endpoint(client, name, headers, base)


async def _endpoint(client: httpx.AsyncClient, name: str, headers: dict[str, str], base: str) -> Verification:
    answer = await ask(client, "POST", f"{base.rstrip('/')}/chat/completions", headers=headers, json={})
    # A body without model and messages can only be refused; being refused for that means being let in.
    reading = valid(inferred=True) if answer.status == 400 else read(answer)
    return verification(_PROVIDER, (name,), "POST /v1/chat/completions, empty", answer, reading, code_of(answer))


async def verify_quota(
    client: httpx.AsyncClient, name: str, key: Secret, *, base: str = BASE, model: str | None = None
) -> Verification:
    """The smallest generation there is: only this proves that there is money behind the key. Paid."""
    chosen = model or "gpt-4o-mini"
    body = {"model": chosen, "messages": [{"role": "user", "content": "Say ok."}], "max_completion_tokens": 16}
    headers = {"Authorization": f"Bearer {key.reveal()}"}
    answer = await ask(client, "POST", f"{base.rstrip('/')}/chat/completions", headers=headers, json=body)
    found = verification(
        _PROVIDER, (name,), f"POST /v1/chat/completions, {chosen}", answer, read(answer), code_of(answer)
    )
    return dataclasses.replace(found, cost_usd=SMALLEST_COST if answer.status == 200 else 0.0)


def code_of(answer: Answer) -> str | None:
    """OpenAI's ``error.code``, or its ``error.type`` where there is no code."""
    error = document_of(answer).get("error")
    found = (error.get("code") or error.get("type")) if isinstance(error, dict) else None
    return str(found) if found else None


def read(answer: Answer) -> Reading:
    """What an answer says about the key. Pure."""
    status, code = answer.status, code_of(answer) or ""
    if status is None:
        return unknown(answer.failure)
    if status < 300:
        return VALID
    if status >= 500 or status == 408:
        return unknown("openai.overloaded")
    return _refused(status, code, _message(answer))


def _message(answer: Answer) -> str:
    error = document_of(answer).get("error")
    return str(error.get("message") or "") if isinstance(error, dict) else ""


def _refused(status: int, code: str, said: str) -> Reading:
    if status == 401:
        return _unauthorized(code, said)
    if status == 403:
        blocked = code == "unsupported_country_region_territory"  # says where we stand, not where the function does
        return unknown("openai.region-blocked") if blocked else valid("openai.permission")
    if status == 404:
        return valid("openai.model-unavailable")
    if status == 429:
        return valid("openai.quota-exhausted") if _BILLING.search(f"{code} {said}") else unknown("openai.rate-limited")
    return UNKNOWN


def _unauthorized(code: str, said: str) -> Reading:
    if code == "missing_scope" or _SCOPE.search(said):
        return valid("openai.permission")  # a restricted key: it lives
    if code in ("invalid_api_key", "account_deactivated") or _BAD_KEY.search(said):
        return invalid("openai.key-invalid")
    return unknown("openai.permission")  # an address that is not allowed, an organisation that does not fit
