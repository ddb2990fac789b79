"""As a user meets it: in a real terminal, in a pipe whose reader leaves, and where there is no UTF-8."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from running import clean_environment, nukediag

from diag.sandbox import launch
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
ASCII = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
LONG = "Region is missing"
COMMAND = "supabase secrets set --env-file supabase/functions/.env --project-ref <project-ref>"


@dataclass(frozen=True)
class Seen:
    """What a terminal of 80 columns got, and how the command ended."""

    code: int
    screen: str

    @property
    def lines(self) -> list[str]:
        """The lines without their colours."""
        return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", self.screen).splitlines()


def in_terminal(folder: Path, *words: str, **environ: str) -> Seen:
    """Run a command with both streams on a real terminal."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    env = clean_environment(folder, **{"TERM": "xterm-256color", **environ})
    command = [sys.executable, "-m", "diag", *words]
    process = subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    told = bytearray()
    with suppress(OSError):  # a terminal whose other end is closed cannot be read
        while part := os.read(ours, 65536):
            told += part
    os.close(ours)
    return Seen(process.wait(60), told.decode().replace("\r\n", "\n"))


def head(folder: Path, *words: str, both: bool = False, **environ: str) -> tuple[int, str]:
    """Run a command whose reader leaves after the first line: its exit code, and what stands on stderr."""
    process = subprocess.Popen(
        [sys.executable, "-m", "diag", *words],
        cwd=folder,
        env=clean_environment(folder, **environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if both else subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    process.stdout.close()
    errors = process.stderr.read() if process.stderr else ""
    return process.wait(60), errors


def test_a_terminal_gets_colours_and_whole_commands(tmp_path: Path) -> None:
    seen = in_terminal(tmp_path, "explain", LONG)
    assert "\x1b[1;31m" in seen.screen
    assert any(line.strip() == COMMAND for line in seen.lines)
    assert [line for line in seen.lines if len(line) > 80 and COMMAND not in line] == []


@pytest.mark.parametrize("words", [("explain", "--list"), ("sandbox", "scenarios"), ("help", "checks")])
def test_what_is_listed_fits_80_columns(tmp_path: Path, words: tuple[str, ...]) -> None:
    seen = in_terminal(tmp_path, *words)
    assert seen.code == 0
    assert [line for line in seen.lines if len(line) > 80] == []


@pytest.mark.parametrize(
    "environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CLICOLOR": "0"}, {"NUKEDIAG_COLOR": "never"}]
)
def test_whoever_wants_no_colour_gets_not_a_single_escape(tmp_path: Path, environ: dict[str, str]) -> None:
    seen = in_terminal(tmp_path, "explain", LONG, **environ)
    assert "\x1b" not in seen.screen
    assert "FAILED  aws.region-invalid" in seen.screen


def test_a_pipe_gets_colours_where_they_are_forced_and_keeps_its_long_lines(tmp_path: Path) -> None:
    forced = nukediag(tmp_path, "explain", LONG, CLICOLOR_FORCE="1")
    plain = nukediag(tmp_path, "explain", LONG)
    assert "\x1b[1;31m" in forced.out
    assert "\x1b" not in plain.out
    assert re.sub(r"\x1b\[[\d;]*m", "", forced.out) == plain.out
    assert nukediag(tmp_path, "explain", LONG, "--no-color", CLICOLOR_FORCE="1").out == plain.out


@pytest.mark.parametrize(
    "words", [("--help",), ("preflight", "--help"), ("explain", "--list"), ("explain", LONG), ("explain", "übel —")]
)
def test_where_there_is_no_utf8_everything_is_said_in_ascii(tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = nukediag(tmp_path, *words, **ASCII)
    assert (ran.code, ran.out.isascii(), ran.err) == (0, True, "")
    assert ran.out.strip()


def test_a_document_holds_its_letters_where_there_is_no_utf8(tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "explain", "übel", "--json", **ASCII)
    assert ran.out.isascii()
    assert ran.document["evidence"][0]["text"] == "übel"


def test_an_error_is_said_in_ascii_as_well(tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "prüflight", **ASCII)
    assert (ran.code, ran.err.isascii()) == (2, True)
    assert "Did you mean 'preflight'?" in ran.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--help",), 0),
        (("preflight", "--help"), 0),
        (("explain", "--list"), 0),
        (("explain", "--list", "--json"), 0),
        (("explain", "--jsonl", "batch.jsonl"), 0),
        (("preflight", "--json"), 2),
    ],
)
@pytest.mark.parametrize("both", [False, True])
def test_a_reader_that_leaves_changes_neither_calm_nor_exit_code(
    tmp_path: Path, words: tuple[str, ...], code: int, both: bool
) -> None:
    (tmp_path / "batch.jsonl").write_text('{"body": "x"}\n' * 4000)
    ended, errors = head(tmp_path, *words, both=both)
    assert ended == code
    assert "Traceback" not in errors
    assert "pipe" not in errors.lower()


