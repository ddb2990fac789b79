"""The management API of the project: status, health, secrets, functions, keys.

Paths, bodies and limits as in Supabase's published API description and recorded answers of the real API.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from diag.sandbox.keys import ProjectKeys
from diag.sandbox.model import REGION, Deployed, Project, SecretValue, timestamp

_PER_MINUTE = 120
_MOST_SECRETS = 100
_LONGEST_NAME = 256  # characters
_LONGEST_VALUE = 24_576  # characters
_SERVICES = frozenset(["auth", "db", "db_postgres_user", "pooler", "realtime", "rest", "storage", "pg_bouncer"])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Management:
    """The routes, to be mounted at ``/v1``. ``on_secrets`` is told when the functions' secrets changed."""

    def __init__(self, project: Project, on_secrets: Callable[[], None]) -> None:
        self._project, self._on_secrets = project, on_secrets
        self._window, self._used = 0.0, 0

    def application(self) -> web.Application:
        """The aiohttp application: token check and rate limit in front of the routes."""
        application = web.Application(middlewares=[self._guard], client_max_size=20 * 2**20)
        one = "/projects/{ref}"
        application.add_routes(
            [
                web.get("/projects", self._projects),
                web.get(one, self._one),
                web.get(f"{one}/health", self._health),
                web.get(f"{one}/secrets", self._secrets),
                web.post(f"{one}/secrets", self._set_secrets),
                web.delete(f"{one}/secrets", self._delete_secrets),
                web.get(f"{one}/functions", self._functions),
                web.get(f"{one}/functions/{{slug}}", self._function),
                web.patch(f"{one}/functions/{{slug}}", self._change_function),
                web.get(f"{one}/api-keys", self._api_keys),
                web.get(f"{one}/api-keys/legacy", self._legacy_keys),
                web.get(f"{one}/postgrest", self._postgrest),
            ]
        )
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        limits = self._count()
        response = self._turned_away(request) or await handler(request)
        response.headers.update(limits)
        return response

    def _count(self) -> dict[str, str]:
        now = time.monotonic()
        if now - self._window >= 60:
            self._window, self._used = now, 0
        self._used += 1
        return {
            "x-ratelimit-limit": str(_PER_MINUTE),
            "x-ratelimit-remaining": str(max(0, _PER_MINUTE - self._used)),
            "x-ratelimit-reset": str(int(60 - (now - self._window))),  # seconds left, not a time of day
        }

    def _turned_away(self, request: web.Request) -> web.Response | None:
        if self._used > _PER_MINUTE:
            return _message(429, "ThrottlerException: Too Many Requests")
        if request.headers.get("Authorization") != f"Bearer {self._project.keys.access_token}":
            return _message(401, "Unauthorized")
        ref = request.match_info.get("ref")
        return _message(404, "Project not found") if ref not in (None, self._project.keys.ref) else None

    async def _projects(self, request: web.Request) -> web.Response:
        return web.json_response([_described(self._project)])

    async def _one(self, request: web.Request) -> web.Response:
        return web.json_response(_described(self._project))

    async def _health(self, request: web.Request) -> web.Response:
        asked = [name for name in request.query.get("services", "").split(",") if name]
        if not asked or not _SERVICES.issuperset(asked):
            return _message(400, f"services must be one or more of {', '.join(sorted(_SERVICES))}")
        return web.json_response([{"name": name, "status": "ACTIVE_HEALTHY", "healthy": True} for name in asked])

    async def _secrets(self, request: web.Request) -> web.Response:
        # Real projects list the injected SUPABASE_ names as well.
        own = {name: SecretValue(value, self._project.created_at) for name, value in self._project.injected().items()}
        listed = {**own, **self._project.secrets}
        return web.json_response(
            [{"name": name, "value": each.digest, "updated_at": each.updated_at} for name, each in listed.items()]
        )

    async def _set_secrets(self, request: web.Request) -> web.Response:
        try:
            values = {item["name"]: item["value"] for item in await request.json()}
        except (ValueError, TypeError, KeyError):
            return _message(400, "the body must be a list of {name, value}")
        complaint = _refused_secrets(values, self._project)
        if complaint:
            return _message(400, complaint)
        self._project.set_secrets(values)
        self._on_secrets()
        return web.Response(status=201)

    async def _delete_secrets(self, request: web.Request) -> web.Response:
        try:
            names = [str(name) for name in await request.json()]
        except (ValueError, TypeError):
            return _message(400, "the body must be a list of names")
        for name in names:
            self._project.secrets.pop(name, None)
        self._on_secrets()
        return web.Response(status=200)

    async def _functions(self, request: web.Request) -> web.Response:
        return web.json_response([_described_function(each) for each in self._project.functions.values()])

    async def _function(self, request: web.Request) -> web.Response:
        function = self._project.functions.get(request.match_info["slug"])
        return web.json_response(_described_function(function)) if function else _message(404, "Function not found")

    async def _change_function(self, request: web.Request) -> web.Response:
        function = self._project.functions.get(request.match_info["slug"])
        if function is None:
            return _message(404, "Function not found")
        try:
            changes = dict(await request.json())
        except (ValueError, TypeError):
            return _message(400, "the body must be an object")
        if isinstance(changes.get("verify_jwt"), bool):
            function.verify_jwt = changes["verify_jwt"]
        function.updated_at = int(time.time() * 1000)
        return web.json_response(_described_function(function))

    async def _api_keys(self, request: web.Request) -> web.Response:
        return web.json_response(_listed_keys(self._project.keys, reveal=request.query.get("reveal") == "true"))

    async def _legacy_keys(self, request: web.Request) -> web.Response:
        return web.json_response({"enabled": True})

    async def _postgrest(self, request: web.Request) -> web.Response:
        return web.json_response({"db_schema": "public", "max_rows": 1000, "db_extra_search_path": "public"})


