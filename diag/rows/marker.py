"""Marking rows as done: only where the marker is still empty, many at once, and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from diag.config.settings import TableSettings
from diag.project import DataApi
from diag.rows.batching import WINDOW, Batch

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present time, UTC."""
    return datetime.now(UTC)


class Marker:
    """Sets the marker of rows; concurrent requests share one conditional update."""

    def __init__(self, data: DataApi, table: TableSettings, *, clock: Clock = utc_now, window: float = WINDOW) -> None:
        self._data = data
        self._table = table
        self._clock = clock
        self._batch = Batch(self._set_many, False, window=window)

    async def set(self, row_id: str) -> bool:
        """Whether this call changed the row's marker from empty to now. Raises ProjectError."""
        return await self._batch.get(row_id)

    async def _set_many(self, ids: Sequence[str]) -> Mapping[str, bool]:
        table = self._table
        changed = await self._data.set_marker(table.name, table.id, table.marker, ids, self._clock().isoformat())
        return {row_id: row_id in changed for row_id in ids}
