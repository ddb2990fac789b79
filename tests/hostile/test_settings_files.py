"""Whatever stands in the place of a settings file: an error that says which file and what next; exit 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

DEEP = "[" * 50_000
FILES: dict[str, Callable[[Path], object]] = {
    "bytes that are no text": lambda path: path.write_bytes(b"\x80\xff\x00" * 100),
    "half of UTF-16": lambda path: path.write_bytes(b"\xff\xfea"),
    "10 MB": lambda path: path.write_bytes(b"A=b\n" * 2_500_000),
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a file that leads to itself": lambda path: path.symlink_to(path),
    "a folder": lambda path: path.mkdir(),
}
TOML: dict[str, str] = {
    "nested too deep": f"a = {DEEP}",
    "a number of 5,000 digits": "[gate]\ngo = " + "9" * 5_000,
    "a key of 100,000 dots": "a." * 100_000 + "b = 1",
    "a control character": "[gate]\ngo = 0.9 \x1b[2J",
    "a section in a text's place": "[function.name]\na = 1",
    "a value that is no number": '[gate]\ngo = "high"',
    "not a number": "[gate]\ngo = nan",
    "beyond all measure": "[function]\ntimeout = inf",
    "an unknown name with an escape sequence": '[gate]\n"\\u001b[2Jgoo" = 1',
    "a pattern without end": '[[signature]]\nid = "own.a"\ntitle = "x"\nmatch = "(((((a+)+)+)+"',
}


def run(folder: Path, *words: str) -> tuple[int, str]:
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-m", "diag", *words]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def is_told(code: int, text: str, name: str) -> bool:
    return code == 2 and name in text and "Traceback" not in text and "\x1b" not in text and len(text) < 2_000


@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize(("flag", "name"), [("--env-file", "my.env"), ("--config", "my.toml")])
def test_a_file_that_cannot_be_one_is_named(tmp_path: Path, what: str, flag: str, name: str) -> None:
    FILES[what](tmp_path / name)
    code, text = run(tmp_path, "config", "show", flag, name)
    assert is_told(code, text, name), text[:500]


@pytest.mark.parametrize("what", TOML)
def test_a_settings_file_that_makes_no_sense_is_named(tmp_path: Path, what: str) -> None:
    (tmp_path / "nukediag.toml").write_text(TOML[what])
    code, text = run(tmp_path, "config", "check")
    assert code in (2, 3, 4) if what == "a pattern without end" else is_told(code, text, "nukediag.toml"), text[:500]
    assert "Traceback" not in text
    assert "nukediag itself failed" not in text


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"SUPABASE_URL=https://abcdefghijklmnopqrst.supabase.co\n")
    os.close(writer)
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-m", "diag", "config", "show", "--env-file", f"/dev/fd/{reader}"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, pass_fds=[reader], timeout=60, check=False
    )
    os.close(reader)
    assert "abcdefghijklmnopqrst" in done.stdout
