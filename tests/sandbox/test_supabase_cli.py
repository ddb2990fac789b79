"""The real Supabase CLI, working on the sandbox as on a hosted project."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sandboxes import settings_of

from diag.sandbox.parts import deno_cache
from diag.sandbox.state import Sandbox, cache_root

pytestmark = pytest.mark.sandbox
VERSION = "3.1.0"
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
Cli = Callable[..., subprocess.CompletedProcess[str]]

INDEX = """
import { greet } from "../_shared/greet.ts";
import { z } from "zod";
Deno.serve(() => new Response(greet(z.string().parse(Deno.env.get("WHO") ?? "nobody"))));
"""
FILES = {
    "config.toml": 'project_id = "mine"\n[functions.hello]\nverify_jwt = false\n',
    "functions/hello/index.ts": INDEX,
    "functions/hello/deno.json": '{"imports": {"zod": "npm:zod@4.6.7"}}',
    "functions/_shared/greet.ts": "export const greet = (who: string) => `hello ${who}`;\n",
    "functions/second/index.ts": 'Deno.serve(() => new Response("second"));\n',
}


@pytest.fixture(scope="session")
def binary() -> Path:
    """The CLI's program, fetched once from the npm registry."""
    package = f"@supabase/cli-{sys.platform}-{MACHINES[platform.machine().lower()]}"
    asyncio.run(deno_cache(["--no-config", "--no-lock", f"npm:{package}@{VERSION}"]))
    [found] = (cache_root() / "deno" / "npm").glob(f"*/{package}/{VERSION}/bin/supabase")
    return found


@pytest.fixture
def cli(binary: Path, sandbox: Sandbox, tmp_path: Path) -> Iterator[Cli]:
    """Run the CLI in a folder with two functions, as a user who has an access token."""
    settings, work, home = settings_of(sandbox), tmp_path / "work", tmp_path / "home"
    home.mkdir()
    for name, content in FILES.items():
        path = work / "supabase" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    profile = tmp_path / "profile.yaml"
    address = sandbox.management_url
    profile.write_text(f"name: sandbox\napi_url: {address}\ndashboard_url: {address}\nproject_host: supabase.co\n")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "SUPABASE_HOME": str(home),
        "SUPABASE_NO_KEYRING": "1",
        "SUPABASE_TELEMETRY_DISABLED": "1",
        "SUPABASE_PROFILE": str(profile),
        "SUPABASE_ACCESS_TOKEN": settings["SUPABASE_ACCESS_TOKEN"],
    }

    def run(*words: str, cwd: Path = work, code: int = 0) -> subprocess.CompletedProcess[str]:
        line = [str(binary), *words, f"--remote={sandbox.ref}", "--yes"]
        done = subprocess.run(line, cwd=cwd, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    yield run
    headers = {"Authorization": f"Bearer {settings['SUPABASE_ACCESS_TOKEN']}"}
    for slug in ("hello", "second"):
        httpx.delete(f"{address}/v1/projects/{sandbox.ref}/functions/{slug}", headers=headers)


def call(sandbox: Sandbox, slug: str, **headers: str) -> str:
    return httpx.post(f"{sandbox.url}/functions/v1/{slug}", headers=headers, timeout=60).text


def test_secrets_are_listed_set_and_unset(cli: Cli, sandbox: Sandbox, tmp_path: Path) -> None:
    def stored() -> dict[str, str]:
        listed = json.loads(cli("secrets", "list", "-o", "json").stdout)
        return {each["name"]: each["value"] for each in listed}

    assert stored()["AWS_REGION"] == hashlib.sha256(b"us-east-1").hexdigest()
    (tmp_path / "env").write_text("WHO=world\nOTHER='with blanks '\n")
    cli("secrets", "set", "--env-file", str(tmp_path / "env"))
    assert stored()["WHO"] == hashlib.sha256(b"world").hexdigest()
    assert stored()["OTHER"] == hashlib.sha256(b"with blanks ").hexdigest()
    cli("secrets", "unset", "WHO", "OTHER")
    assert not {"WHO", "OTHER"} & stored().keys()


def test_a_function_with_shared_imports_is_deployed_listed_called_and_downloaded(
    cli: Cli, sandbox: Sandbox, tmp_path: Path
) -> None:
    cli("functions", "deploy", "hello", "--use-api")
    listed = json.loads(cli("functions", "list", "-o", "json").stdout)
    assert {each["slug"]: each["verify_jwt"] for each in listed} == {"analyze-image": True, "hello": False}
    assert call(sandbox, "hello") == "hello nobody"
    cli("secrets", "set", "WHO=world")
    assert call(sandbox, "hello") == "hello world"
    cli("secrets", "unset", "WHO")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    cli("functions", "download", "hello", "--use-api", cwd=elsewhere)
    for name in ("functions/hello/index.ts", "functions/hello/deno.json", "functions/_shared/greet.ts"):
        assert (elsewhere / "supabase" / name).read_text() == FILES[name]


def test_several_functions_are_deployed_in_one_go_and_deleted(cli: Cli, sandbox: Sandbox) -> None:
    cli("functions", "deploy", "--use-api")
    anon = settings_of(sandbox)["SUPABASE_ANON_KEY"]
    assert call(sandbox, "hello") == "hello nobody"
    assert call(sandbox, "second", Authorization=f"Bearer {anon}") == "second"
    assert "UNAUTHORIZED_NO_AUTH_HEADER" in call(sandbox, "second")
    cli("functions", "delete", "second")
    assert "NOT_FOUND" in call(sandbox, "second")


def test_what_does_not_bundle_is_said_by_the_cli(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "work" / "supabase" / "functions" / "second" / "index.ts").write_text("Deno.serve(() => {")
    refused = cli("functions", "deploy", "second", "--use-api", code=1)
    assert "Failed to bundle the function" in refused.stdout + refused.stderr
