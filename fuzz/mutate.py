"""New inputs from known ones: what a careless editor, a broken disk and an attacker do to bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

LONGEST = 200_000  # bytes
WORDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3\x28", b"\r\n", b"\r", b"\x1b[2J", b"\xe2\x80\xae",
    b'"', b"'", b'"""', b"\\", b"\\u", b"\\ud800", b"${", b"${A:-}", b"}", b"{", b"[", b"]", b"[[", b"]]", b"=", b"#",
    b"null", b"true", b"NaN", b"1e999", b"-0", b"9" * 5_000, b"0x", b"[" * 2_000, b'{"a":' * 2_000, b"<" * 500,
    b"error", b"Error: ", b"status", b'"success":true', b"Traceback (most recent call last):\n", b"    at x (y:1:1)\n",
    b"2026-11-22T21:26:31Z ", b"[12:00:00] ", b"HTTP/1.1 500 X\r\n", b"retry-after: ", b"AKIA", b"sk-proj-", b"eyJ",
    b"aws4_request", b"Credential=", b"/20261122/", b"://a:b@", b"%00", b"%", b"\xf0\x9f\x9a\x97", b" " * 3_000,
)  # fmt: skip
"""What readers of text take for something."""
Change = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def mutated(dice: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A seed after a handful of changes."""
    data = dice.choice(seeds)
    for _ in range(dice.choice((0, 1, 1, 2, 3, 5, 8, 20))):
        data = dice.choice(_CHANGES)(dice, data, seeds)
    return data[:LONGEST]


def _span(dice: random.Random, data: bytes) -> tuple[int, int]:
    start = dice.randint(0, len(data))
    return start, min(len(data), start + dice.choice((0, 1, 2, 8, 64, 1_000)))


def _flip(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def _cut(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(dice, data)
    return data[:start] + data[end:]


def _truncate(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    return data[: dice.randint(0, len(data))]


def _repeat(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(dice, data)
    return (data[:end] + data[start:end] * dice.choice((1, 2, 10, 300)) + data[end:])[:LONGEST]


def _say(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(dice, data)
    return data[:start] + dice.choice(WORDS) + data[dice.choice((start, end)) :]


def _noise(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(dice, data)
    return data[:start] + dice.randbytes(dice.choice((1, 4, 40))) + data[end:]


def _splice(dice: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = dice.choice(seeds)
    start, end = _span(dice, other)
    at = dice.randint(0, len(data))
    return data[:at] + other[start:end] + data[at:]


_CHANGES: tuple[Change, ...] = (_flip, _cut, _truncate, _repeat, _say, _say, _noise, _splice)
