"""Running ``nukediag`` as a process, the way a user's shell does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diag.sandbox.state import Sandbox


@dataclass(frozen=True)
class Ran:
    """What a run left: exit code and the two streams."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as the one JSON document that it must be."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def clean_environment(home: Path, **extra: str) -> dict[str, str]:
    """The environment without anything that would change a setting."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "TMPDIR", "VIRTUAL_ENV")}
    return {**kept, "HOME": str(home), "SUPABASE_HOME": str(home), "PYTHONUTF8": "1", **extra}


def nukediag(folder: Path, *words: str, sandbox: Sandbox | None = None, **environ: str) -> Ran:
    """Run a command in ``folder``; with ``sandbox`` its settings are those of that sandbox."""
    settings = ("--env-file", str(sandbox.env_file)) if sandbox else ()
    done = subprocess.run(
        [sys.executable, "-m", "diag", words[0], *settings, *words[1:]],
        cwd=folder,
        env=clean_environment(folder, **environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
