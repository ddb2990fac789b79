"""One request to a provider: a time limit, no redirect (it would carry the credential elsewhere), no exception."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx

from diag.diagnosis import Answer
from diag.project.bounded import read_at_most
from diag.project.failures import FOREIGN, failure_of, failure_text
from diag.project.http import answer_of, timeouts
from diag.project.limits import LARGEST_VERIFICATION

TIMEOUT = 10.0  # seconds for the whole of one question: a preflight does not wait longer for what is free


async def ask(client: httpx.AsyncClient, method: str, url: str, **request: Any) -> Answer:
    """The answer, or the failure of the connection in its place."""
    try:
        async with (
            asyncio.timeout(TIMEOUT),
            client.stream(method, url, timeout=timeouts(TIMEOUT), **request) as response,
        ):
            return answer_of(response, await read_at_most(response, LARGEST_VERIFICATION))
    except FOREIGN as error:
        return Answer(failure=failure_of(error), failure_text=failure_text(error))


def document_of(answer: Answer) -> dict[str, Any]:
    """The JSON object in an answer's body, or {}."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def text_of(answer: Answer) -> str:
    """The answer's body as text."""
    return answer.body.decode("utf-8", "replace") if isinstance(answer.body, bytes) else answer.body


def fits_in_header(value: str) -> bool:
    """Whether a value can be sent in a header at all."""
    return bool(value) and value.isascii() and value.isprintable()
