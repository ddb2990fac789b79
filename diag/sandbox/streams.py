"""What child processes say: one reader per stream, so that a full one never blocks the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

Listener = Callable[[str], str | None]
"""Told of each line; gives the text for the log, or None to keep it out."""

_LONGEST_LINE = 1 << 20  # bytes; what is longer is cut into lines
_CHUNK = 1 << 16


@contextmanager
def sink(log: Path) -> Iterator[int]:
    """The log, open for appending and for its owner alone."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


@dataclass
class Reading:
    """The reading of one child's output; nothing to wait for where nobody reads."""

    _readers: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, process: asyncio.subprocess.Process, log: Path, heard: Listener) -> None:
        """Read both streams until they end."""
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            self._readers.append(asyncio.create_task(_read(stream, log, heard)))

    async def finished(self) -> None:
        """Wait until both streams have ended."""
        if self._readers:
            await asyncio.wait(self._readers)


async def _read(stream: asyncio.StreamReader, log: Path, heard: Listener) -> None:
    rest = b""
    with sink(log) as file:
        while chunk := await stream.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            _hear(lines, file, heard)
        _hear([rest] if rest else [], file, heard)


def _hear(lines: list[bytes], file: int, heard: Listener) -> None:
    for line in lines:
        text = heard(line.decode(errors="replace"))
        if text is not None:
            os.write(file, f"{text}\n".encode())
