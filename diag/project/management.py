"""Supabase's Management API, as far as nukediag uses it. Shapes: its published description, and for the deployment
what the Supabase CLI sends with ``functions deploy --use-api``."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from diag import catalogue
from diag.diagnosis import Answer, Diagnosis, Evidence, Remedy
from diag.errors import UsageError
from diag.project.bounded import read_at_most
from diag.project.error import ProjectError, translated, unexpected
from diag.project.http import answer_of
from diag.project.limits import LARGEST_LIST, LONGEST_ANSWER, LONGEST_NUMBER, MOST_OF_A_MESSAGE
from diag.project.logs import Window
from diag.project.retrying import retrying
from diag.project.shipped import Bundle
from diag.secret import Secret, redact

_LONGEST_EVIDENCE = 300
_LONGEST_SQL = 60.0  # seconds
_SECRETS_PER_REQUEST, _LONGEST_NAME, _LONGEST_VALUE = 100, 256, 24_576  # the Management API's description


@dataclass(frozen=True, slots=True)
class ProjectState:
    """``status`` is ``ACTIVE_HEALTHY``, ``INACTIVE`` (paused) ... as Supabase writes it."""

    ref: str
    name: str
    status: str
    region: str


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """One of the function's secrets: ``digest`` is the SHA-256 of its value in hex, which is never shown: a short
    value can be found from it."""

    name: str
    digest: str
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """A deployed function. ``verify_jwt`` is None where the API does not say; logs know it by its ``id``."""

    slug: str
    status: str
    version: int | None
    verify_jwt: bool | None
    updated_at: datetime | None = None
    id: str | None = None


class Management:
    """The project behind one access token. Every method raises ProjectError; reads are retried."""

    def __init__(self, client: httpx.AsyncClient, url: str, ref: str, token: Secret) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/v1/projects/{quote(ref, safe='')}"
        self._headers = {"Authorization": f"Bearer {token.reveal()}", "Accept": "application/json"}

    async def project(self) -> ProjectState:
        """The project's state: paused, active, coming up."""
        what = "reading the project's state"
        found = _record(what, *await self._get("", what))
        return ProjectState(*(str(found.get(key) or "") for key in ("ref", "name", "status", "region")))

    async def secrets(self) -> tuple[StoredSecret, ...]:
        """The names and digests of the function's secrets, by name."""
        what = "reading the list of secrets"
        found = _records(what, *await self._get("/secrets", what))
        stored = (
            StoredSecret(str(one.get("name")), str(one.get("value")).lower(), _moment(one.get("updated_at")))
            for one in found
        )
        return tuple(sorted(stored, key=lambda secret: secret.name))

    async def set_secrets(self, values: Mapping[str, Secret]) -> None:
        """Sets these secrets of the function; others stay. Setting twice is setting once, so it is retried. Raises
        UsageError for a name or value that the API does not take."""
        for name, value in values.items():
            _check_secret(name, value)
        entries = [{"name": name, "value": value.reveal()} for name, value in values.items()]
        for start in range(0, len(entries), _SECRETS_PER_REQUEST):
            body = entries[start : start + _SECRETS_PER_REQUEST]
            await self._send("POST", "/secrets", "setting secrets", json=body)

    async def functions(self) -> tuple[DeployedFunction, ...]:
        """All deployed functions."""
        what = "reading the list of functions"
        return tuple(map(_function, _records(what, *await self._get("/functions", what))))

    async def function(self, slug: str) -> DeployedFunction | None:
        """One function, or None where the project has none of that name."""
        what = f"reading the function {slug}"
        try:
            return _function(_record(what, *await self._get(f"/functions/{quote(slug, safe='')}", what)))
        except ProjectError as error:
            if error.answer.status == 404:
                return None
            raise

    async def deploy(self, bundle: Bundle) -> DeployedFunction:
        """Deploys a function from its sources, which the platform bundles; its next call is answered by the new
        version. Sent once: a second version would be no harm, but no help either."""
        what = f"deploying {bundle.slug}"
        metadata = {
            "entrypoint_path": bundle.entrypoint,
            "import_map_path": "",
            "static_patterns": [],
            **({} if bundle.verify_jwt is None else {"verify_jwt": bundle.verify_jwt}),
            "name": bundle.slug,
        }
        parts: list[Any] = [
            ("file", (path, content, "application/octet-stream")) for path, content in bundle.files.items()
        ]
        parts.append(("metadata", (None, json.dumps(metadata))))
        with translated(what):
            answer = await self._once("POST", "/functions/deploy", what, files=parts, params={"slug": bundle.slug})
        return _function(_record(what, *_read(what, answer)))

    async def set_verify_jwt(self, slug: str, verify_jwt: bool) -> None:
        """Switches the gateway's JWT check of a function on or off."""
        what = f"changing the JWT check of {slug}"
        await self._send("PATCH", f"/functions/{quote(slug, safe='')}", what, json={"verify_jwt": verify_jwt})

    async def delete(self, slug: str) -> bool:
        """Deletes a function; False where there is none of that name."""
        try:
            await self._send("DELETE", f"/functions/{quote(slug, safe='')}", f"deleting {slug}")
        except ProjectError as error:
            if error.answer.status == 404:
                return False
            raise
        return True

    async def logs(self, sql: str, window: Window) -> list[Mapping[str, Any]]:
        """The rows of one query of the logs. Sent once: the endpoint has a tight limit of its own."""
        what = "reading the logs"
        with translated(what):
            answer = await self._once(
                "GET", "/analytics/endpoints/logs", what, params={"sql": sql, **window.parameters()}
            )
        found = _record(what, *_read(what, answer))
        if found.get("error"):  # a query that failed comes with status 200
            raise unexpected(what, answer)
        return _records(what, found.get("result") or [], answer)

    async def query(self, statements: str) -> list[Mapping[str, Any]]:
        """Runs SQL in the project's database, one or many statements; the rows of the last one. Sent once. Supabase
        calls this endpoint a beta."""
        what = "running SQL in the database"
        with translated(what):
            answer = await self._once("POST", "/database/query", what, json={"query": statements}, timeout=_LONGEST_SQL)
        found, answer = _read(what, answer)
        return _records(what, found, answer)

    async def _get(self, path: str, what: str) -> tuple[Any, Answer]:
        return _read(what, await self._send("GET", path, what))

    async def _send(self, method: str, path: str, what: str, **request: Any) -> Answer:
        async for attempt in retrying():
            with attempt, translated(what):
                return await self._once(method, path, what, **request)
        raise AssertionError("a retry ends with an answer or an exception")

    async def _once(self, method: str, path: str, what: str, **request: Any) -> Answer:
        async with (
            asyncio.timeout(LONGEST_ANSWER),
            self._client.stream(method, self._url + path, headers=self._headers, **request) as response,
        ):
            answer = answer_of(response, await read_at_most(response, LARGEST_LIST))
        if not response.is_success:
            raise ProjectError(what, answer, _diagnosis(answer))
        return answer


