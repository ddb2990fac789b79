"""The host of the photos: the public bucket of the sandbox's project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from aiohttp import web

from diag.sandbox.world import drawing
from diag.sandbox.world.rows import Picture, picture_of, row_in, share

BUCKET: Final = "/storage/v1/object/public/vehicle-images"
_PAGE: Final = (
    b"<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to see this.</body></html>"
)
_FILES: Final[Mapping[Picture, tuple[str, Callable[[str], bytes]]]] = {
    "jpeg": ("image/jpeg", drawing.jpeg),
    "heic": ("image/heic", drawing.heic),
    "page": ("text/html", lambda row: _PAGE),
    "oversize": ("image/jpeg", drawing.oversize),
}


class Photos:
    """Draws each photo when it is asked for first, and keeps the latest.

    ``configure`` takes ``dead_share``: the share (0 to 1) of the photos that are gone; always the same ones.
    """

    def __init__(self) -> None:
        self._dead_share = 0.0
        self._file = lru_cache(maxsize=600)(_file)  # some 10 kB each: enough for all calls that are in flight

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as in a healthy project."""
        self._dead_share = float(str(faults.get("dead_share", 0.0)))

    def routes(self) -> list[web.RouteDef]:
        """The bucket's routes, for GET and HEAD."""
        return [web.get(BUCKET + "/{vehicle}/{name}", self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        row = row_in(request.match_info["name"])
        if row is None or self._is_gone(row):
            missing = {"statusCode": "404", "error": "not_found", "message": "Object not found"}
            return web.json_response(missing, status=404)
        kind, body = await asyncio.to_thread(self._file, row)
        return web.Response(body=body, content_type=kind, headers={"cache-control": "max-age=3600"})

    def _is_gone(self, row: str) -> bool:
        return picture_of(row) == "gone" or share(row, "gone") < self._dead_share


def _file(row: str) -> tuple[str, bytes]:
    kind, draw = _FILES[picture_of(row)]
    return kind, draw(row)
