"""The lock files give what setup.cfg asks for, with hashes, and name no index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from release import locks


@pytest.mark.parametrize("file", locks.LOCKS)
def test_a_lock_file_gives_all_that_setup_cfg_asks_for(file: str) -> None:
    assert locks.gaps(file, locks.LOCKS[file]) == []


@pytest.mark.parametrize("file", locks.LOCKS)
def test_every_locked_package_has_hashes_and_no_address(file: str) -> None:
    text = (locks.FOLDER / file).read_text()
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_the_wider_lock_files_agree_with_the_core() -> None:
    core = locks.locked("core.txt")
    assert core
    for file in ("sandbox.txt", "dev.txt", "fuzz.txt"):
        wider = locks.locked(file)
        assert {name: wider.get(name) for name in core} == core


def test_a_missing_and_an_outgrown_package_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "core.txt").write_text("click==1.0 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(locks, "FOLDER", tmp_path)
    found = locks.gaps("core.txt", None)
    assert "core.txt: httpx is not locked" in found
    assert [one for one in found if one.startswith("core.txt: click is locked at 1.0")]


def test_a_lock_file_keeps_the_extras_that_packages_ask_for() -> None:
    # Without them pip's hash mode refuses the file as soon as a newer version than the locked one is on the index.
    named = re.findall(r"^([a-z0-9-]+)\[", (locks.FOLDER / "sandbox.txt").read_text(), re.MULTILINE)
    assert {"moto", "psycopg"} <= set(named)
