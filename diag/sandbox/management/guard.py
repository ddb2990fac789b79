"""Who may ask the management API, how often, and for what.

Permissions by call: Supabase's API description. Rate limit headers: recorded answers of the real API (the reset is the
number of seconds left). The 429's body is what the API's framework writes by default.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from diag.sandbox.keys import ProjectKeys
from diag.sandbox.management.answers import message

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PER_MINUTE = 120
_DOCUMENTATION = "https://supabase.com/docs/guides/platform/access-control"
_NO_PRIVILEGE = (
    "Your account does not have the necessary privileges to access this endpoint. "
    f"For more details, refer to our documentation {_DOCUMENTATION}"
)
PERMISSIONS: Final[Mapping[tuple[str, str], str]] = {
    ("GET", ""): "project_admin_read",
    ("GET", "/health"): "project_admin_read",
    ("GET", "/secrets"): "edge_functions_secrets_read",
    ("POST", "/secrets"): "edge_functions_secrets_write",
    ("DELETE", "/secrets"): "edge_functions_secrets_write",
    ("GET", "/functions"): "edge_functions_read",
    ("GET", "/functions/{slug}"): "edge_functions_read",
    ("GET", "/functions/{slug}/body"): "edge_functions_read",
    ("POST", "/functions/deploy"): "edge_functions_write",
    ("PUT", "/functions"): "edge_functions_write",
    ("PATCH", "/functions/{slug}"): "edge_functions_write",
    ("DELETE", "/functions/{slug}"): "edge_functions_write",
    ("GET", "/api-keys"): "api_gateway_keys_read",
    ("GET", "/api-keys/legacy"): "api_gateway_keys_read",
    ("GET", "/postgrest"): "data_api_config_read",
    ("GET", "/analytics/endpoints/{endpoint}"): "analytics_logs_read",
    ("POST", "/database/query"): "database_write",
}
"""(method, path below the project) -> what a scoped token must have been given."""
_REVEAL = "api_gateway_keys_secret_read"


class Guard:
    """The checks in front of every route."""

    def __init__(self, keys: ProjectKeys) -> None:
        self._keys = keys
        self._window, self._used = 0.0, 0
        self.configure({})

    def configure(self, faults: Mapping[str, object]) -> None:
        """See ``Management.configure``. A new window of the rate limit begins."""
        lacking = faults.get("lacks", ())
        self._lacks = frozenset(map(str, lacking)) if isinstance(lacking, tuple) else frozenset()
        self._per_minute = int(str(faults.get("per_minute", _PER_MINUTE)))
        self._used = 0

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The middleware: a refusal, or the route's answer; with the state of the rate limit either way."""
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
            "x-ratelimit-remaining": str(max(0, self._per_minute - self._used)),
            "x-ratelimit-reset": str(int(60 - (now - self._window))),
        }

    def _turned_away(self, request: web.Request) -> web.Response | None:
        if self._used > self._per_minute:
            return message(429, "ThrottlerException: Too Many Requests")
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in (self._keys.access_token, self._keys.scoped_token):
            return message(401, "Unauthorized")
        if token == self._keys.scoped_token and self._lacks & _needed(request):
            return message(403, _NO_PRIVILEGE)
        ref = request.match_info.get("ref")
        return message(404, "Project not found") if ref not in (None, self._keys.ref) else None


def _needed(request: web.Request) -> set[str]:
    resource = request.match_info.route.resource
    path = resource.canonical.partition("/projects")[2].removeprefix("/{ref}") if resource else ""
    needed = {PERMISSIONS.get((request.method, path), "")}
    return needed | ({_REVEAL} if request.query.get("reveal") == "true" else set())
