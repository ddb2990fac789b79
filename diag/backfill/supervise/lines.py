"""The command's output as lines, in constant memory however much it writes and however long its lines are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

CHUNK = 65_536
LONGEST = 65_536
"""Bytes of a line that are kept; what a longer one has beyond is dropped."""
_END = re.compile(rb"\r\n|\n|\r")


class Lines:
    """Cuts what comes in into lines. A carriage return ends one too: bars of progress are lines in turn."""

    def __init__(self) -> None:
        self._rest = b""
        self._dropping = False

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that are complete now."""
        *done, rest = _END.split(self._rest + chunk)
        if done and self._dropping:
            done, self._dropping = done[1:], False
        if len(rest) > LONGEST and not self._dropping:
            done, self._dropping = [*done, rest], True
        self._rest = b"" if self._dropping else rest
        return [line[:LONGEST].decode("utf-8", "replace") for line in done]

    def last(self) -> list[str]:
        """What was left without an end of line."""
        rest, self._rest = self._rest, b""
        return [rest.decode("utf-8", "replace")] if rest else []


async def batches(stream: asyncio.StreamReader) -> AsyncIterator[list[str]]:
    """The lines of a stream until it ends, as many at a time as came together."""
    lines = Lines()
    while chunk := await stream.read(CHUNK):
        if found := lines.feed(chunk):
            yield found
    if found := lines.last():
        yield found
