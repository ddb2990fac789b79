"""The public buckets of a ``supabase`` folder: ``[storage.buckets.NAME] objects_path`` in its ``config.toml``.

Source: the Supabase CLI's configuration reference; the answers are those of Supabase Storage for public objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from diag.sandbox.own.tables import config

_PUBLIC = "/storage/v1/object/public"


def public_buckets(supabase: Path) -> dict[str, Path]:
    """Name -> folder of its objects, of every public bucket that names one."""
    named = config(supabase).get("storage", {}).get("buckets", {})
    found = {name: each for name, each in named.items() if isinstance(each, dict) and each.get("public") is True}
    folders = {name: supabase / str(each["objects_path"]) for name, each in found.items() if each.get("objects_path")}
    return {name: folder.resolve() for name, folder in folders.items() if folder.is_dir()}


def routes(buckets: Mapping[str, Path]) -> list[web.RouteDef]:
    """Their objects, for GET and HEAD."""
    return [web.get(f"{_PUBLIC}/{name}/{{path:.+}}", _serve(folder)) for name, folder in buckets.items()]


def _serve(folder: Path) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        path = (folder / request.match_info["path"]).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            body = {"statusCode": "404", "error": "not_found", "message": "Object not found"}
            return web.json_response(body, status=400)
        return web.FileResponse(path)

    return serve
