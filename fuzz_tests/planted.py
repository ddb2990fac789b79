"""Targets with a known fault, for the search to find."""

from __future__ import annotations

import time
from collections.abc import Callable

HELD: list[bytearray] = []


class Lingering:
    """A cycle that Python collects when it goes down, and waits for."""

    def __init__(self) -> None:
        self.cycle = self

    def __del__(self) -> None:
        time.sleep(4)


def deep(data: bytes) -> None:
    """A fault behind five doors, each of which only those pass who came through the one before."""
    if data[:1] == b"n" and data[1:2] == b"u" and data[2:3] == b"k" and data[3:4] == b"e" and data[4:5] == b"!":
        raise ValueError("the planted fault")


def endless(data: bytes) -> None:
    """An input with a bang never ends."""
    while b"!" in data:
        time.sleep(0.01)


def greedy(data: bytes) -> None:
    """An input with a bang takes 700 megabytes, and keeps it."""
    if b"!" in data:
        HELD.append(bytearray(b"\x01" * (700_000_000)))
        time.sleep(60)


def late(data: bytes) -> None:
    """A fault in a process that takes its time to end."""
    if b"!" in data:
        Lingering()
        raise ValueError("the late fault")


def sound(data: bytes) -> None:
    """Nothing is wrong with any input."""
    if b"!" in data:
        HELD.clear()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "deep": deep,
    "endless": endless,
    "greedy": greedy,
    "late": late,
    "sound": sound,
}
