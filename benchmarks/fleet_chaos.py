"""``python -m benchmarks.fleet_chaos [SECONDS]``: four workers on the sandbox, killed, frozen beyond their
lease, cut off and told to end at random. Prints one line of JSON; ends with 1 where a row was lost or paid twice."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import psycopg

from diag.fleet.install import script
from diag.sandbox import launch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))  # the tests' modules name each other so


def main(seconds: float) -> int:
    """Trouble, peace, count."""
    from fleet.chaos import play

    with tempfile.TemporaryDirectory() as folder:
        rows = int(seconds * 2)
        sandbox = launch.up(images=rows + 20, name="chaos", state_dir=Path(folder))
        try:
            settings = dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())
            with psycopg.connect(settings["DATABASE_URL"], autocommit=True) as database:
                database.execute(script("install"))
            found = play(sandbox, Path(folder), rows, seconds, seed=2)
        finally:
            launch.down("chaos", Path(folder))
    print(json.dumps(asdict(found)))
    return 1 if found.lost or found.twice else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0))
