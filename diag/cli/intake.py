"""What is piped in or named as a file, however large it is: read in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

SHARE = 16 << 20
"""Bytes from the beginning and from the end of a log that are read; what lies between is left out, and said so."""
LONGEST_LINE = 16 << 20
"""Bytes of one line of a batch."""
_CHUNK = 1 << 20


def read_ends(stream: BinaryIO) -> tuple[str, int]:
    """The text of the stream, or of its two ends, and how many bytes between them were left out."""
    head = stream.read(SHARE)
    tail, held, left_out = deque[bytes](), 0, 0
    while chunk := stream.read(_CHUNK):
        tail.append(chunk)
        held += len(chunk)
        while held - len(tail[0]) >= SHARE:
            held -= len(tail[0])
            left_out += len(tail.popleft())
    between = b"\n" if left_out else b""
    return (head + between + b"".join(tail)).decode("utf-8", "replace"), left_out


def lines(stream: BinaryIO) -> Iterator[str | None]:
    """Line by line; None for one that is longer than ``LONGEST_LINE``."""
    while line := stream.readline(LONGEST_LINE + 1):
        whole = len(line) <= LONGEST_LINE
        if not whole:
            _skip(stream, line)
        yield line.decode("utf-8", "replace") if whole else None


def _skip(stream: BinaryIO, piece: bytes) -> None:
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(_CHUNK)
