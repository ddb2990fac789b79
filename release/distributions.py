"""Wheel and sdist, the same bytes from the same commit: ``python -m release.distributions [FOLDER]``.

setuptools takes the moment from ``SOURCE_DATE_EPOCH`` for the wheel, but not for the sdist's tar and gzip headers,
which would carry the builder's clock, user and umask. The sdist is therefore packed again with those taken out.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def moment(root: Path = ROOT) -> int:
    """Seconds since 1970 of the commit that is built, or ``SOURCE_DATE_EPOCH`` where that is set."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout)


def build(out: Path, source: Path, when: int) -> list[Path]:
    """Build both from a folder that holds nothing but what is to be packed; their paths."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "source"
        shutil.copytree(source, copy, copy_function=_plain)
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(copy)]
        environ = {**os.environ, "SOURCE_DATE_EPOCH": str(when), "PYTHONHASHSEED": "0"}
        subprocess.run(command, env=environ, check=True, capture_output=True, umask=0o022)
    made = sorted(out.glob("nukediag-*"))
    for path in made:
        if path.name.endswith(".tar.gz"):
            path.write_bytes(settled(path.read_bytes(), when))
    return made


def _plain(source: str, target: str) -> None:
    # A wheel keeps the modes that it finds: they must not be those of the builder's umask.
    shutil.copyfile(source, target)
    os.chmod(target, 0o644)


def export(target: Path, root: Path = ROOT) -> Path:
    """Copy the files that git tracks, as they are now: nothing else can slip into what is built."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    return target


def settled(sdist: bytes, when: int) -> bytes:
    """The same sdist in name order, without the builder's clock, user or umask."""
    plain = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(sdist)) as source,
        tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for member in sorted(source.getmembers(), key=lambda one: one.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = when, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() else 0o644
            member.pax_headers = {}
            target.addfile(member, source.extractfile(member) if member.isfile() else None)
    return gzip.compress(plain.getvalue(), mtime=when)


def main(arguments: list[str]) -> int:
    """Build into a folder (default ``dist``) and print what was made."""
    out = Path(arguments[0] if arguments else ROOT / "dist")
    with tempfile.TemporaryDirectory() as place:
        for made in build(out, export(Path(place) / "tracked"), moment()):
            print(made)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
