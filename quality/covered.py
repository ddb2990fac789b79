"""``python -m quality.covered``: the code that decides, covered by branch with its unit tests alone. Every file of it
must reach ``LEAST`` per cent; ends with 1 where one does not, and names the lines."""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEAST = 95.0

DECISIONS = (
    "diag/secret.py",
    "diag/catalogue/bare_status.py",
    "diag/catalogue/candidates.py",
    "diag/catalogue/classify.py",
    "diag/catalogue/error_signs.py",
    "diag/catalogue/log.py",
    "diag/catalogue/matcher.py",
    "diag/catalogue/own.py",
    "diag/catalogue/parts.py",
    "diag/catalogue/pasted.py",
    "diag/catalogue/reading.py",
    "diag/catalogue/registry.py",
    "diag/catalogue/shapes.py",
    "diag/catalogue/speakers.py",
    "diag/catalogue/status.py",
    "diag/catalogue/success.py",
    "diag/catalogue/tongues.py",
    "diag/catalogue/waits.py",
    "diag/gate/*.py",
    "diag/backfill/breaker.py",
    "diag/backfill/canaries.py",
    "diag/backfill/ceiling.py",
    "diag/backfill/controls.py",
    "diag/backfill/counters.py",
    "diag/backfill/engine.py",
    "diag/backfill/fate.py",
    "diag/backfill/health.py",
    "diag/backfill/history.py",
    "diag/backfill/jobs.py",
    "diag/backfill/journal.py",
    "diag/backfill/lease.py",
    "diag/backfill/limiter.py",
    "diag/backfill/records.py",
    "diag/backfill/retries.py",
    "diag/backfill/tally.py",
    "diag/backfill/writer.py",
)
"""What decides what a failure is, whether to call, whom to call again, what is recorded, and what may be shown."""

UNIT_TESTS = ("tests/test_secret.py", "tests/test_secret_pieces.py", "tests/catalogue", "tests/gate", "tests/backfill")
WHOLE_FLOWS = ("command", "control", "faults", "hour", "kills", "model")
"""Of the backfill's tests those that run whole flows, on a sandbox or at length: what only they reach is not held."""


def short(report: dict[str, Any]) -> Iterator[str]:
    """One sentence for each file that does not reach the mark. ``report`` is what ``coverage json`` writes."""
    files = report["files"]
    for pattern in DECISIONS:
        names = fnmatch.filter(files, pattern)
        if not names:
            yield f"{pattern}: nothing of it was measured"
        for name in names:
            if files[name]["summary"]["percent_covered"] < LEAST:
                yield f"{name}: {_of(files[name])}"


def _of(file: dict[str, Any]) -> str:
    lines = ", ".join(map(str, file["missing_lines"])) or "none"
    ways = ", ".join(f"{start} to {end if end > 0 else 'the end'}" for start, end in file["missing_branches"])
    return f"{file['summary']['percent_covered']:.1f} %; lines {lines}; branches {ways or 'none'}"


def measure(folder: Path) -> dict[str, Any]:
    """Run the tests under coverage, in ``folder`` only the data."""
    data, report = folder / "data", folder / "report.json"
    coverage = [sys.executable, "-m", "coverage"]
    tests = ["-m", "pytest", "-q", "-p", "no:xdist", "-m", "not sandbox", *UNIT_TESTS]
    tests += [f"--ignore=tests/backfill/test_{name}.py" for name in WHOLE_FLOWS]
    options = ["--branch", "--source", "diag", "--data-file", str(data)]
    subprocess.run([*coverage, "run", *options, *tests], cwd=ROOT, check=True)
    subprocess.run([*coverage, "json", "--quiet", "--data-file", str(data), "-o", str(report)], cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def main() -> int:
    """Measure, say what is short."""
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder))
    for pattern in DECISIONS:
        for name in fnmatch.filter(report["files"], pattern):
            print(f"{report['files'][name]['summary']['percent_covered']:6.1f} %  {name}")
    gaps = list(short(report))
    print(*gaps, sep="\n")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
