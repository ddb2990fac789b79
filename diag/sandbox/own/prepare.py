"""Making a user's function ready to run: its imports mapped and fetched, nothing written into the user's folders."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diag.private import private_folder
from diag.sandbox.children import run
from diag.sandbox.own.folder import OwnFunction
from diag.sandbox.own.imports import Imports, map_imports, read_packages
from diag.sandbox.parts import deno_binary, deno_environment
from diag.sandbox.state import write_private
from diag.secret import redact

# Not the user's node_modules, vendor folder or lock file: they would be written to, and say nothing about the hosted
# platform, which bundles from the network.
_APART = ("--node-modules-dir=none", "--vendor=false")


@dataclass(frozen=True, slots=True)
class Prepared:
    """``options``: what makes Deno find the function's imports. ``problems``: why it will not start as it is, one
    sentence each. ``files``: its own files, as far as imports lead."""

    options: tuple[str, ...]
    problems: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


async def prepare(function: OwnFunction, folder: Path) -> Prepared:
    """Map and fetch the imports of a function. ``folder`` takes its import map and its lock file."""
    found = await _read(function)
    private_folder(folder)
    options = (*_config(function), *_APART, *_written(function.slug, found, folder))
    problems = list(found.problems) or await _fetch(function, options, found)
    return Prepared(options, tuple(redact(problem) for problem in problems), tuple(found.files))


def _config(function: OwnFunction) -> tuple[str, ...]:
    return ("--config", str(function.deno_json)) if function.deno_json else ("--no-config",)


def _written(slug: str, found: Imports, folder: Path) -> tuple[str, ...]:
    import_map, lock = folder / f"{slug}.imports.json", folder / f"{slug}.lock"
    write_private(import_map, json.dumps({"imports": found.imports}, indent=1))
    lock.unlink(missing_ok=True)  # of an older state of the function
    return "--import-map", str(import_map), "--lock", str(lock)


async def _read(function: OwnFunction) -> Imports:
    own_map = ("--import-map", str(function.import_map)) if function.import_map else ()
    asked = ["info", "--json", "--no-remote", "--no-npm", "--no-lock", *_config(function), *own_map]
    code, answer, complaint = await _deno([*asked, str(function.entry)])
    if code:
        return Imports(problems=[_sentence(complaint)])
    return map_imports(json.loads(answer), read_packages(function.package_json))


async def _fetch(function: OwnFunction, options: Sequence[str], found: Imports) -> list[str]:
    hosts = ["--allow-import"] if found.remote else []
    code, _, complaint = await _deno(["cache", *hosts, *options, str(function.entry)])
    if not code:
        return []
    if not found.remote:
        return [f"{function.entry}: {_sentence(complaint)}"]
    because = "it could not be fetched from there, and no package that npm carries is known to be the same"
    return [f"{each}: {because}" for each in found.remote]


async def _deno(arguments: Sequence[str]) -> tuple[int, str, str]:
    # The whole environment: registry, proxy and certificate settings are the user's own.
    environ = {**os.environ, **deno_environment(), "DENO_NO_PACKAGE_JSON": "1"}
    return await run([deno_binary(), *arguments], env=environ)


def _sentence(complaint: str) -> str:
    """Deno's own complaint, without its progress."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("Download", "Initialize"))]
    return " ".join(said[:4]).removeprefix("error: ")
