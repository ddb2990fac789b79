"""Deno, with the shipped functions' packages in its cache."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.sandbox.parts import deno_binary, deno_environment

SHIPPED = Path(__file__).resolve().parents[2] / "diag" / "shipped"
TESTS = Path(__file__).parent / "deno"
Deno = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def deno() -> Deno:
    """Runs ``deno COMMAND --config … ARGUMENTS`` in an environment that holds no project's settings."""
    run_deno("cache", *map(str, entries()), environ={**os.environ, **deno_environment()}).check_returncode()
    return run_deno


def run_deno(command: str, *arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    line = [deno_binary(), command, "--config", str(SHIPPED / "deno.json"), *arguments]
    own = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **deno_environment()}
    return subprocess.run(line, capture_output=True, text=True, env=environ or own, timeout=300, check=False)


def entries() -> list[Path]:
    """The functions' entry files."""
    return sorted((SHIPPED / "functions").glob("*/index.ts"))
