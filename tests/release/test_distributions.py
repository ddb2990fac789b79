"""Wheel and sdist are complete, the same bytes each time, and work without the repository."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from release.distributions import build, export, settled

WHEN = 1_700_000_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this tree as they are now."""
    return export(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Wheel and sdist of this tree."""
    return build(tmp_path_factory.mktemp("dist"), source, WHEN)


@pytest.fixture(scope="module")
def clean(made: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel in it and no path to the repository.

    The libraries come from the environment that runs the tests, by a path entry: entries of that kind do not follow
    the editable installation's own one.
    """
    place = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    wheel = next(path for path in made if path.suffix == ".whl")
    python = place / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    subprocess.run(install, check=True, capture_output=True, env=_alone())  # a PYTHONPATH could hold diag already
    libraries = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    (libraries / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (place / "bin" / "deno").symlink_to(Path(sysconfig.get_path("scripts")) / "deno")
    return place / "bin"


def _alone() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("SUPABASE", "PYTHONPATH"))}


def run(folder: Path, *words: str, state: Path) -> subprocess.CompletedProcess[str]:
    environ = _alone() | {"NUKEDIAG_STATE_DIR": str(state)}
    return subprocess.run(
        [folder / "nukediag", *words], cwd=state, env=environ, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_every_file_of_the_package(made: list[Path], source: Path) -> None:
    wheel = next(path for path in made if path.suffix == ".whl")
    tracked = {str(path.relative_to(source)) for path in (source / "diag").rglob("*") if path.is_file()}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == tracked


def test_two_builds_are_the_same_bytes_whatever_the_umask(made: list[Path], source: Path, tmp_path: Path) -> None:
    previous = os.umask(0o077)
    try:
        again = build(tmp_path, source, WHEN)
    finally:
        os.umask(previous)
    assert [path.name for path in again] == [path.name for path in made]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in made]


def test_an_sdist_tells_nothing_about_who_built_it() -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as packed:
        for name in ("b", "a"):
            member = tarfile.TarInfo(name)
            member.uname, member.mtime, member.size = "somebody", 5, 1
            packed.addfile(member, io.BytesIO(b"x"))
    with tarfile.open(fileobj=io.BytesIO(settled(raw.getvalue(), WHEN))) as packed:
        members = packed.getmembers()
    assert [(one.name, one.uname, one.mtime) for one in members] == [("a", "", WHEN), ("b", "", WHEN)]


def test_the_installed_wheel_does_not_look_into_the_repository(clean: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [clean / "python", "-c", "import diag; print(diag.__file__)"], cwd=tmp_path, capture_output=True, text=True
    )
    assert Path(where.stdout.strip()).is_relative_to(clean.parent)


def test_the_installed_wheel_explains_without_a_project(clean: Path, tmp_path: Path) -> None:
    told = run(clean, "explain", "openai.quota-exhausted", state=tmp_path)
    assert (told.returncode, "quota" in told.stdout) == (0, True)


def test_the_installed_wheel_runs_its_sandbox_and_a_preflight_against_it(clean: Path, tmp_path: Path) -> None:
    started = run(clean, "sandbox", "up", "--images", "20", "-q", state=tmp_path)
    try:
        assert started.returncode == 0, started.stderr
        looked = run(clean, "preflight", "--sandbox", "--json", state=tmp_path)
        deployed = run(clean, "functions", "deploy", "nukediag-probe", "--sandbox", state=tmp_path)
    finally:
        run(clean, "sandbox", "down", state=tmp_path)
    assert (json.loads(looked.stdout)["verdict"], deployed.returncode) == ("healthy", 0)
