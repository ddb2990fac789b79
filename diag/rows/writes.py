"""What really stands in the database for a row, asked for many rows at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diag.config.settings import TableSettings
from diag.project import DataApi
from diag.rows.batching import WINDOW, Batch


@dataclass(frozen=True, slots=True)
class Written:
    """``records``: result table -> number of records for the row; under the work table's own name the number of its
    result columns that are filled. ``marker``: the row's marker, or None. ``columns``: what stands in the result
    columns."""

    records: Mapping[str, int] = field(default_factory=dict)
    marker: str | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)


class WritesReader:
    """Reads what stands in the result tables and result columns; concurrent questions share their queries."""

    def __init__(self, data: DataApi, table: TableSettings, *, window: float = WINDOW) -> None:
        self._data = data
        self._table = table
        self._batch = Batch(self._read_many, Written(), window=window)

    async def read(self, row_id: str) -> Written:
        """What stands in the database for one row. Raises ProjectError."""
        return await self._batch.get(row_id)

    async def _read_many(self, ids: Sequence[str]) -> Mapping[str, Written]:
        own, *counts = await asyncio.gather(self._own_columns(ids), *(self._count(name, ids) for name in self._results))
        return {row_id: self._written(row_id, own.get(row_id, {}), counts) for row_id in ids}

    @property
    def _results(self) -> tuple[str, ...]:
        return self._table.results

    async def _count(self, name: str, ids: Sequence[str]) -> dict[str, int]:
        return await self._data.records_per_key(name, self._table.results_key, ids)

    async def _own_columns(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        table = self._table
        columns = tuple(dict.fromkeys((table.id, table.marker, *table.result_columns)))
        records = await self._data.rows(table.name, columns, table.id, ids)
        return {str(record[table.id]): record for record in records}

    def _written(self, row_id: str, own: Mapping[str, Any], counts: Sequence[Mapping[str, int]]) -> Written:
        records = {name: found.get(row_id, 0) for name, found in zip(self._results, counts, strict=True)}
        columns = {column: own.get(column) for column in self._table.result_columns}
        if columns:
            records[self._table.name] = sum(value is not None for value in columns.values())
        marker = own.get(self._table.marker)
        return Written(records, None if marker is None else str(marker), columns)


def is_saved(written: Written, table: TableSettings) -> bool:
    """Whether results stand behind a row: a record in a result table, or, where there are no result tables, a
    filled result column. Without either there is nowhere to look, and the answer itself has to do."""
    if table.results:
        return any(written.records.get(name, 0) for name in table.results)
    return bool(written.records.get(table.name, 0)) or not table.result_columns
