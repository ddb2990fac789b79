"""The data API: Supabase Lite in front of the database, and in front of it the keys of a hosted project."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import aiohttp
from aiohttp import web
from yarl import URL

from diag.errors import SandboxError
from diag.private import private_folder
from diag.sandbox import openapi
from diag.sandbox.away import LOST, NO_SCHEMA, said_away
from diag.sandbox.children import Child, Family
from diag.sandbox.keys import ProjectKeys, Refusal, data_api_headers
from diag.sandbox.parts import LITE, deno_environment, deno_run
from diag.sandbox.ports import until_listening
from diag.sandbox.proxy import Answer, pass_on, passed_on
from diag.sandbox.state import write_private

_SETTLING = 30  # seconds
_CREDENTIALS = ("apikey", "authorization")


class DataApi:
    """Supabase Lite on a port of its own, which only the gateway talks to."""

    def __init__(
        self, folder: Path, port: int, keys: ProjectKeys, database_url: str, query: openapi.Query | None = None
    ) -> None:
        self._folder, self._port, self._keys, self._database_url = folder, port, keys, database_url
        self._query = query
        self._url = URL(f"http://127.0.0.1:{port}")
        self._reloads = 0
        self._database = asyncio.Event()
        self._child: Child | None = None
        self._settled = False

    async def start(self, family: Family) -> Child:
        """Start it, be it again, once the database is there; the tables have to exist already. Whoever starts it keeps
        it. Raises ``SandboxError``."""
        self._settled = False
        await self._database.wait()
        private_folder(self._folder / "supabase" / "schemas")
        write_private(self._folder / "supabase" / "config.toml", self._config())
        # --no-admin: keyless requests must not be let in. Telemetry has three switches; all are off.
        own_files = f"--allow-write={self._folder}"
        fence = ["--allow-net=127.0.0.1", "--allow-env", "--allow-read", "--allow-sys", own_files]
        command = [*deno_run(*fence), LITE, "--no-telemetry", "dev", "--no-admin"]
        environ = deno_environment() | {"HOME": str(self._folder), "LITE_TELEMETRY": "0", "DO_NOT_TRACK": "1"}
        child = self._child = await family.start("data-api", command, env=environ, cwd=self._folder, watched=False)
        if not (await until_listening(self._port, child, seconds=30) and await self._settles()):
            await child.stop(0)
            raise SandboxError(f"the data API did not start: {child.last_words(2)}", f"see {child.log}")
        self._settled = True
        return child

    def lose_database(self) -> None:
        """End it: where its connections broke, Lite may hang on to a question for ever, or die of the next one. It is
        started anew when the database is back, as PostgREST reads the schema anew."""
        self._database.clear()
        self._settled = False
        if self._child is not None and self._child.alive:
            self._child.expected_end = True
            with suppress(ProcessLookupError):
                self._child.process.kill()

    def find_database(self) -> None:
        """It may start."""
        self._database.set()

    @property
    def _up(self) -> bool:
        return self._settled and self._child is not None and self._child.alive

    async def reload(self) -> None:
        """Let it look at the database's tables and functions again: it does when a file of its schemas changes."""
        self._reloads += 1
        write_private(self._folder / "supabase" / "schemas" / "reload.sql", f"-- {self._reloads}\n")

    async def _settles(self) -> bool:
        # Lite grants its roles their rights on its first request; any request beside that one may end in a 500
        # ("tuple concurrently updated"). So the first one is ours, alone.
        address = (self._url / "rest/v1/vehicles").with_query(select="id", limit=1)
        headers, patience = {"apikey": self._keys.secret}, aiohttp.ClientTimeout(total=_SETTLING)
        try:
            async with aiohttp.ClientSession(headers=headers, timeout=patience) as session, session.get(address):
                return self._database.is_set()
        except (aiohttp.ClientError, OSError):  # a timeout is one
            return False

    def _config(self) -> str:
        # JSON strings are TOML strings.
        sections: dict[str, dict[str, object]] = {
            "api": {"port": self._port, "max_rows": 1000},
            "db": {"driver": "postgres", "url": self._database_url},
            "auth": {
                "enabled": False,
                "jwt_secret": self._keys.jwt_secret,
                "publishable_key": self._keys.publishable,
                "secret_key": self._keys.secret,
            },
        }
        return "\n".join(
            f"[{section}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())
            for section, values in sections.items()
        )

    async def serve(
        self, request: web.Request, session: aiohttp.ClientSession, *, legacy_keys: bool = True
    ) -> web.StreamResponse:
        """Answer a request below ``/rest/v1`` as a hosted project would; ``legacy_keys``: whether it takes those."""
        credentials = data_api_headers(self._keys, request.headers, request.query, legacy_keys=legacy_keys)
        if isinstance(credentials, Refusal) and request.method != "OPTIONS":
            return web.json_response(credentials.body, status=401)
        if not self._up:
            return NO_SCHEMA.response()
        if request.path == "/rest/v1/" and request.method == "GET" and self._query:
            return await self._description(credentials)
        headers = passed_on(request.headers, _CREDENTIALS)
        headers.update({} if isinstance(credentials, Refusal) else credentials)
        target = self._url.join(URL(request.raw_path, encoded=True))
        # Lite does the same work for HEAD, but only GET tells the code of an error.
        method = "GET" if request.method == "HEAD" else request.method
        try:
            answer = await pass_on(session, method, target, headers, await request.read())
        except (aiohttp.ClientError, OSError):  # Lite does not always survive the end of a connection to its database
            return LOST.response()
        if away := said_away(answer.status, answer.body):
            return away.response()
        return answer.response({"sb-project-ref": self._keys.ref, **_proxy_status(answer)})

    async def _description(self, credentials: Refusal | dict[str, str]) -> web.Response:
        """Its OpenAPI document; hosted projects show it to secret keys alone."""
        assert self._query is not None
        if isinstance(credentials, Refusal) or credentials["apikey"] != self._keys.secret:
            hint = "Accessing the schema via the Data API is only allowed using a secret API key."
            return web.json_response({"message": "Access to schema is forbidden", "hint": hint}, status=401)
        headers = {"sb-project-ref": self._keys.ref}
        kind = "application/openapi+json"
        return web.json_response(await openapi.document(self._query), headers=headers, content_type=kind)


def _proxy_status(answer: Answer) -> dict[str, str]:
    """The header in which PostgREST repeats an error's code: all that a HEAD request gets to see of it."""
    if answer.status < 400:
        return {}
    try:
        code = json.loads(answer.body)["code"]
    except (ValueError, TypeError, KeyError):
        return {}
    return {"proxy-status": f"PostgREST; error={code}"}
