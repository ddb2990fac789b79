"""The tests in other environments: no area is forgotten, what passed is passed over only on request."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from release import minimal, suite
from release.locks import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a good area, a bad one and one where every test wants a sandbox."""
    words = {
        "good/test_a.py": "def test_a(): assert True",
        "bad/test_b.py": "def test_b(): assert False",
        "test_boxed.py": "import pytest\n@pytest.mark.sandbox\ndef test_c(): assert False",
    }
    for name, text in words.items():
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / name).write_text(text)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nmarkers = ["sandbox"]\n')
    return tmp_path


@pytest.fixture
def place(tmp_path: Path) -> suite.Place:
    """An environment that is this one."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "environment").symlink_to(sys.prefix)
    (folder / "lock.txt").write_text("click==8.4.0")
    return suite.Place(folder, sys.executable, folder / "lock.txt")


def test_every_test_file_belongs_to_an_area_that_is_run() -> None:
    known = suite.areas()
    assert {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")} == set(known)
    assert set(minimal.TOOLS) < set(known)


def test_what_failed_is_named_and_what_passed_is_not_run_again(
    project: Path, place: suite.Place, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = suite.Wish(("bad", "good"))
    assert suite.run(place, wanted, project) == ["bad"]
    (project / "tests" / "good" / "test_a.py").write_text("def test_a(): assert False")
    capsys.readouterr()
    assert suite.run(place, replace(wanted, resume=True), project) == ["bad"]
    assert "good: passed before" in capsys.readouterr().out
    assert suite.run(place, wanted, project) == ["bad", "good"]


def test_other_libraries_make_what_passed_before_worthless(project: Path, place: suite.Place) -> None:
    wanted = suite.Wish(("good",), resume=True)
    assert suite.run(place, wanted, project) == []
    (project / "tests" / "good" / "test_a.py").write_text("def test_a(): assert False")
    place.lock.write_text("click==8.5.0")
    assert suite.run(place, wanted, project) == ["good"]


def test_an_area_passed_without_its_sandbox_is_not_passed(project: Path, place: suite.Place) -> None:
    wanted = suite.Wish(("test_boxed.py",), resume=True, sandbox=False)
    assert suite.run(place, wanted, project) == []
    assert suite.run(place, replace(wanted, sandbox=True), project) == ["test_boxed.py"]


def test_an_unknown_area_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        suite.wish(["gat", "--resume"], "release.minimal", ["gate", "rows"])
    assert (ended.value.code, "no such area: gat" in capsys.readouterr().err) == (2, True)


def test_all_areas_are_run_unless_some_are_named() -> None:
    assert suite.wish([], "x", ["gate", "rows"]).areas == ("gate", "rows")
    assert suite.wish(["rows", "--without-sandbox"], "x", ["gate", "rows"]) == suite.Wish(("rows",), sandbox=False)


@pytest.mark.parametrize(("failed", "code", "words"), [([], 0, "passed"), (["gate"], 1, "failed in gate")])
def test_the_verdict_names_what_failed(
    failed: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suite.verdict("Python 3.12", failed) == code
    assert capsys.readouterr().out == f"Python 3.12: {words}\n"
