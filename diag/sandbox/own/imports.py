"""Which imports a function's files have, and the import map that lets it start from what registries carry.

Deno reads the files itself (``deno info --no-remote --no-npm``: nothing is downloaded); what it finds is mapped here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from diag.sandbox.own.mapping import SHIMS, substitute

_REMOTE = ("https:", "http:", "jsr:")


@dataclass(frozen=True, slots=True)
class Import:
    """One import as written: ``resolved`` is what the function's own settings make of it (None: nothing)."""

    file: Path
    line: int
    written: str
    resolved: str | None
    only_types: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports '{self.written}'"


@dataclass
class Imports:
    """``imports``: the import map. ``remote``: what only its own host carries. ``problems``: what cannot work, one
    sentence each. ``files``: the function's own files."""

    imports: dict[str, str] = field(default_factory=dict)
    remote: list[Import] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def map_imports(graph: Mapping[str, Any], packages: Mapping[str, str]) -> Imports:
    """The import map for a function, from ``deno info --json`` and the dependencies in its ``package.json``."""
    result = Imports()
    for module in graph.get("modules", ()):
        path = _path(module["specifier"])
        if path is None:
            continue
        if "error" in module:
            result.problems.append(_first_line(module["error"]))
            continue
        result.files.append(path)
        for each in _imports_of(path, module):
            _map(each, packages, result)
    return result


def _map(each: Import, packages: Mapping[str, str], result: Imports) -> None:
    resolved = each.resolved or _from_package_json(each.written, packages)
    if resolved is None:
        result.problems.append(f"{each}: no deno.json, import map or package.json says what that is")
    elif not resolved.startswith(_REMOTE):
        result.imports[each.written] = resolved
    elif (instead := substitute(resolved)) is not None:
        result.imports[each.written] = instead
    elif each.only_types:
        result.imports[each.written] = (SHIMS / "nothing.ts").as_uri()
    else:
        result.imports[each.written] = resolved
        result.remote.append(each)


def _imports_of(path: Path, module: Mapping[str, Any]) -> Iterator[Import]:
    for each in module.get("dependencies", ()):
        found = each.get("code") or each.get("type") or {}
        if not each["specifier"].startswith(("./", "../", "/", "file:")):
            line = found.get("span", {}).get("start", {}).get("line", 0) + 1
            yield Import(path, line, each["specifier"], found.get("specifier"), "code" not in each)


def _from_package_json(written: str, packages: Mapping[str, str]) -> str | None:
    words = written.split("/")
    name = "/".join(words[: 2 if written.startswith("@") else 1])
    if name not in packages:
        return None
    rest = "/".join(words[name.count("/") + 1 :])
    return f"npm:{name}@{packages[name]}" + (f"/{rest}" if rest else "")


def read_packages(package_json: Path | None) -> dict[str, str]:
    """Name -> version range of the dependencies in a ``package.json``; empty where there is none to read."""
    try:
        listed = json.loads(package_json.read_text(encoding="utf-8")) if package_json else {}
        return {str(name): str(version) for name, version in listed.get("dependencies", {}).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _path(specifier: str) -> Path | None:
    url = urlsplit(specifier)
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
