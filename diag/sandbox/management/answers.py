"""What all parts of the management API say alike."""

from __future__ import annotations

from typing import Any

from aiohttp import web

ONE = "/projects/{ref}"


def message(status: int, text: str) -> web.Response:
    """An error: its body has the one key ``message``."""
    return web.json_response({"message": text}, status=status)


async def body_of(request: web.Request, kind: type) -> Any:
    """The JSON body if it is of that kind, else None."""
    try:
        found = await request.json()
    except (ValueError, UnicodeDecodeError):
        return None
    return found if isinstance(found, kind) else None
