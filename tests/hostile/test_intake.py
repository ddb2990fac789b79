"""What is given to ``explain`` may be as large as it likes: it is read in constant memory."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from diag.cli.intake import LONGEST_LINE, SHARE, lines, read_ends

GB = 1_000_000_000
MOST = 450_000_000  # bytes of memory for the whole process: Python, the catalogue, two times 16 MiB as lines


class Endless(io.RawIOBase):
    """So many bytes of the same text, made while they are read."""

    def __init__(self, text: bytes, size: int) -> None:
        self._text = text * (1 + (1 << 20) // len(text))
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = min(len(buffer), self._left, len(self._text))
        buffer[:size] = self._text[:size]
        self._left -= size
        return size


def test_of_a_large_text_both_ends_are_read_and_the_rest_is_counted() -> None:
    middle = b"y" * (5 << 20)
    text, left_out = read_ends(io.BytesIO(b"FIRST" + b"x" * SHARE + middle + b"z" * SHARE + b"LAST"))
    assert text.startswith("FIRST")
    assert text.endswith("LAST")
    assert 0 < left_out <= len(middle) + 10
    assert len(text) + left_out == 2 * SHARE + len(middle) + 10


def test_a_text_that_fits_is_read_as_a_whole() -> None:
    assert read_ends(io.BytesIO(b"a\nb" * 1_000)) == ("a\nb" * 1_000, 0)


def test_a_line_without_end_is_named_and_the_next_one_is_read() -> None:
    stream = io.BufferedReader(Endless(b"a", LONGEST_LINE + 100))
    assert list(lines(stream)) == [None]
    found = list(lines(io.BytesIO(b"x" * (LONGEST_LINE + 1) + b"\nnext\n")))
    assert found == [None, "next\n"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"[12:00:00] ERROR OpenAI API key not configured " + b"-" * 2_000 + b"\n", ("explain", "-", "--json")),
        (b"a", ("explain", "-", "--json")),
        (b'{"id": 1, "status": 500, "body": "' + b"x" * 4_000_000 + b'"}\n', ("explain", "--jsonl", "-")),
        (b"a", ("explain", "--jsonl", "-")),
    ],
    ids=["a log", "one line", "a batch", "a batch of one line"],
)
def test_a_gigabyte_takes_no_more_memory_than_its_ends(tmp_path: Path, line: bytes, words: tuple[str, ...]) -> None:
    size = GB if words[1] == "-" else GB // 5
    with (tmp_path / "told").open("wb") as told:
        process = subprocess.Popen(
            # The peak that is told would be that of the process which forked, were it larger: so a shell forks.
            ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", _MEASURED, *words],
            cwd=tmp_path, stdin=subprocess.PIPE, stdout=told,
            stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    shutil.copyfileobj(Endless(line, size), process.stdin, 1 << 20)
    process.stdin.close()
    last = process.stderr.read().decode().strip().splitlines()[-1]
    process.wait()
    assert json.loads(last)["kilobytes"] * 1024 < MOST


_MEASURED = """
import json, resource, sys
from diag.cli import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps({"kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), file=sys.stderr)
"""
