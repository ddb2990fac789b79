"""Which rows the sandbox's table holds: a pure plan, the same in every sandbox.

Everything about a row follows from its id, so that the photo host and the model's stand-in need no database.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["exterior", "engine", "interior", "document", "spid"]
Picture = Literal["jpeg", "gone", "heic", "page", "oversize"]

ANALYSED: Final = 200
PENDING: Final = 2734
VEHICLES: Final = 61
_NAMESPACE: Final = uuid.UUID("5b0d4a54-6f6e-4e55-8f6b-2f5d3d1c7a11")
_KINDS: Final[tuple[tuple[Kind, float], ...]] = (
    ("exterior", 0.38), ("engine", 0.27), ("interior", 0.21), ("document", 0.08), ("spid", 0.06),
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of ``vehicle_images``; ``analysed`` rows have results from the start."""

    id: str
    vehicle_id: str
    kind: Kind
    analysed: bool

    @property
    def path(self) -> str:
        """Where its photo lies in the bucket."""
        return f"{self.vehicle_id}/{self.id}.jpg"


def planned_rows(pending: int = PENDING) -> Iterator[PlannedRow]:
    """The analysed rows, then ``pending`` ones without a result."""
    for number in range(ANALYSED + pending):
        row = row_id(number)
        yield PlannedRow(row, vehicle_id(_pick(row, "vehicle", VEHICLES)), kind_of(row), number < ANALYSED)


def row_id(number: int) -> str:
    """The id of row ``number``, counted from 0; the first ``ANALYSED`` rows are the analysed ones."""
    return str(uuid.uuid5(_NAMESPACE, f"image {number}"))


def vehicle_id(number: int) -> str:
    """The id of vehicle ``number``, counted from 0."""
    return str(uuid.uuid5(_NAMESPACE, f"vehicle {number}"))


def kind_of(row: str) -> Kind:
    """What a row's photo shows."""
    place = share(row, "kind")
    for kind, part in _KINDS:
        place -= part
        if place < 0:
            return kind
    return _KINDS[-1][0]


# Pictures that no service accepts stand behind rows that were analysed long ago (their files were lost or replaced
# since): every pending photo of a healthy project can be analysed, and looking at these shows what a bad one is like.
_ODD: Final[dict[str, Picture]] = {
    row_id(17): "gone",
    row_id(58): "gone",
    row_id(101): "gone",
    row_id(140): "heic",
    row_id(163): "page",
    row_id(188): "oversize",
}


def picture_of(row: str) -> Picture:
    """What is served under a row's URL."""
    return _ODD.get(row, "jpeg")


def row_in(text: str) -> str | None:
    """The id of the row whose photo ``text`` (a URL, say) names: the last UUID in it, or None."""
    found = _UUID.findall(text.lower())
    return found[-1] if found else None


def share(row: str, purpose: str) -> float:
    """A number from 0 to 1 (excluded) that is fixed for a row and a purpose."""
    return int.from_bytes(hashlib.sha256(f"{purpose} {row}".encode()).digest()[:6]) / 2**48


def _pick(row: str, purpose: str, count: int) -> int:
    return int(share(row, purpose) * count)
