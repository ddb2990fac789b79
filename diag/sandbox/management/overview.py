"""The project itself: what it is, how it is, and how its data API is set."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from diag.sandbox.management.answers import ONE, message
from diag.sandbox.model import REGION, Project

_SERVICES = frozenset(["auth", "db", "db_postgres_user", "pooler", "realtime", "rest", "storage", "pg_bouncer"])


class Overview:
    """Status, health and the data API's settings."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def routes(self) -> list[web.RouteDef]:
        """Below ``/v1``."""
        return [
            web.get("/projects", self._all),
            web.get(ONE, self._one),
            web.get(f"{ONE}/health", self._health),
            web.get(f"{ONE}/postgrest", self._postgrest),
        ]

    async def _all(self, request: web.Request) -> web.Response:
        return web.json_response([_described(self._project)])

    async def _one(self, request: web.Request) -> web.Response:
        return web.json_response(_described(self._project))

    async def _health(self, request: web.Request) -> web.Response:
        asked = [name for name in request.query.get("services", "").split(",") if name]
        if not asked or not _SERVICES.issuperset(asked):
            return message(400, f"services must be one or more of {', '.join(sorted(_SERVICES))}")
        healthy = self._project.condition.status == "ACTIVE_HEALTHY"
        status = "ACTIVE_HEALTHY" if healthy else "UNHEALTHY"
        return web.json_response([{"name": name, "status": status, "healthy": healthy} for name in asked])

    async def _postgrest(self, request: web.Request) -> web.Response:
        return web.json_response({"db_schema": "public", "max_rows": 1000, "db_extra_search_path": "public"})


def _described(project: Project) -> dict[str, Any]:
    return {
        "id": project.keys.ref,
        "ref": project.keys.ref,
        "organization_id": "sandbox",
        "organization_slug": "sandbox",
        "name": project.name,
        "region": REGION,
        "created_at": project.created_at,
        "status": project.condition.status,
        "database": {"host": "127.0.0.1", "version": "18", "postgres_engine": "18", "release_channel": "ga"},
    }
