"""A backfill script in JavaScript on Supabase's own client, supervised: run by the sandbox's Deno."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli.running import clean_environment
from processes import lives

from diag.sandbox import launch
from diag.sandbox.parts import deno_environment, deno_run
from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox

HERE = Path(__file__).parent


def started(sandbox: Sandbox, folder: Path, *words: str) -> subprocess.Popen[str]:
    """``nukediag backfill --if-healthy -- deno run ...``; ``words`` are the script's arguments."""
    deno = deno_run("--allow-env", "--allow-net", "--import-map", str(HERE / "imports.json"))
    own = [sys.executable, "-m", "diag", "backfill", "--if-healthy", "--env-file", str(sandbox.env_file), "--yes"]
    return subprocess.Popen(
        [*own, "--json", "--", *deno, str(HERE / "oldscript.mjs"), *words],
        cwd=folder,
        env=clean_environment(folder, **deno_environment()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def calls(sandbox: Sandbox) -> int:
    return int(launch.status(sandbox)["calls"]["function"])


def test_a_healthy_project_is_finished_by_the_script(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=30)
    with started(sandbox, tmp_path, "10", "1", "100") as process:
        out, said = process.communicate(timeout=120)
    document = json.loads(out)
    assert (process.returncode, document["succeeded"], document["failed"]) == (0, 30, 0), said
    assert "📊 Progress: 2" in said
    assert launch.status(sandbox)["rows"]["pending"] == 0
    assert launch.status(sandbox)["twice"] == 0


def test_a_key_that_breaks_under_the_script_stops_it_with_its_cause(new_sandbox, tmp_path):
    sandbox = new_sandbox(images=80)
    with started(sandbox, tmp_path, "10", "1000", "1000") as process:
        while calls(sandbox) < 15:  # the gate's seven, then the script's
            time.sleep(0.05)
        launch.switch(sandbox, "openai-key-invalid")
        out, said = process.communicate(timeout=120)
    document, script = json.loads(out), re.search(r"\(process (\d+)\)", said)
    stopped = document["stopped"]
    assert (process.returncode, stopped["reason"], stopped["signature"]) == (6, "guard", "openai.key-invalid"), said
    assert "Edge Function returned a non-2xx status code" in said  # which is all that the script knows of it
    assert 0 < document["succeeded"] < 80
    assert calls(sandbox) < 80
    assert script is not None
    assert not lives(int(script[1]))
