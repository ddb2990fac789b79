"""Which variables a function's code reads: its entry file and every local file that it imports, scanned. Pure but for
the reading of files.

A scan of the text, no evaluation: names that are put together while running are not found, and are said to exist.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MOST_FILES, _LARGEST = 300, 1 << 20  # a function's bundle is smaller than 20 MB; its own sources are far from that
_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)""",
    re.DOTALL,
)
_NAME = r"""["'`](?P<{0}>[A-Za-z_][A-Za-z0-9_]*)["'`]"""
_READ = re.compile(
    r"(?:(?P<asks>Deno\.env\.has)|Deno\.env\.get|\bprocess\.env|\b[A-Za-z]*[eE]nv(?:ironment)?(?:Var(?:iable)?)?)"
    rf"\s*(?:\(\s*{_NAME.format('called')}|\[\s*{_NAME.format('indexed')}\s*\])"
    r"|\bprocess\.env\.(?P<dotted>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\bDeno\.env\.toObject\(\)\.(?P<object>[A-Za-z_][A-Za-z0-9_]*)"
)
_UNKNOWN = re.compile(r"Deno\.env\.get\(\s*[^\s\"'`)]|process\.env\[\s*[^\s\"'`]|Deno\.env\.toObject\(\)(?!\.)")
_EMPTY_DEFAULT = re.compile(r"[\s)]*(?:\?\?|\|\|)\s*(?:\"\"|''|``)\s*[,;)\n]")
_ASSIGNED = re.compile(r"\b(?:const|let|var)\s+(\w+)\s*(?::[^=;]{0,80})?=\s*$")
_OPTIONAL_AFTER = re.compile(r"[\s)]*(?:\?\?|\|\||===?|!==?|\?\.|\?(?!\?)|,\s*[\"'`\d])")
_OPTIONAL_BEFORE = re.compile(r"(?:\bif\s*\(\s*!?|[!=]==?\s*)$")
_IMPORT = re.compile(
    r"""\b(?:from|import|export)\b[^;"'`]{0,2000}?["'](?P<what>[^"'\n]+)["']|\bimport\(\s*["'](?P<later>[^"'\n]+)["']"""
)
_MODEL = re.compile(r"""["'`]((?:gpt-|chatgpt-|o\d)[A-Za-z0-9.-]*)["'`]""")
_ENTRIES = ("index.ts", "index.tsx", "index.js", "index.mjs", "main.ts")


@dataclass(frozen=True, slots=True)
class Read:
    """A variable that the code reads, where first (``file:line``), and whether it can do without: a default follows,
    or it is only asked for."""

    name: str
    where: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What a scan found. ``unclear``: where names are put together while running. ``models``: names of OpenAI models
    in the text, in order."""

    files: tuple[Path, ...] = ()
    reads: Mapping[str, Read] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


def entry_of(folder: Path, function: str) -> Path | None:
    """The entry file of a function in a ``supabase`` project folder, or None where its source is not at hand."""
    home = folder / "supabase" / "functions" / function
    named = _of_function(folder, function).get("entrypoint")
    candidates = [folder / "supabase" / str(named)] if named else []
    candidates += [home / entry for entry in _ENTRIES]
    return next((path for path in candidates if path.is_file()), None)


def told_verify_jwt(folder: Path, function: str) -> bool | None:
    """What ``supabase/config.toml`` says about the gateway's JWT check of a function; None where it says nothing."""
    told = _of_function(folder, function).get("verify_jwt")
    return told if isinstance(told, bool) else None


def _of_function(folder: Path, function: str) -> dict[str, Any]:
    functions = _settings(folder / "supabase" / "config.toml").get("functions")
    found = functions.get(function) if isinstance(functions, dict) else None
    return found if isinstance(found, dict) else {}