def _read(what: str, answer: Answer) -> tuple[Any, Answer]:
    try:
        return json.loads(answer.body), answer
    except (ValueError, RecursionError):
        raise unexpected(what, answer) from None


def _check_secret(name: str, value: Secret) -> None:
    """The API's own rules, before anything is sent."""
    if name.startswith("SUPABASE_") or not 0 < len(name) <= _LONGEST_NAME:
        raise UsageError(f"no secret can be called {redact(name[:80])}", "Names starting with SUPABASE_ are reserved.")
    if len(value.reveal()) > _LONGEST_VALUE:
        raise UsageError(f"the value of {name} is too long for a secret", f"At most {_LONGEST_VALUE} characters.")


_TOKENS = "https://supabase.com/dashboard/account/tokens"
_TOLD: dict[int, tuple[str, Remedy]] = {
    401: (
        "the access token was refused",
        Remedy("Make a new access token and set it as SUPABASE_ACCESS_TOKEN.", url=_TOKENS),
    ),
    403: (
        "the access token may not read this, or belongs to somebody without access to the project",
        Remedy("Check the project's ref, and give the token the permission to read this.", url=_TOKENS),
    ),
    404: (
        "no such project for this access token",
        Remedy("Check the project's ref (nukediag config show says where it comes from)."),
    ),
}
_BY_STATUS = {401: "gateway.auth-invalid", 402: "gateway.restricted", 429: "gateway.rate-limited"}


def _diagnosis(answer: Answer) -> Diagnosis:
    """The Management API is no function and is guarded by another credential: the status tells. A 403 or 404 may
    mean a wrong ref, no membership or a permission that the token lacks."""
    status = answer.status or 0
    signature = "gateway.unavailable" if status >= 500 else _BY_STATUS.get(status, "unknown")
    body = answer.body[: MOST_OF_A_MESSAGE * 4]
    said = (body.decode("utf-8", "replace") if isinstance(body, bytes) else body)[:MOST_OF_A_MESSAGE]
    evidence = (Evidence("body", redact(said)[:_LONGEST_EVIDENCE]),) if said.strip() else ()
    told = catalogue.describe(signature, evidence=evidence, retry_after=_wait(answer) if status == 429 else None)
    title, remedy = _TOLD.get(status, (told.title, None))
    return dataclasses.replace(told, title=title, remedies=(remedy,) if remedy else told.remedies)


def _wait(answer: Answer) -> float | None:
    """``x-ratelimit-reset`` counts the seconds that are left in the window (it is no clock time)."""
    text = answer.header("retry-after") or answer.header("x-ratelimit-reset") or ""
    return float(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def _record(what: str, found: Any, answer: Answer) -> Mapping[str, Any]:
    if isinstance(found, dict):
        return found
    raise unexpected(what, answer)


def _records(what: str, found: Any, answer: Answer) -> list[Mapping[str, Any]]:
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    raise unexpected(what, answer)


def _function(found: Mapping[str, Any]) -> DeployedFunction:
    version, verify = found.get("version"), found.get("verify_jwt")
    return DeployedFunction(
        slug=str(found.get("slug") or ""),
        status=str(found.get("status") or ""),
        version=version if isinstance(version, int) else None,
        verify_jwt=verify if isinstance(verify, bool) else None,
        updated_at=_moment(found.get("updated_at")),
        id=str(found["id"]) if found.get("id") else None,
    )


def _moment(value: object) -> datetime | None:
    """Functions carry integers (milliseconds), secrets carry ISO texts."""
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
