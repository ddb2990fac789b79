"""``nukediag init`` as a process, from files alone."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from cli.running import clean_environment, nukediag

from diag.report.init_document import InitDocument

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES / "transcribe", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_files_alone_are_enough_for_a_proposal(folder: Path) -> None:
    ran = nukediag(folder, "init")
    written = tomllib.loads((folder / "nukediag.toml").read_text())
    assert ran.code == 0
    assert written["table"]["name"] == "recordings"
    assert written["table"]["results"] == ["transcripts"]
    assert written["function"]["payload"] == {"recording_id": "id", "audio_url": "audio_url"}


def test_what_could_not_be_known_is_said(folder: Path) -> None:
    ran = nukediag(folder, "init", "--stdout")
    assert "could not be looked at: what is deployed" in ran.err
    assert "# could not be looked at: the tables of the project" in ran.out
    assert not (folder / "nukediag.toml").exists()


def test_the_written_file_is_what_every_other_command_reads(folder: Path) -> None:
    nukediag(folder, "init")
    shown = nukediag(folder, "config", "show").out
    assert "transcribed_at" in shown
    assert nukediag(folder, "config", "check").code == 0


def test_a_file_that_exists_is_left_alone_without_force(folder: Path) -> None:
    (folder / "nukediag.toml").write_text('[project]\nref = "abcdefghijklmnopqrst"\n')
    refused = nukediag(folder, "init")
    assert (refused.code, "nukediag init --force" in refused.err) == (2, True)
    assert nukediag(folder, "init", "--force").code == 0
    written = tomllib.loads((folder / "nukediag.toml").read_text())
    assert (written["project"]["ref"], written["function"]["name"]) == ("abcdefghijklmnopqrst", "transcribe")


def test_another_place_can_be_named(folder: Path) -> None:
    assert nukediag(folder, "init", "--output", "other.toml").code == 0
    assert (folder / "other.toml").exists()
    unwritable = nukediag(folder, "init", "--output", "no/such/folder.toml")
    assert (unwritable.code, "cannot be written" in unwritable.err) == (2, True)


def test_what_somebody_says_counts(folder: Path) -> None:
    ran = nukediag(folder, "init", "--stdout", "--table", "notes", "--marker", "read_at", "--function", "other")
    written = tomllib.loads(ran.out)
    assert (written["table"]["name"], written["table"]["marker"], written["function"]["name"]) == (
        "notes",
        "read_at",
        "other",
    )


def test_json_is_one_document(folder: Path) -> None:
    document = InitDocument.model_validate(nukediag(folder, "init", "--json").document)
    assert document.file == "nukediag.toml"
    assert {choice.key: choice.value for choice in document.choices}["table.name"] == "recordings"


def test_no_value_of_a_secret_is_written(folder: Path) -> None:
    secret = "sk-proj-" + "4f9aQz" * 8
    (folder / "supabase" / "functions" / ".env").write_text(f"OPENAI_API_KEY={secret}\nAWS_REGION=us-east-1\n")
    ran = nukediag(folder, "init", "--stdout", "-v")
    assert secret[:16] not in ran.out + ran.err
    assert "OPENAI_API_KEY" in ran.out


def test_an_empty_folder_gives_the_defaults_with_every_guess_marked(tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "init", "--stdout")
    assert ran.code == 0
    assert tomllib.loads(ran.out)["function"]["name"] == "analyze-image"
    assert "# check: no function was found: the default" in ran.out


def _on_a_terminal(folder: Path, typed: str) -> str:
    """What a terminal shows; ``typed`` is sent at the first question."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "diag", "init"], cwd=folder, env=clean_environment(folder, TERM="xterm"),
        stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    shown, asked, deadline = "", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096).decode(errors="replace")
            except OSError:
                break
        elif process.poll() is not None:
            break
        if "Which column" in shown and not asked:
            asked = True
            os.write(ours, typed.encode())
    assert process.wait(10) == 0, shown
    os.close(ours)
    return shown


def test_on_a_terminal_it_asks_where_it_is_unsure(folder: Path) -> None:
    migration = folder / "supabase" / "migrations" / "20260905090000_recordings.sql"
    columns = "heard_at timestamptz, sent_at timestamptz"
    migration.write_text(migration.read_text().replace("transcribed_at timestamptz", columns))
    shown = _on_a_terminal(folder, "sent_at\n")
    assert "heard_at, sent_at" in shown
    assert tomllib.loads((folder / "nukediag.toml").read_text())["table"]["marker"] == "sent_at"
