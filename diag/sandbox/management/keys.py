"""The project's API keys."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from diag.sandbox.keys import ProjectKeys
from diag.sandbox.management.answers import ONE
from diag.sandbox.model import Project, timestamp


class Keys:
    """Listing the keys, and whether the legacy ones work at all."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def routes(self) -> list[web.RouteDef]:
        """Below ``/v1``."""
        return [web.get(f"{ONE}/api-keys", self._all), web.get(f"{ONE}/api-keys/legacy", self._legacy)]

    async def _all(self, request: web.Request) -> web.Response:
        return web.json_response(_listed(self._project.keys, reveal=request.query.get("reveal") == "true"))

    async def _legacy(self, request: web.Request) -> web.Response:
        return web.json_response({"enabled": self._project.condition.legacy_keys})


def _listed(keys: ProjectKeys, *, reveal: bool) -> list[dict[str, Any]]:
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