def _settings(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def scan(entry: Path, folder: Path) -> Source:
    """Scan the entry file and all that it imports from this disk. ``folder``: to which paths are shown."""
    aliases = _import_map(entry.parent)
    waiting, files = [entry.resolve()], dict[Path, str]()
    while waiting and len(files) < _MOST_FILES:
        path = waiting.pop(0)
        if path in files or not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        files[path] = without_comments(path.read_text(encoding="utf-8", errors="replace"))
        waiting += _imported(files[path], path, aliases)
    return _told(files, folder)


def _told(files: Mapping[Path, str], folder: Path) -> Source:
    reads: dict[str, Read] = {}
    unclear, models = [], dict[str, None]()
    for path, text in files.items():
        shown = _shown(path, folder)
        for read in _reads(text, shown):
            known = reads.get(read.name)
            if known is None or (known.optional and not read.optional):
                reads[read.name] = read
        unclear += [f"{shown}:{_line(text, found.start())}" for found in _UNKNOWN.finditer(text)]
        models.update(dict.fromkeys(_MODEL.findall(text)))
    return Source(tuple(files), reads, tuple(unclear), tuple(models))


def without_comments(text: str) -> str:
    """The code with its comments blanked, lines kept."""
    return _TOKENS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]) if found["comment"] else found[0], text)


def _reads(text: str, shown: str) -> Iterator[Read]:
    for found in _READ.finditer(text):
        name = found["called"] or found["indexed"] or found["dotted"] or found["object"]
        if name.upper() != name:
            continue  # no variable: a call of something else that is called like one
        end = found.end() + (1 if found["called"] and text[found.end() : found.end() + 1] == ")" else 0)
        optional = bool(found["asks"]) or _is_optional(text, found.start(), end)
        yield Read(name, f"{shown}:{_line(text, found.start())}", optional)


def _is_optional(text: str, start: int, end: int) -> bool:
    """Whether the code goes on without the value: a default follows, or it is only looked whether there is one. An
    empty default is none: it only puts the failure off."""
    if _EMPTY_DEFAULT.match(text, end):
        return False
    if _OPTIONAL_AFTER.match(text, end) or _OPTIONAL_BEFORE.search(text, 0, start):
        return True
    assigned = _ASSIGNED.search(text, max(0, start - 200), start)
    return _is_asked_for(text, assigned[1], end) if assigned else False


def _is_asked_for(text: str, variable: str, start: int) -> bool:
    """Whether the variable is used only where it has a value: ``if (token && ...``, ``token ? ... : ...``."""
    name, later = re.escape(variable), text[start : start + 1500]
    without = re.search(
        rf"if\s*\(\s*!{name}\b[^;{{]*\)\s*\{{?\s*(?P<then>return\s*(?:;|undefined|null|false|\[\]|\{{\}}|$))?", later
    )
    if without:
        return without["then"] is not None
    return bool(re.search(rf"if\s*\(\s*{name}\s*(?:\)|&&)|\b{name}\s*(?:&&|\|\||\?(?!\.))", later))


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder.resolve())) if path.is_relative_to(folder.resolve()) else path.name


def _imported(text: str, path: Path, aliases: Mapping[str, Path]) -> list[Path]:
    named = [found["what"] or found["later"] for found in _IMPORT.finditer(text)]
    return [target for name in named if (target := _target(name, path, aliases))]


def _target(name: str, path: Path, aliases: Mapping[str, Path]) -> Path | None:
    if name.startswith(("./", "../")):
        return (path.parent / name).resolve()
    for alias, target in sorted(aliases.items(), key=lambda pair: -len(pair[0])):
        if name == alias or (alias.endswith("/") and name.startswith(alias)):
            return (target / name.removeprefix(alias)).resolve() if alias.endswith("/") else target
    return None


def _import_map(folder: Path) -> dict[str, Path]:
    """Names that a deno.json beside the function (or its functions folder) leads to local files."""
    found: dict[str, Path] = {}
    for home in (folder.parent, folder):
        for name in ("import_map.json", "deno.json", "deno.jsonc"):
            for alias, target in _imports_of(home / name).items():
                if isinstance(target, str) and target.startswith(("./", "../")):
                    found[alias] = (home / target).resolve()
    return found


def _imports_of(path: Path) -> dict[str, object]:
    try:
        document = json.loads(without_comments(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return {}
    imports = document.get("imports") if isinstance(document, dict) else None
    return imports if isinstance(imports, dict) else {}
