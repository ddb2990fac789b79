"""One input, tried: a target that comes back in time, in silence, has held."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SLOW = 5.0
"""Seconds of processor time that no input of at most ``LONGEST`` bytes may take."""
Target = Callable[[bytes], None]


class SlowInput(Exception):
    """An input took longer than ``SLOW``."""


@dataclass(frozen=True)
class Find:
    """What broke a target, and what was said about it. Without ``data`` the search itself ended badly."""

    data: bytes | None
    fault: str


def tried(target: Target, data: bytes) -> None:
    """Silence, or what the target raises, or SlowInput."""
    begun = time.process_time()
    target(data)
    took = time.process_time() - begun
    if took > SLOW:
        raise SlowInput(f"it took {took:.1f} s of processor time")