def _message(status: int, text: str) -> web.Response:
    return web.json_response({"message": text}, status=status)


def _refused_secrets(values: dict[str, Any], project: Project) -> str | None:
    for name, value in values.items():
        if not isinstance(name, str) or not isinstance(value, str):
            return "name and value must be strings"
        if not name or len(name) > _LONGEST_NAME or name.startswith("SUPABASE_"):
            return f"name must have 1 to {_LONGEST_NAME} characters and must not start with the SUPABASE_ prefix"
        if len(value) > _LONGEST_VALUE:
            return f"value must be shorter than or equal to {_LONGEST_VALUE} characters"
    if len(values) > _MOST_SECRETS or len({*values, *project.secrets}) > _MOST_SECRETS:
        return f"a project may have at most {_MOST_SECRETS} secrets"
    return None


def _described(project: Project) -> dict[str, Any]:
    return {
        "id": project.keys.ref,
        "ref": project.keys.ref,
        "organization_id": "sandbox",
        "organization_slug": "sandbox",
        "name": project.name,
        "region": REGION,
        "created_at": project.created_at,
        "status": project.status,
        "database": {"host": "127.0.0.1", "version": "18", "postgres_engine": "18", "release_channel": "ga"},
    }


def _described_function(function: Deployed) -> dict[str, Any]:
    return {
        "id": function.id,
        "slug": function.slug,
        "name": function.slug,
        "status": function.status,
        "version": function.version,
        "created_at": function.created_at,
        "updated_at": function.updated_at,
        "verify_jwt": function.verify_jwt,
        "import_map": False,
        "entrypoint_path": function.entry.as_uri(),
    }


def _listed_keys(keys: ProjectKeys, *, reveal: bool) -> list[dict[str, Any]]:
    # Only a secret key is cut without `reveal`; the legacy keys come in full either way.
    shown = keys.secret if reveal else keys.secret[:16] + "·" * 25
    listed = [
        ("anon", "legacy", keys.anon),
        ("service_role", "legacy", keys.service_role),
        ("default", "publishable", keys.publishable),
        ("default", "secret", shown),
    ]
    now = timestamp()
    return [
        {"name": name, "type": kind, "api_key": key, "id": f"{kind}-{name}", "inserted_at": now, "updated_at": now}
        for name, kind, key in listed
    ]
