"""Does a key of the project open its data API? One row's id is asked for. What the key says of itself (role, project)
is read first: an anon key is accepted, and sees nothing."""

from __future__ import annotations

import httpx

from diag.config.keys import read_key
from diag.diagnosis import Answer
from diag.project.http import key_headers
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


async def verify(
    client: httpx.AsyncClient, name: str, key: Secret, url: str, table: str, column: str
) -> tuple[Verification, ...]:
    """One question."""
    step = f"GET /rest/v1/{table}"
    if not fits_in_header(key.reveal()):
        return (unsendable("supabase", (name,), step, "supabase.key-invalid"),)
    where = f"{url}/rest/v1/{table}"
    answer = await ask(client, "GET", where, headers=key_headers(key), params={"select": column, "limit": "1"})
    code = document_of(answer).get("code")
    reading = read(answer, str(code) if code else None, serves=read_key(key).is_service)
    return (verification("supabase", (name,), step, answer, reading, str(code) if code else None),)


def read(answer: Answer, code: str | None, *, serves: bool) -> Reading:
    """What an answer says about the key; ``serves``: it is a service key by its own account. Pure."""
    status = answer.status
    if status is None:
        return unknown(answer.failure)
    if code == "42501" or (status < 300 and not serves):
        return valid("supabase.permission-denied")
    if status < 300:
        return VALID
    if status == 401:
        return invalid("supabase.key-invalid")
    return unknown("supabase.unavailable") if status >= 500 else UNKNOWN
