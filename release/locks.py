"""The lock files: every package that an installation may bring, with its version and the hashes of its files.

``python -m release.locks`` resolves setup.cfg anew (needs the package index); ``--check`` asks nobody: it compares
what stands in setup.cfg with what is locked.
"""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
LOCKS: Mapping[str, str | None] = {"core.txt": None, "sandbox.txt": "sandbox", "dev.txt": "dev", "fuzz.txt": "fuzz"}
"""Lock file -> the extra that it holds beside the core, which is the same in all: one may be installed over another."""
OLDEST_PYTHON = "3.11"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)")


def resolve(target: Path, extra: str | None, *, resolution: str = "highest", within: Path | None = None) -> None:
    """Write a lock file, for all platforms and Pythons at once, with the versions of the one that it is ``within``."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "setup.cfg", "--universal", "--generate-hashes", "--quiet"]
    command += ["--python-version", OLDEST_PYTHON, "--resolution", resolution, "--upgrade"]
    # Extras stay: pip takes "psycopg[binary]" of some package for unpinned where only "psycopg" is pinned, as soon as
    # there is a newer psycopg. No index's address: whoever installs has an index of their own.
    command += ["--no-strip-extras"]
    command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links", "--output-file", str(target)]
    command += ["--constraint", str(within)] if within else []
    subprocess.run(command + (["--extra", extra] if extra else []), cwd=ROOT, check=True)


def locked(file: str) -> dict[str, str]:
    """Name -> version of what a lock file pins."""
    lines = (FOLDER / file).read_text().splitlines()
    found = (_PINNED.match(line) for line in lines)
    return {canonicalize_name(match[1]): match[2] for match in found if match}


def wanted(extra: str | None) -> Iterator[Requirement]:
    """What setup.cfg asks for: the core, and an extra with the extras that it takes in."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    texts = setup["options"]["install_requires"].splitlines()
    texts += setup["options.extras_require"][extra].splitlines() if extra else []
    return (Requirement(text) for text in texts if text.strip())


def gaps(file: str, extra: str | None) -> list[str]:
    """What setup.cfg asks for and the lock file does not give, one sentence each."""
    pins = locked(file)
    found = []
    for one in wanted(extra):
        version = pins.get(canonicalize_name(one.name))
        if version is None:
            found.append(f"{file}: {one.name} is not locked")
        elif not one.specifier.contains(version, prereleases=True):
            found.append(f"{file}: {one.name} is locked at {version}, setup.cfg asks for {one.specifier}")
    return found


def main(arguments: list[str]) -> int:
    """Resolve anew, or with ``--check`` end with 1 if a lock file lags behind setup.cfg."""
    if "--check" not in arguments:
        for file, extra in LOCKS.items():
            resolve(FOLDER / file, extra, within=FOLDER / "core.txt" if extra else None)
    found = [gap for file, extra in LOCKS.items() for gap in gaps(file, extra)]
    for gap in found:
        print(f"{gap} (make lock resolves anew)", file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
