"""The functions' secrets: names and digests out, values in. Limits: Supabase's page on Edge Functions limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from diag.sandbox.management.answers import ONE, body_of, message
from diag.sandbox.model import Project, SecretValue

_MOST_SECRETS = 100
_LONGEST_NAME = 256  # characters
_LONGEST_VALUE = 24_576  # characters


class Secrets:
    """Listing, setting and deleting them. ``on_change`` is told afterwards."""

    def __init__(self, project: Project, on_change: Callable[[], None]) -> None:
        self._project, self._on_change = project, on_change

    def routes(self) -> list[web.RouteDef]:
        """Below ``/v1``."""
        path = f"{ONE}/secrets"
        return [web.get(path, self._list), web.post(path, self._set), web.delete(path, self._delete)]

    async def _list(self, request: web.Request) -> web.Response:
        # Real projects list the injected SUPABASE_ names as well.
        own = {name: SecretValue(value, self._project.created_at) for name, value in self._project.injected().items()}
        listed = {**own, **self._project.secrets}
        return web.json_response(
            [{"name": name, "value": each.digest, "updated_at": each.updated_at} for name, each in listed.items()]
        )

    async def _set(self, request: web.Request) -> web.Response:
        items = await body_of(request, list)
        if items is None or not all(isinstance(item, dict) and {"name", "value"} <= item.keys() for item in items):
            return message(400, "the body must be a list of {name, value}")
        values = {item["name"]: item["value"] for item in items}
        complaint = _refused(values, self._project)
        if complaint:
            return message(400, complaint)
        self._project.set_secrets(values)
        self._on_change()
        return web.Response(status=201)

    async def _delete(self, request: web.Request) -> web.Response:
        names = await body_of(request, list)
        if names is None:
            return message(400, "the body must be a list of names")
        for name in map(str, names):
            self._project.secrets.pop(name, None)
        self._on_change()
        return web.Response(status=200)


def _refused(values: dict[str, Any], project: Project) -> str | None:
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
