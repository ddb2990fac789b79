"""The rules of the house that a machine can keep: layers, sizes, names, what `--help` may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "diag"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)

# A package may import those of its own level's right-hand side and everything below.
LAYERS = [
    {"cli"},
    {"sandbox", "report"},
    {"fleet"},
    {"backfill", "preflight"},
    {"rows", "verify", "credentials", "discovery"},
    {"project"},
    {"gate", "config", "catalogue"},
    {"errors", "secret", "diagnosis", "inert", "private", "spellings"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _package(dotted: str) -> str | None:
    words = dotted.split(".")
    return words[1] if words[0] == "diag" and len(words) > 1 and words[1] in LEVEL else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    own = _package(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if own is None:
        return
    upwards = {name for name in _imports(path) if (other := _package(name)) and LEVEL[other] < LEVEL[own]}
    assert not upwards, f"{path} imports from above"


@pytest.mark.parametrize(("library", "home"), [("supabase", "project"), ("postgrest", "project"), ("click", "cli")])
def test_a_library_is_imported_in_its_one_place_alone(library: str, home: str) -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(name.split(".")[0] == library for name in _imports(path)) and path.relative_to(PACKAGE).parts[0] != home
    ]
    assert elsewhere == []


def test_functions_and_files_stay_small() -> None:
    too_long = []
    for path in SOURCES:
        text = path.read_text()
        if "catalogue" not in path.parts and len(text.splitlines()) > 300:
            too_long.append(f"{path}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > 40:
                    too_long.append(f"{path}:{node.lineno} {node.name}: {size} lines")
    assert too_long == []


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "common", "manager", "base", "misc"}
    assert [path for path in SOURCES if path.stem in nothing] == []


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "HTTP 503"]])
def test_help_and_explain_load_no_client_library(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom diag.cli.root import _run\n"
        f"_run({arguments!r})\n"
        "print('loaded', [m for m in ('supabase', 'postgrest', 'boto3', 'openai', 'aiohttp') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "loaded []", run.stdout[-500:]
