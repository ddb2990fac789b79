"""The project's own tests in another environment, one area after the other; what passed is kept.

An area is a folder of ``tests``, or a test file beside them. Hours on a small machine need not be had in one piece:
with ``--resume`` an area that passed before with the same libraries is not run again.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from release.locks import ROOT

NOTHING_COLLECTED = 5
"""pytest's exit code where the marks leave no test: then there is nothing to fail."""


@dataclass(frozen=True)
class Place:
    """A folder for an environment and what is known of it, the interpreter that it is made with, its lock file."""

    folder: Path
    interpreter: str
    lock: Path

    @property
    def python(self) -> str:
        """The interpreter inside."""
        return str(self.folder / "environment" / "bin" / "python")

    def kept(self, what: str) -> Path:
        """Where something is kept that holds for these very libraries."""
        digest = hashlib.sha256(self.lock.read_bytes()).hexdigest()[:16]
        return self.folder / f"{what}-{digest}.txt"


@dataclass(frozen=True)
class Wish:
    """Which areas to run, whether those that passed before count, and whether sandboxes may be started."""

    areas: tuple[str, ...]
    resume: bool = False
    sandbox: bool = True


def wish(arguments: Sequence[str], program: str, known: Sequence[str]) -> Wish:
    """Read ``[AREA ...] [--resume] [--without-sandbox]``; ends the process where an area is not known."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"some of: {', '.join(known)} (all)")
    parser.add_argument("--resume", action="store_true", help="pass over what passed before with the same libraries")
    parser.add_argument("--without-sandbox", action="store_true", help="only the tests that start no sandbox")
    given = parser.parse_args(arguments)
    strange = sorted(set(given.areas) - set(known))
    if strange:
        parser.error(f"no such area: {', '.join(strange)}")
    return Wish(tuple(given.areas or known), given.resume, not given.without_sandbox)


def areas(root: Path = ROOT) -> list[str]:
    """Every folder of ``tests`` that holds tests, and every test file beside them, by name."""
    tests = root / "tests"
    return sorted({path.relative_to(tests).parts[0] for path in tests.rglob("test_*.py")})


def furnish(place: Place) -> None:
    """Make the environment, unless it holds these very libraries already."""
    if place.kept("installed").exists():
        return
    # Emptied first: what an earlier lock file brought would only be found to be missing at somebody else's.
    subprocess.run([place.interpreter, "-m", "venv", "--clear", place.folder / "environment"], check=True)
    install = [place.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "--requirement", place.lock], check=True)
    subprocess.run([*install, "--no-deps", "--editable", "."], cwd=ROOT, check=True)
    place.kept("installed").touch()


def run(place: Place, wanted: Wish, root: Path = ROOT) -> list[str]:
    """Run the areas one after the other, a line for each; those that failed."""
    memory = place.kept("passed" if wanted.sandbox else "passed-without-sandbox")
    before = set(memory.read_text().split()) if wanted.resume and memory.exists() else set()
    failed = []
    for area in wanted.areas:
        if area in before:
            _say(f"{area}: passed before")
        elif _passes(place, area, wanted.sandbox, root):
            before |= {area}
            memory.write_text("\n".join(sorted(before)))
        else:
            failed.append(area)
    return failed


def _passes(place: Place, area: str, sandbox: bool, root: Path) -> bool:
    started = time.monotonic()
    command = [place.python, "-m", "pytest", "-p", "no:cacheprovider", f"tests/{area}"]
    command += [] if sandbox else ["-m", "not sandbox"]
    code = subprocess.run(command, cwd=root, check=False).returncode
    good = code in (0, NOTHING_COLLECTED)
    _say(f"{area}: {'passed' if good else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return good


def verdict(name: str, failed: Iterable[str]) -> int:
    """Say how it ended; the exit code."""
    names = ", ".join(failed)
    _say(f"{name}: {f'failed in {names}' if names else 'passed'}")
    return 1 if names else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