@pytest.mark.sandbox
@pytest.mark.parametrize("words", [(), ("--json",), ("--format", "junit")])
def test_a_broken_project_stays_broken_when_the_reader_leaves(
    play: Play, tmp_path: Path, words: tuple[str, ...]
) -> None:
    sandbox = play("openai-key-missing")
    code, errors = head(tmp_path, "preflight", "--env-file", str(sandbox.env_file), *words)
    assert (code, errors) == (3, "")


@pytest.mark.sandbox
def test_a_terminal_shows_one_live_line_and_then_the_report(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    seen = in_terminal(tmp_path, "preflight", "--env-file", str(sandbox.env_file))
    assert seen.code == 3
    live, _, report = seen.screen.partition("\x1b[?25h")  # the cursor comes back when the live line is gone
    assert "waiting for" in live
    assert "\x1b[1A\x1b[2K" not in live  # never more than one line
    assert "waiting for" not in report
    assert "UNHEALTHY" in report


@pytest.mark.sandbox
def test_a_dumb_terminal_gets_no_live_line(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    seen = in_terminal(tmp_path, "preflight", "--env-file", str(sandbox.env_file), TERM="dumb")
    assert seen.lines[0].startswith("preflight of")
    assert "\x1b" not in seen.screen


def line_with(stream: IO[str], words: str) -> str:
    """The first line that holds these words."""
    for line in stream:
        if words in line:
            return line
    raise AssertionError(f"ended without saying {words!r}")


def waiting_for_the_data_api(sandbox: Sandbox, folder: Path, *words: str) -> subprocess.Popen[str]:
    """A preflight that waits, up to the moment where it has said so."""
    command = [sys.executable, "-m", "diag", "preflight", "--env-file", str(sandbox.env_file), "--wait", "2m", *words]
    process = subprocess.Popen(
        command, cwd=folder, env=clean_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert "data.table" in line_with(process.stderr, "not yet: ")
    return process


@pytest.mark.sandbox
def test_waiting_ends_when_what_was_missing_has_come(play: Play, tmp_path: Path) -> None:
    sandbox = play("data-api-down")
    process = waiting_for_the_data_api(sandbox, tmp_path, "--json")
    launch.switch(sandbox, "healthy")
    out, _ = process.communicate(timeout=120)
    document = json.loads(out)
    table = next(check for check in document["checks"] if check["id"] == "data.table")
    assert (process.returncode, document["verdict"], table["status"]) == (0, "healthy", "pass")
    assert table["attempts"] > 1


@pytest.mark.sandbox
def test_waiting_never_follows_a_definite_failure(play: Play, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--wait", "2m", sandbox=play("openai-key-missing"))
    assert (ran.code, "not yet" in ran.err) == (3, False)


@pytest.mark.sandbox
@pytest.mark.parametrize("words", [("--json",), ()])
def test_ctrl_c_prints_what_is_known_and_ends_in_130(play: Play, tmp_path: Path, words: tuple[str, ...]) -> None:
    process = waiting_for_the_data_api(play("data-api-down"), tmp_path, *words)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert [line for line in errors.splitlines() if not line.startswith("not yet: ")] == []
    if words:
        document = json.loads(out)
        status = {check["id"]: check["status"] for check in document["checks"]}
        assert (document["exit_code"], status["project.active"], status["data.table"]) == (130, "pass", "unknown")
    else:
        assert "exit code 130" in out
