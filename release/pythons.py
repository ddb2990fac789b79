"""All tests on every supported Python that this machine has, each with the locked libraries.

``python -m release.pythons [AREA ...] [--resume] [--without-sandbox]`` looks on the search path and among those of
pyenv and uv, and makes ``.venv-pythons/3.N`` for each. A version that is not there is named: it was not tried.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from release import suite
from release.locks import FOLDER, ROOT

PLACE = ROOT / ".venv-pythons"
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
NOT_TRIED = 5
"""Nothing failed, but a version was not there: no pass, as in the audit."""
_PROBE = "import ensurepip, sys; print('.'.join(map(str, sys.version_info[:2])))"


def found(version: str, path: str | None = None, home: Path | None = None) -> str | None:
    """An interpreter of this version that starts and can make environments. Launchers that only look like one, as
    pyenv's do for versions that are not chosen, are passed over."""
    for candidate in _candidates(version, path, home or Path.home()):
        try:
            told = subprocess.run([candidate, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if told.returncode == 0 and told.stdout.strip() == version:
            return candidate
    return None


def _candidates(version: str, path: str | None, home: Path) -> Iterator[str]:
    on_path = shutil.which(f"python{version}", path=path)
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    uv = home / ".local" / "share" / "uv" / "python"
    for folder in (*pyenv.glob(f"{version}.*"), *uv.glob(f"cpython-{version}.*")):
        yield str(folder / "bin" / f"python{version}")


def main(arguments: list[str]) -> int:
    """0 if all passed on all versions, 1 if something failed, 5 if a version was not there."""
    wanted = suite.wish(arguments, "release.pythons", suite.areas())
    codes = [_on(version, wanted) for version in VERSIONS]
    return 1 if 1 in codes else max(codes)


def _on(version: str, wanted: suite.Wish) -> int:
    interpreter = found(version)
    if interpreter is None:
        print(f"Python {version}: not on this machine, not tried", flush=True)  # noqa: T201
        return NOT_TRIED
    place = suite.Place(PLACE / version, interpreter, FOLDER / "dev.txt")
    suite.furnish(place)
    return suite.verdict(f"Python {version}", suite.run(place, wanted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
