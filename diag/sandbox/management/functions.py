"""Deployed functions: listing, deploying, changing, downloading, deleting.

The multipart deploy is the one that the Supabase CLI makes with ``functions deploy --use-api``; held against it in the
tests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from diag.sandbox.bundles import Bundles, Refused, Upload, valid_slug
from diag.sandbox.management.answers import ONE, body_of, message
from diag.sandbox.model import Deployed, Project

_LARGEST_FUNCTION = 5 * 2**20  # bytes of source that the server bundles
_NOT_FOUND = "Function not found"


class Functions:
    """The routes. ``on_change`` is told the slug of a function that was deployed, changed or deleted."""

    def __init__(self, project: Project, bundles: Bundles, on_change: Callable[[str], None]) -> None:
        self._project, self._bundles, self._on_change = project, bundles, on_change

    def routes(self) -> list[web.RouteDef]:
        """Below ``/v1``."""
        every, one = f"{ONE}/functions", f"{ONE}/functions/{{slug}}"
        return [
            web.get(every, self._list),
            web.post(f"{every}/deploy", self._deploy),
            web.put(every, self._replace),
            web.get(one, self._one),
            web.get(f"{one}/body", self._body),
            web.patch(one, self._change),
            web.delete(one, self._delete),
        ]

    def _asked(self, request: web.Request) -> Deployed | None:
        return self._project.functions.get(request.match_info["slug"])

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response(list(map(described, self._project.functions.values())))

    async def _one(self, request: web.Request) -> web.Response:
        function = self._asked(request)
        return web.json_response(described(function)) if function else message(404, _NOT_FOUND)

    async def _deploy(self, request: web.Request) -> web.Response:
        try:
            upload = await _upload(request)
            function = await self._bundles.bundle(upload, self._project.functions.get(upload.slug))
        except Refused as refusal:
            return message(refusal.status, str(refusal))
        if request.query.get("bundleOnly") == "true":
            self._bundles.keep(function)
        else:
            self._activate(function)
        return web.json_response(described(function), status=201)

    def _activate(self, function: Deployed) -> None:
        self._project.deploy(function)
        self._on_change(function.slug)

    async def _replace(self, request: web.Request) -> web.Response:
        asked = await body_of(request, list)
        if not asked or not all(isinstance(one, dict) and one.get("slug") for one in asked):
            return message(400, "the body must be a list of functions")
        functions = [self._bundles.kept(one) or self._project.functions.get(one["slug"]) for one in asked]
        found = [function for function in functions if function]
        if len(found) < len(asked):
            return message(400, "a function of that list was not bundled")
        for function in found:
            self._activate(function)
        return web.json_response({"functions": list(map(described, found))})

    async def _body(self, request: web.Request) -> web.StreamResponse:
        function = self._asked(request)
        if function is None or not function.entry.exists():
            return message(404, _NOT_FOUND)
        entry, sources = self._bundles.sources(function)
        with aiohttp.MultipartWriter("form-data") as writer:
            _part(writer, json.dumps({"deno2_entrypoint_path": entry}).encode(), "metadata")
            for name, content in sources.items():
                _part(writer, content, "file", name)
        return web.Response(body=writer)

    async def _change(self, request: web.Request) -> web.Response:
        function, changes = self._asked(request), await body_of(request, dict)
        if function is None:
            return message(404, _NOT_FOUND)
        if changes is None or not isinstance(changes.get("verify_jwt", True), bool):
            return message(400, "the body must be an object; verify_jwt is a boolean")
        function.verify_jwt = changes.get("verify_jwt", function.verify_jwt)
        function.name = str(changes.get("name", function.name))
        function.updated_at = int(time.time() * 1000)
        return web.json_response(described(function))

    async def _delete(self, request: web.Request) -> web.Response:
        function = self._project.functions.pop(request.match_info["slug"], None)
        if function is None:
            return message(404, _NOT_FOUND)
        self._on_change(function.slug)
        return web.Response(status=200)


def _part(writer: aiohttp.MultipartWriter, content: bytes, name: str, filename: str | None = None) -> None:
    part = writer.append(content, CIMultiDict({"Content-Type": "application/octet-stream"}))
    if filename is None:
        part.set_content_disposition("form-data", name=name)
    else:
        part.set_content_disposition("form-data", quote_fields=False, name=name, filename=filename)


async def _upload(request: web.Request) -> Upload:
    slug = request.query.get("slug", "")
    if not request.content_type.startswith("multipart/"):
        raise Refused("the body must be multipart/form-data")
    metadata, files, size = None, {}, 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, aiohttp.BodyPartReader):
                raise Refused("a part must not be multipart itself")
            content = bytes(await part.read())
            size += len(content)
            if size > _LARGEST_FUNCTION:
                raise Refused("the function is larger than 5 MB", 413)
            if part.name == "metadata":
                metadata = _metadata(content)
            elif part.name == "file" and part.filename:
                files[part.filename] = content
    except (ValueError, aiohttp.ClientPayloadError) as error:
        raise Refused("the body is not readable as multipart/form-data") from error
    if metadata is None:
        raise Refused("the part 'metadata' is missing")
    slug = slug or str(metadata.get("name") or "")
    if not valid_slug(slug):
        raise Refused("slug must start with a letter and hold letters, digits, - and _ alone")
    return Upload(slug, metadata, files)


def _metadata(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("entrypoint_path"), str):
        raise Refused("the part 'metadata' must be an object with entrypoint_path")
    return found


def described(function: Deployed) -> dict[str, Any]:
    """A function as the API gives it; times in milliseconds."""
    return {
        "id": function.id,
        "slug": function.slug,
        "name": function.name,
        "status": function.status,
        "version": function.version,
        "created_at": function.created_at,
        "updated_at": function.updated_at,
        "verify_jwt": function.verify_jwt,
        "import_map": function.import_map,
        "entrypoint_path": function.entry.as_uri(),
        "ezbr_sha256": function.digest,
    }
