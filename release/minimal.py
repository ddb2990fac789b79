"""The tests of the core on the oldest libraries that setup.cfg admits: are its lower bounds true?

``python -m release.minimal`` resolves them (asks the package index), makes ``.venv-minimal`` and runs the tests that
need no sandbox there.
"""

from __future__ import annotations

import subprocess
import sys

from release.locks import ROOT, resolve

PLACE = ROOT / ".venv-minimal"
AREAS = ("catalogue", "config", "credentials", "gate", "preflight", "project", "report", "rows", "verify")


def main() -> int:
    """The exit code of pytest."""
    lowest = PLACE / "lowest.txt"
    subprocess.run([sys.executable, "-m", "venv", PLACE], check=True)
    resolve(lowest, "test", resolution="lowest-direct")
    python = str(PLACE / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "--requirement", str(lowest)], check=True)
    subprocess.run([*install, "--no-deps", "--editable", "."], cwd=ROOT, check=True)
    tests = [f"tests/{area}" for area in AREAS] + ["tests/test_secret.py"]
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", "-m", "not sandbox", *tests]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
