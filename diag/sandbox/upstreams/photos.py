"""The host of the photos: the public bucket of the sandbox's project."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from diag.sandbox.world import drawing
from diag.sandbox.world.rows import picture_of, row_in, share

_STORAGE: Final = "/storage/v1/object"
BUCKET: Final = f"{_STORAGE}/public/vehicle-images"
_SIGNED: Final = f"{_STORAGE}/sign/vehicle-images"
_PAGE: Final = (
    b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to see this.</body></html>"
)
_PROVIDERS: Final = ("OpenAI", "Google", "OpenRouter")
_FORBIDDEN: Final = (
    "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>"
)
_FILES: Final[Mapping[str, tuple[str, Callable[[str], bytes]]]] = {
    "jpeg": ("image/jpeg", drawing.jpeg),
    "heic": ("image/heic", drawing.heic),
    "page": ("text/html", lambda row: _PAGE),
    "oversize": ("image/jpeg", drawing.oversize),
    "tiny": ("image/jpeg", drawing.tiny),
    "broken": ("image/jpeg", drawing.broken),
    "garbled": ("image/jpeg", drawing.garbled),
}


class Faults(BaseModel):
    """The settings of the host; the defaults serve every pending row its photo."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dead_share: float = Field(0.0, ge=0, le=1)
    """The share of the photos that are gone; always the same ones."""
    instead: Literal["", "heic", "page", "oversize", "tiny", "broken", "garbled"] = ""
    """What stands where the photos should be."""
    host: Literal["up", "down", "forbids", "forbids-providers"] = "up"
    """``down``: every answer is a 503; ``forbids``: a 403 for everybody; ``forbids-providers``: for the model
    providers' downloaders alone."""


class Photos:
    """Draws each photo when it is asked for first, and keeps the latest. ``configure`` takes the fields of ``Faults``
    by name."""

    def __init__(self) -> None:
        self.configure({})
        self._file = lru_cache(maxsize=600)(_file)  # some 10 kB each: enough for all calls that are in flight

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as in a healthy project."""
        self._faults = Faults.model_validate(faults)

    def routes(self) -> list[web.RouteDef]:
        """The storage's routes, for GET and HEAD."""
        return [
            web.get(BUCKET + "/{vehicle}/{name}", self._serve),
            web.get(_SIGNED + "/{vehicle}/{name}", self._serve_signed),
            web.get(_STORAGE + "/public/{bucket}/{rest:.*}", _no_bucket),
        ]

    async def _serve_signed(self, request: web.Request) -> web.Response:
        if _expiry(request.query.get("token", "")) < time.time():
            return _refused("400", "InvalidJWT", '"exp" claim timestamp check failed', 400)
        return await self._serve(request)

    async def _serve(self, request: web.Request) -> web.Response:
        if self._faults.host == "down":
            return web.Response(status=503, text="upstream connect error or disconnect/reset before headers")
        if self._is_forbidden(request.headers.get("User-Agent", "")):
            return web.Response(status=403, text=_FORBIDDEN, content_type="text/html")
        row = row_in(request.match_info["name"])
        if row is None or self._is_gone(row):
            return _refused("404", "not_found", "Object not found", 404)
        kind, body = await asyncio.to_thread(self._file, row, self._faults.instead)
        return web.Response(body=body, content_type=kind, headers={"cache-control": "max-age=3600"})

    def _is_forbidden(self, agent: str) -> bool:
        host = self._faults.host
        return host == "forbids" or (host == "forbids-providers" and any(name in agent for name in _PROVIDERS))

    def _is_gone(self, row: str) -> bool:
        return picture_of(row) == "gone" or share(row, "gone") < self._faults.dead_share


def _file(row: str, instead: str) -> tuple[str, bytes]:
    kind, draw = _FILES[instead or picture_of(row)]
    return kind, draw(row)


async def _no_bucket(request: web.Request) -> web.Response:
    return _refused("404", "Bucket not found", "Bucket not found", 400)


def _refused(code: str, error: str, message: str, status: int) -> web.Response:
    return web.json_response({"statusCode": code, "error": error, "message": message}, status=status)


def _expiry(token: str) -> float:
    """When a signed link ends, in seconds since the epoch; 0 for one that cannot be read."""
    try:
        claims = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])
    except (IndexError, ValueError, KeyError, TypeError):
        return 0.0
