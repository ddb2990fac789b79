"""A hundred SIGKILLs at random moments of a backfill on the sandbox: ``python -m benchmarks.kills [KILLS]`` prints one
line of JSON, and ends with 1 where a row was lost or one that was recorded as done was called again."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from diag.sandbox import launch
from tests.backfill.kills import kill_again_and_again


def main(kills: int) -> int:
    """Kill, resume, count."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        sandbox = launch.up(images=kills * 12, name="kills", state_dir=root)
        try:
            environ = {name: value for name, value in os.environ.items() if "SUPABASE" not in name}
            found = kill_again_and_again(sandbox, root, environ, kills, seed=1)
        finally:
            launch.down("kills", root)
    print(json.dumps({key: value for key, value in asdict(found).items() if key != "last"}))
    return 1 if found.lost or found.forgotten else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
