"""Canaries: real pending rows spread over the whole key range, not the first few that lie beside each other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from diag.backfill.job import Job
from diag.backfill.journal import Journal
from diag.backfill.records import State
from diag.backfill.source import OpenRows, first
from diag.rows.outcome import Row

_TRIES = 96
_GALLOP = 4
_WIDEST = 2**128
_LARGEST = (2**15 - 1, 2**31 - 1, 2**63 - 1)
"""Of smallint, integer and bigint: a question for what lies behind a number that the key's type does not have is an
error. What has keys behind one of them is of the next type, or text."""


class Canaries:
    """A source of jobs from all over the key range; each row once. ``open_rows`` reads pending rows behind a key."""

    def __init__(self, open_rows: OpenRows, journal: Journal) -> None:
        self._open_rows = open_rows
        self._journal = journal
        self._keys: Iterator[str | None] | None = None
        self._seen: set[str] = set()
        self.handed_out = 0
        self.most: int | None = None
        """How many may be drawn in all (None: no limit)."""

    async def next(self) -> Job | None:
        """The next canary, or None when no further pending row was found."""
        if self.most is not None and self.handed_out >= self.most:
            return None
        self._keys = self._keys or iter(await self._spread())
        for key in self._keys:
            row = await first(self._open_rows(key), self._seen)
            if row is not None:
                self._seen.add(row.id)
                if job := await self._job(row):
                    self.handed_out += 1
                    return job
        return None

    async def _job(self, row: Row) -> Job | None:
        record = (await self._journal.records([row.id])).get(row.id)
        if record and record.state in (State.REFUSED, State.UNRESOLVED):
            return None
        return Job(row, before=record)

    async def _spread(self) -> list[str | None]:
        lowest = await first(self._open_rows(None))
        if lowest is None:
            return []
        keys: list[str | None] = [None]
        if is_uuid(lowest.id):
            keys += [str(uuid.UUID(int=int(fraction * _WIDEST))) for fraction in fractions(_TRIES)]
        elif is_number(lowest.id):
            padded = lowest.id.startswith("0") and lowest.id != "0"
            width = len(lowest.id) if padded else 0  # texts like 000042 are in order as texts
            low, high = int(lowest.id), await self._beyond(int(lowest.id), width)
            keys += [str(low + int(fraction * (high - low))).zfill(width) for fraction in fractions(_TRIES)]
        # Where the holes were hit, and for keys of any other kind, the beginning of the table has to do.
        return keys + [None] * _TRIES

    async def _beyond(self, low: int, width: int) -> int:
        """A number beyond the highest key, at most four times as far as that one. ``width``: digits of a key, with
        zeros in front. Numbers that are texts may have no such end ("9" stands behind "1000"): then the longest."""
        ends = [10**width] if width else [end for end in _LARGEST if end >= low] or [low]
        step, last = 64, low - 1
        while last < ends[-1]:
            last = min([low + step, *(end for end in ends if end > last)])
            if await first(self._open_rows(str(last).zfill(width))) is None:
                break
            step = max(step, last - low) * _GALLOP
        return last


def is_uuid(text: str) -> bool:
    """Whether a key is a UUID in its usual spelling."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def is_number(text: str) -> bool:
    """Whether a key is a whole number, as databases write it."""
    return text.removeprefix("-").isdecimal() and text.isascii()


def fractions(count: int) -> Iterator[float]:
    """1/2, 1/4, 3/4, 1/8, 5/8 ...: each prefix is spread evenly over 0 to 1 (van der Corput)."""
    for number in range(1, count + 1):
        value, scale = 0.0, 0.5
        while number:
            number, bit = divmod(number, 2)
            value, scale = value + bit * scale, scale / 2
        yield value
