"""What nukediag keeps is for its owner's eyes alone, and nobody can lead its pen elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.backfill.journal import Journal
from diag.private import NotPrivate, open_private, private_folder
from diag.sandbox.state import write_private

SOMEBODY_ELSE = 65_534
ROOT_ONLY = os.geteuid() == 0


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
async def test_a_journal_with_all_its_files_and_folders_is_private_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        held = await Journal.open(tmp_path / "new" / "state" / "j.sqlite3", "f", "run-1")
        await held.begin(1, {})
        await held.intent("a")
        found = {path.name: mode(path) for path in (tmp_path / "new" / "state").iterdir()}
        await held.close()
    finally:
        os.umask(before)
    assert found == {"j.sqlite3": 0o600, "j.sqlite3-wal": 0o600, "j.sqlite3-shm": 0o600, "j.lock": 0o600}
    assert (mode(tmp_path / "new"), mode(tmp_path / "new" / "state")) == (0o700, 0o700)


async def test_looser_modes_of_an_older_journal_are_mended(tmp_path: Path) -> None:
    home = tmp_path / "state"
    home.mkdir(mode=0o755)
    for name in ("j.sqlite3", "j.lock"):
        (home / name).touch(mode=0o644)
    await (await Journal.open(home / "j.sqlite3", "f", "run-1")).close()
    assert (mode(home), mode(home / "j.sqlite3"), mode(home / "j.lock")) == (0o700, 0o600, 0o600)


@pytest.mark.parametrize("name", ["j.sqlite3", "j.lock"])
@pytest.mark.parametrize("lead", ["symlink_to", "hardlink_to"])
async def test_a_link_in_the_journals_place_is_not_written_through(tmp_path: Path, name: str, lead: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "state").mkdir()
    getattr(tmp_path / "state" / name, lead)(victim)
    with pytest.raises(NotPrivate) as caught:
        await Journal.open(tmp_path / "state" / "j.sqlite3", "f", "run-1")
    assert victim.read_text() == "precious"
    assert caught.value.exit_code == 2
    assert "--state-dir" in caught.value.remedy


def test_a_link_that_leads_nowhere_makes_no_file_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPrivate):
        open_private(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_pipe_in_a_files_place_does_not_hold_anybody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotPrivate):
        open_private(tmp_path / "pipe")


def test_a_folder_that_is_an_own_link_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert private_folder(tmp_path / "link").is_dir()
    assert mode(tmp_path / "there") == 0o700


@pytest.mark.parametrize("what", ["folder", "link", "file"])
def test_what_another_user_has_put_there_is_refused(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    if ROOT_ONLY:
        os.chown(tmp_path / what, SOMEBODY_ELSE, SOMEBODY_ELSE, follow_symlinks=False)
    else:  # nobody but root can give files away: be somebody else instead
        monkeypatch.setattr(os, "geteuid", lambda: SOMEBODY_ELSE)
    with pytest.raises(NotPrivate, match=r"somebody else|another user"):
        open_private(tmp_path / what) if what == "file" else private_folder(tmp_path / what)


def test_a_settings_file_with_secrets_is_private_at_every_moment(tmp_path: Path, any_umask: None) -> None:
    path = tmp_path / "sandbox.env"
    path.touch(mode=0o644)
    write_private(path, "KEY=value\n")
    assert path.read_text() == "KEY=value\n"
    assert mode(path) & 0o077 == 0
