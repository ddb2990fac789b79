"""The interpreters of a machine: those that start and are what they are called."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path

import pytest

from release import pythons
from release.locks import ROOT

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_launcher_that_only_looks_like_an_interpreter_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    program(tmp_path / "bin" / f"python{OWN}", "exit 127")
    real = program(tmp_path / f".pyenv/versions/{OWN}.0/bin/python{OWN}", f'exec {sys.executable} "$@"')
    assert pythons.found(OWN, str(tmp_path / "bin"), tmp_path) == str(real)


@pytest.mark.parametrize("text", ["exit 127", "echo 2.7", f'exec {sys.executable} -S -c "import absent"'])
def test_what_is_not_the_version_asked_for_is_none(text: str, tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3.99", text)
    assert pythons.found("3.99", str(tmp_path / "bin"), tmp_path) is None


def test_a_version_that_is_not_there_is_said_and_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pythons, "VERSIONS", ("3.99",))
    assert pythons.main(["test_secret.py"]) == pythons.NOT_TRIED
    assert capsys.readouterr().out == "Python 3.99: not on this machine, not tried\n"


def test_every_version_that_the_package_names_is_tried() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    named = {line.rsplit(" ", 1)[1] for line in setup["metadata"]["classifiers"].splitlines() if "Python :: 3." in line}
    assert named
    assert named <= set(pythons.VERSIONS)


def test_a_failure_on_one_version_outweighs_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {"3.11": 0, "3.12": 1, "3.13": 0, "3.14": pythons.NOT_TRIED}
    monkeypatch.setattr(pythons, "_on", lambda version, wanted: codes[version])
    assert pythons.main([]) == 1
    codes["3.12"] = 0
    assert pythons.main([]) == pythons.NOT_TRIED
