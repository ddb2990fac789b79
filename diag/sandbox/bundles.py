"""What was deployed: the uploaded sources in a folder of their own, their packages fetched as the server's bundler
would, and the locks that make a worker take exactly these."""

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

from diag.errors import SandboxError
from diag.sandbox.model import Deployed
from diag.sandbox.parts import deno_cache
from diag.sandbox.state import private_folder
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
        options = _options(folder, _inside(folder, import_map) if import_map else None)
        await _fetch(entry, options)
        return _deployed(upload, before, entry, options, folder)

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
        named = {str(path.relative_to(root)): path.read_bytes() for path in paths if path.name != _LOCK}
        return str(function.entry.relative_to(root)), named


_LOCK = "nukediag.lock.json"


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


def _options(folder: Path, import_map: Path | None) -> tuple[str, ...]:
    own = ("--lock", str(folder / _LOCK), "--node-modules-dir=none")
    if import_map is None or not import_map.exists():
        return ("--no-config", *own)
    if import_map.name in ("deno.json", "deno.jsonc"):
        return ("--config", str(import_map), *own)
    return ("--no-config", "--import-map", str(import_map), *own)


async def _fetch(entry: Path, options: tuple[str, ...]) -> None:
    try:
        await deno_cache([*options, str(entry)])
    except SandboxError as error:
        raise Refused(f"Failed to bundle the function (reason: {error.message})") from error


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
