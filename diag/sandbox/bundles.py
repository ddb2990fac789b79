"""What was deployed: the uploaded sources in a folder of their own, and what they import, fetched as for the functions
of a user's own folder: by URL or from JSR too, as far as a registry carries the same."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from diag.private import private_folder
from diag.sandbox.model import Deployed
from diag.sandbox.own.folder import OwnFunction
from diag.sandbox.own.prepare import prepare
from diag.secret import redact

_MOST_FUNCTIONS = 100  # of the free plan
_SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Refused(Exception):
    """A deployment that the API turns down; ``status`` is that of its answer."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Upload:
    """One deploy request: ``files`` by their path relative to the user's work folder."""

    slug: str
    metadata: Mapping[str, Any]
    files: Mapping[str, bytes]


def valid_slug(slug: str) -> bool:
    """Whether a function may be called that."""
    return _SLUG.fullmatch(slug) is not None


class Bundles:
    """All uploads of one sandbox."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[tuple[str, int], Deployed] = {}
        self._uploads = 0

    async def bundle(self, upload: Upload, before: Deployed | None) -> Deployed:
        """The function as it will be once it is active; raises ``Refused``. ``before``: what is active now."""
        self._uploads += 1
        folder = private_folder(self._folder / f"{self._uploads}-{upload.slug}")
        await asyncio.to_thread(_write, folder, upload.files)
        entry = _inside(folder, upload.metadata["entrypoint_path"])
        if not entry.exists():
            raise Refused(f"Failed to bundle the function (reason: entrypoint path does not exist: {entry.name})")
        import_map = str(upload.metadata.get("import_map_path") or "")
        function = _as_own(upload.slug, entry, folder, _inside(folder, import_map) if import_map else None)
        prepared = await prepare(function, folder.with_suffix(_APART))
        if prepared.problems:
            reasons = "; ".join(prepared.problems).replace(f"{folder}/", "")
            raise Refused(f"Failed to bundle the function (reason: {reasons})")
        return _deployed(upload, before, entry, prepared.options, folder)

    def keep(self, function: Deployed) -> None:
        """It is bundled and waits for the request that makes it active."""
        self._waiting[function.slug, function.version] = function

    def kept(self, asked: Mapping[str, Any]) -> Deployed | None:
        """The bundle that waits under that slug and version, with the metadata that are asked for."""
        function = self._waiting.pop((asked["slug"], asked.get("version", 0)), None)
        verify = asked.get("verify_jwt")
        if function and isinstance(verify, bool):
            function = replace(function, verify_jwt=verify)
        return function

    def sources(self, function: Deployed) -> tuple[str, dict[str, bytes]]:
        """The entry's path and all files by path, relative to the same folder."""
        root = function.root or function.entry.parent.parent
        folders = [root] if function.root else [function.entry.parent, root / "_shared"]
        paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        named = {str(path.relative_to(root)): path.read_bytes() for path in paths}
        return str(function.entry.relative_to(root)), named


_APART = ".deno"
"""Ends the name of the folder for what Deno needs and nobody uploaded: an upload can be downloaded as it came."""


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = _inside(folder, name)
        private_folder(path.parent)
        path.write_bytes(content)


def _inside(folder: Path, name: str) -> Path:
    # The CLI sends paths relative to the work folder, older ones file:// URLs of absolute paths.
    parts = PurePosixPath(name.removeprefix("file://").lstrip("/")).parts
    if not parts or ".." in parts:
        raise Refused(f"a path leads out of the work folder: {redact(name[:100])}")
    return folder.joinpath(*parts)


def _as_own(slug: str, entry: Path, folder: Path, import_map: Path | None) -> OwnFunction:
    there = import_map if import_map and import_map.exists() else None
    is_config = there is not None and there.name in ("deno.json", "deno.jsonc")
    packages = entry.parent / "package.json"
    return OwnFunction(
        slug,
        entry,
        folder,
        deno_json=there if is_config else None,
        import_map=None if is_config else there,
        package_json=packages if packages.exists() else None,
    )


def _deployed(upload: Upload, before: Deployed | None, entry: Path, options: tuple[str, ...], folder: Path) -> Deployed:
    asked = upload.metadata.get("verify_jwt")
    function = Deployed(
        slug=upload.slug,
        entry=entry,
        verify_jwt=asked if isinstance(asked, bool) else before.verify_jwt if before else True,
        version=before.version + 1 if before else 1,
        updated_at=int(time.time() * 1000),
        options=options,
        readable=(folder,),
        name=str(upload.metadata.get("name") or upload.slug),
        import_map=bool(upload.metadata.get("import_map_path")),
        digest=_digest(upload.files),
        root=folder,
    )
    return replace(function, id=before.id, created_at=before.created_at) if before else function


def _digest(files: Mapping[str, bytes]) -> str:
    named = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()
