"""The gateway's rows in the logs: one for every request, one more for every call of a function.

Attribute keys: Supabase's log field reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from diag.sandbox.logbook import Logbook
from diag.sandbox.model import Deployed, Project

_REQUEST_HEADERS = ("user_agent", "content_type", "x_client_info")
_RESPONSE_HEADERS = ("content_type", "content_length", "sb_error_code", "sb_request_id", "x_sb_edge_region")


@dataclass
class EdgeLog:
    """Writes them."""

    book: Logbook
    project: Project

    def request(self, request: web.Request, response: web.StreamResponse) -> None:
        """A request to the API gateway."""
        self._write("edge_logs", request, response, {})

    def call(
        self, request: web.Request, response: web.StreamResponse, function: Deployed | None, *, seconds: float
    ) -> None:
        """A call of a function; without an execution id it never ran."""
        more: dict[str, object] = {
            "execution_id": response.headers.get("x-deno-execution-id", ""),
            "execution_time_ms": round(seconds * 1000),
            "project_ref": self.project.keys.ref,
            "request_id": response.headers.get("sb-request-id", ""),
            "function_id": "",
        }
        if function:
            more |= {**function.identity, "deployment_id": self.project.deployment_id(function)}
        self._write("function_edge_logs", request, response, more)

    def _write(self, source: str, request: web.Request, response: web.StreamResponse, more: dict[str, object]) -> None:
        url = f"{self.project.url}{request.path}"
        attributes: dict[str, object] = {
            "request.method": request.method,
            "request.pathname": request.path,
            "request.url": url,
            "request.host": request.host,
            "response.status_code": response.status,
            **_headers("request", _REQUEST_HEADERS, request.headers),
            **_headers("response", _RESPONSE_HEADERS, response.headers),
            **more,
        }
        self.book.write(source, f"{request.method} | {response.status} | {url}", "INFO", attributes)


def _headers(side: str, names: tuple[str, ...], headers: Mapping[str, str]) -> dict[str, object]:
    found = {name: headers.get(name.replace("_", "-")) for name in names}
    return {f"{side}.headers.{name}": value for name, value in found.items() if value is not None}
