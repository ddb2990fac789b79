"""One proposed setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choice:
    """``key`` as ``section.name``; ``because`` says where the value comes from, in a few words; ``sure``: nobody needs
    to look at it; ``others``: what else it could be."""

    key: str
    value: Any
    because: str
    sure: bool = True
    others: tuple[str, ...] = ()
