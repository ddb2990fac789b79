"""What a server or a log says cannot steer the terminal it is shown on, whatever command and format shows it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio import StreamReader, StreamWriter
from pathlib import Path

import pytest
from project.odd_servers import KEY, REF, TOKEN, serving

STEERING = (
    "\x1b[2J\x1b[1;1H\x1b]0;HEALTHY\x07\x1b]52;c;cm0gLXJm\x07\x1b]8;;https://evil.invalid\x1b\\click\x1b]8;;\x1b\\"
    "\x9b31m\x9d0;t\x9c\x90q\x9c\x08\x08\x08\x7f\r\nVERDICT healthy\x00 \u202ekcab\u202c \u2066x\u2069 \u200f\u2028next"
)
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
SAID = f"boom {STEERING} end"


async def speak(reader: StreamReader, writer: StreamWriter) -> None:
    """Every answer is an error that says it all."""
    body = json.dumps({"message": SAID, "error": SAID, "code": "PGRST301", "hint": SAID}, ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 500 Oops\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
    )
    writer.write(head.encode() + b"x-odd: a\x9b31m\r\n\r\n" + body)
    await writer.drain()


async def shown(folder: Path, url: str, *words: str) -> str:
    """All that a command writes, to both streams."""
    environ = {
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "NUKEDIAG_STATE_DIR": str(folder / "state"), "LANG": "C.UTF-8",
        "SUPABASE_URL": url, "SUPABASE_SERVICE_ROLE_KEY": KEY, "SUPABASE_ACCESS_TOKEN": TOKEN,
        "SUPABASE_PROJECT_REF": REF, "NUKEDIAG_MANAGEMENT_URL": url, "PYTHONPATH": ":".join(sys.path),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "diag", *words, env=environ, cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    told, _ = await process.communicate()
    return told.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("functions", "deploy", "nukediag-probe", "--yes"),
        ("queue", "status"),
        ("test-image", "1"),
        ("test-image", "1", "--json"),
        ("preflight", "--only", "function.call", "-vv"),
    ],
    ids=" ".join,
)
async def test_an_error_of_a_server_cannot(tmp_path: Path, words: tuple[str, ...]) -> None:
    async with serving(speak) as url:
        text = await shown(tmp_path, url, *words)
    assert text.strip()
    assert "nukediag itself failed" not in text
    assert ACTIVE.findall(text) == []


@pytest.mark.parametrize("more", [(), ("--json",), ("--format", "json"), ("-vv",), ("--color", "always")], ids=" ".join)
@pytest.mark.parametrize("text", [SAID, f"[12:00:00] ❌ {SAID}\n" * 5, json.dumps({"error": SAID})], ids=str.__len__)
async def test_a_pasted_text_cannot(tmp_path: Path, text: str, more: tuple[str, ...]) -> None:
    (tmp_path / "pasted.txt").write_text(text)
    found = await shown(tmp_path, "http://127.0.0.1:9", "explain", "pasted.txt", *more)
    colours = re.compile(r"\x1b\[[0-9;]*m") if "always" in more else re.compile("$^")
    assert found.strip()
    assert ACTIVE.findall(colours.sub("", found)) == []


async def test_nor_can_a_name_that_is_repeated_in_an_error(tmp_path: Path) -> None:
    text = await shown(tmp_path, "http://127.0.0.1:9", "explain", "--jsonl", "no\x1b[2Jfile\u202e")
    assert "no?[2Jfile?" in text
