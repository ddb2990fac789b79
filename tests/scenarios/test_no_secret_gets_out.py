"""Every value that opens a door is a canary: no output, file or journal may hold it, nor any 8 characters of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scenarios.canaries import canaries, leaks
from scenarios.conftest import Stage

from diag.cli import main
from diag.sandbox.scenarios import SCENARIOS

pytestmark = pytest.mark.sandbox
SCENES = [
    name
    for name in (
        "healthy", "openai-key-missing", "openai-key-invalid", "openai-key-quoted", "openai-quota-exhausted",
        "aws-signature-mismatch", "aws-access-denied", "function-key-wrong", "gemini-key-invalid", "error-in-200",
        "anon-key", "new-keys", "boot-error", "not-deployed",
    )
    if name in SCENARIOS
]  # fmt: skip
"""At least one of every component whose answers may carry a credential back. What each further scenario answers is
looked through in the same way by the test that plays them all."""
COMMANDS = (
    ("preflight", "-vv", "--max-cost", "0.001"),
    ("preflight", "--json", "-vv"),
    ("test-image", "--next", "-vv"),
    ("test-image", "--next", "--json"),
    ("secrets", "list", "-vv"),
    ("secrets", "diff", "--json"),
    ("secrets", "push", "-vv"),
    ("functions", "list"),
    ("config", "show", "-vv"),
    ("config", "show", "--json"),
    ("backfill", "--if-healthy", "--yes", "--limit", "2", "-vv"),
)


def files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def shown(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run a command where the function's secrets stand in the usual file; all that it showed."""
    for name in set(os.environ) - {"PATH", "LANG", "TMPDIR", "PYTEST_CURRENT_TEST", "NUKEDIAG_CACHE_DIR"}:
        monkeypatch.delenv(name)
    home = tmp_path / "project"
    (home / "supabase/functions").mkdir(parents=True)
    (home / "supabase/functions/.env").write_text(stage.sandbox.functions_env.read_text())
    (home / ".env.local").write_text(stage.sandbox.env_file.read_text())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(home)

    def run(*words: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main([*words, "--state-dir", str(tmp_path / "state")])
        told = capsys.readouterr()
        return told.out + told.err

    return run


@pytest.mark.parametrize("name", SCENES)
def test_no_command_shows_or_writes_any_piece_of_a_secret(
    stage: Stage, shown: Callable[..., str], tmp_path: Path, name: str
) -> None:
    stage.play(name)
    (tmp_path / "project/.env.local").write_text(stage.sandbox.env_file.read_text())  # some scenarios change the key
    for words in COMMANDS:
        text = shown(*words)
        assert text, words
        assert leaks(stage.sandbox, text) == [], words
    written = {str(path): found for path, text in files(tmp_path / "state") if (found := leaks(stage.sandbox, text))}
    assert written == {}


def test_the_canaries_would_be_found(stage: Stage) -> None:
    secret = canaries(stage.sandbox)["OPENAI_API_KEY"]
    assert leaks(stage.sandbox, f"before {secret[5:13]} after") == ["OPENAI_API_KEY"]
