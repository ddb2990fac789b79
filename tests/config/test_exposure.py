"""An env file with secrets that others can read, or that git keeps, is named; one without any concerns nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from diag.config import load
from diag.config.exposure import is_tracked

from .samples import SECRET_KEY

SECRETS = f"SUPABASE_SERVICE_ROLE_KEY={SECRET_KEY}\n"


def warned(folder: Path) -> str:
    return " ".join(load(environ={}, folder=folder).warnings)


def written(folder: Path, text: str = SECRETS, mode: int = 0o600, name: str = ".env.local") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (0o600, ""), (0o400, ""), (0o700, ""), (0o640, "its whole group"), (0o660, "its whole group"),
        (0o644, "every user of this machine"), (0o604, "every user of this machine"),
        (0o602, "every user of this machine"), (0o777, "every user of this machine"),
    ],
)  # fmt: skip
def test_a_file_that_others_can_read_is_named_with_the_command_that_mends_it(
    tmp_path: Path, mode: int, said: str
) -> None:
    written(tmp_path, mode=mode)
    assert said in warned(tmp_path)
    assert ("chmod 600 .env.local" in warned(tmp_path)) == bool(said)


@pytest.mark.parametrize("name", [".env", ".env.local", "supabase/functions/.env", "supabase/.env.production"])
def test_a_file_that_git_keeps_is_named_wherever_it_stands(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init")
    written(tmp_path, name=name)
    assert "tracked by git" not in warned(tmp_path)
    git(tmp_path, "add", "-f", name)
    assert f"{name} is tracked by git" in warned(tmp_path)
    git(tmp_path, "rm", "--cached", name)
    assert "tracked by git" not in warned(tmp_path)


def test_a_file_without_a_secret_may_be_read_and_kept_by_anybody(tmp_path: Path) -> None:
    git(tmp_path, "init")
    written(tmp_path, "NUKEDIAG_TIMEOUT=20\nSUPABASE_URL=https://abcdefghijklmnopqrst.supabase.co\n", 0o644)
    git(tmp_path, "add", "-f", ".env.local")
    assert warned(tmp_path) == ""


def test_a_repository_cannot_have_a_program_run_by_being_looked_at(tmp_path: Path) -> None:
    git(tmp_path, "init")
    git(tmp_path, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    git(tmp_path, "config", "alias.ls-files", f"!touch {tmp_path}/ran")
    assert not is_tracked(written(tmp_path))
    assert not (tmp_path / "ran").exists()


def test_a_repository_cannot_have_a_program_run_by_lacking_what_it_lists(tmp_path: Path) -> None:
    """A sparse index is filled from trees; a missing one is fetched, by a program that the repository names."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far/file").write_text("x")
    env_file = written(tmp_path)
    for words in ("init", "add -f .", "-c user.email=a@b -c user.name=a commit -m all"):
        git(tmp_path, *words.split())
    tree = git(tmp_path, "rev-parse", "HEAD:far").strip()
    git(tmp_path, "sparse-checkout", "init", "--cone", "--sparse-index")
    settings = {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "/nowhere",
        "remote.origin.uploadpack": f"touch {tmp_path}/ran; false",
    }
    for name, value in settings.items():
        git(tmp_path, "config", name, value)
    (tmp_path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    is_tracked(env_file)
    assert not (tmp_path / "ran").exists()


def test_without_git_or_a_repository_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_tracked(written(tmp_path))
    git(tmp_path, "init")
    git(tmp_path, "add", "-f", ".env.local")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_tracked(tmp_path / ".env.local")


def test_the_warning_shows_nothing_of_the_secret(tmp_path: Path) -> None:
    written(tmp_path, mode=0o644)
    assert SECRET_KEY[10:18] not in warned(tmp_path)
