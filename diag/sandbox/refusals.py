"""What Supabase's gateway, runtime and network answer by themselves.

Codes, statuses and messages: Supabase's pages "Edge Functions error codes", "status codes" and "HTTP status codes".
The statuses of ``LOAD_FUNCTION_*``, ``INVALID_URL`` and ``INVALID_RESPONSE_STATUS_CODE`` are not documented: 500 and
400 are likely ones.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from diag.sandbox.condition import Condition

PLATFORM: Final[Mapping[str, tuple[int, str]]] = {
    "NOT_FOUND": (404, "Requested function was not found"),
    "NOT_FOUND_FUNCTION_BLOB": (404, "Function deployment bundle not found"),
    "INVALID_URL": (400, "Invalid URL"),
    "RATE_LIMIT_EXCEEDED": (429, "Rate limit exceeded for trace"),
    "BOOT_ERROR": (503, "Function failed to start (please check logs)"),
    "WORKER_ERROR": (500, "Function exited due to an error (please check logs)"),
    "WORKER_LIMIT": (546, "Function failed due to not having enough compute resources (please check logs)"),
    "WORKER_RESOURCE_LIMIT": (546, "Function failed due to not having enough compute resources (please check logs)"),
    "IDLE_TIMEOUT": (504, "Request idle timeout limit ({limit}s) reached"),
    "INVALID_RESPONSE_STATUS_CODE": (500, "Function returned an invalid status code"),
    "LOAD_FUNCTION_ERROR": (500, "Function could not be loaded"),
    "LOAD_FUNCTION_METADATA_ERROR": (500, "Function metadata could not be loaded"),
    "LOAD_FUNCTION_INVALID_ENTRYPOINT_PATH_ERROR": (500, "Function entrypoint path is invalid"),
    "LOAD_FUNCTION_UNBUNDLING_ERROR": (500, "Function bundle could not be read"),
}
"""``sb-error-code`` -> status and message; the refusals of the JWT check are in ``keys``."""
WORKER_CANCELLED: Final = "WorkerRequestCancelled: request has been cancelled by supervisor"
_TOO_LARGE = (
    "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n"
    "<center><h1>413 Request Entity Too Large</h1></center>\r\n"
    "<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
)
_RESTRICTED = "Service for this project is restricted due to the following violations: {violation}."
_CDN_PAGE = """<!DOCTYPE html>
<html lang="en-US"><head><title>{host} | {status}: {reason}</title></head>
<body><h1>{reason} <span>Error code {status}</span></h1>
<p>The web server reported an error. Ray ID: {ray}</p><p>Performance &amp; security by Cloudflare</p></body></html>
"""
_REASONS = {
    502: "Bad gateway",
    520: "Web server is returning an unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
    527: "Railgun error",
}


def platform_error(code: str, **words: object) -> web.Response:
    """The platform's own error of that code."""
    status, message = PLATFORM[code]
    return json_answer(status, {"code": code, "message": message.format(**words)}, code)


def json_answer(status: int, body: Mapping[str, object], code: str | None) -> web.Response:
    """A JSON body, and the ``sb-error-code`` if there is one."""
    text = json.dumps(body, separators=(",", ":"))
    headers = {"sb-error-code": code} if code else {}
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")


def cancelled() -> web.Response:
    """The runtime's own words to a caller whose worker was ended under it: edge-runtime's main service."""
    return json_answer(500, {"msg": WORKER_CANCELLED}, None)


def too_large() -> web.Response:
    """The network's page for a request with more than it lets through; Supabase documents no limit of its own."""
    return web.Response(status=413, text=_TOO_LARGE, headers={"Server": "cloudflare"}, content_type="text/html")


def in_front(condition: Condition, host: str) -> web.Response | None:
    """What answers before anything of the project is asked: the network, or the platform for a project that is paused
    or restricted."""
    if condition.cdn_status:
        return _cdn_page(condition.cdn_status, host)
    if condition.paused:
        return web.Response(status=540, text="Project paused")
    if condition.restricted:
        return web.Response(status=402, text=_RESTRICTED.format(violation=condition.restricted))
    return None


def _cdn_page(status: int, host: str) -> web.Response:
    ray = secrets.token_hex(8)
    reason = _REASONS.get(status, "Error")
    text = _CDN_PAGE.format(host=host, status=status, reason=reason, ray=ray)
    headers = {"Server": "cloudflare", "cf-ray": f"{ray}-IAD", "Cache-Control": "no-store"}
    return web.Response(status=status, text=text, headers=headers, content_type="text/html")
