"""Every value that opens a door is a canary: no output, file or journal may hold it, nor any 8 characters of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scenarios.canaries import canaries, leaks
from scenarios.conftest import Stage
from scenarios.invocations import ANSWER, ELSEWHERE, EVERYWHERE, ONCE, Words, leaves

from diag.cli import main
from diag.sandbox.scenarios import SCENARIOS
from diag.sandbox.state import cache_root

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


def files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def shown(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run a command where the function's secrets stand in the usual file; all that it showed."""
    cache = cache_root()  # what was downloaded once, which a new home would hide
    for name in set(os.environ) - {"PATH", "LANG", "TMPDIR", "PYTEST_CURRENT_TEST", "NUKEDIAG_CACHE_DIR"}:
        monkeypatch.delenv(name)
    home = tmp_path / "project"
    (home / "supabase/functions").mkdir(parents=True)
    (home / "supabase/functions/.env").write_text(stage.sandbox.functions_env.read_text())
    (home / ".env.local").write_text(stage.sandbox.env_file.read_text())
    monkeypatch.setenv("NUKEDIAG_CACHE_DIR", str(cache))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(home)

    def run(*words: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main([one.replace(ANSWER, _pasted(stage)) for one in words])
        told = capsys.readouterr()
        return told.out + told.err

    monkeypatch.setenv("NUKEDIAG_STATE_DIR", str(stage.sandbox.folder.parent.parent))
    return run


def _pasted(stage: Stage) -> str:
    return f"Error: 401 Incorrect API key provided: {canaries(stage.sandbox, whole=True)['OPENAI_API_KEY']}."


def words_of(command: str, more: Words, journals: Path) -> Words:
    """The command line; the journals of all but the sandbox's own commands stand in a folder of the test's."""
    away = () if command.startswith(("sandbox", "explain", "help", "completion")) else ("--state-dir", str(journals))
    return (*command.split(), *away, *more)


def look_through(
    stage: Stage, shown: Callable[..., str], folder: Path, table: dict[str, tuple[Words, ...]]
) -> dict[str, list[str]]:
    """Run every command of the table; nothing that it shows may hold a piece of a canary. The files that do."""
    for command, runs in table.items():
        for more in runs:
            text = shown(*words_of(command, more, folder / "state"))
            assert text, (command, more)
            assert "nukediag itself failed" not in text, (command, more)
            assert leaks(stage.sandbox, text) == [], (command, more)
    own = {folder / "project/.env.local", folder / "project/supabase/functions/.env"}
    return {
        str(path): found for path, text in files(folder) if path not in own and (found := leaks(stage.sandbox, text))
    }


def test_every_command_has_its_place_in_the_tables() -> None:
    known = {*EVERYWHERE, *ONCE, *ELSEWHERE}
    assert set(leaves()) - known == set(), "say in invocations.py how these are to be looked through"
    assert known - set(leaves()) == set(), "these are no commands (any more)"


@pytest.mark.parametrize("name", SCENES)
def test_no_command_shows_or_writes_any_piece_of_a_secret(
    stage: Stage, shown: Callable[..., str], tmp_path: Path, name: str
) -> None:
    stage.play(name)
    (tmp_path / "project/.env.local").write_text(stage.sandbox.env_file.read_text())  # some scenarios change the key
    assert look_through(stage, shown, tmp_path, EVERYWHERE) == {}


def test_nor_does_any_command_that_needs_to_be_looked_through_only_once(
    stage: Stage, shown: Callable[..., str], tmp_path: Path
) -> None:
    stage.play("healthy")
    (tmp_path / "project/.env.local").write_text(stage.sandbox.env_file.read_text())
    assert look_through(stage, shown, tmp_path, ONCE) == {}


def test_a_drill_shows_nothing_of_the_shape_of_a_key(shown: Callable[..., str]) -> None:
    text = shown("sandbox", "drill", "--scenario", "openai-key-invalid", "--scenario", "healthy", "-vv")
    assert "openai-key-invalid" in text
    assert re.findall(r"(?:sk-proj-|sb_secret_|sbp_|eyJ[\w-]+\.eyJ)[\w-]{8}", text) == []


def test_the_canaries_would_be_found(stage: Stage) -> None:
    secret = canaries(stage.sandbox)["OPENAI_API_KEY"]
    assert leaks(stage.sandbox, f"before {secret[5:13]} after") == ["OPENAI_API_KEY"]
