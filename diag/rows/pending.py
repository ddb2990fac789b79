"""Which rows have no result yet."""

from __future__ import annotations

from collections.abc import AsyncIterator

from diag.config.settings import Settings
from diag.project import Project
from diag.rows.outcome import Row
from diag.rows.request import row_columns, row_from


def pending_filter(settings: Settings) -> dict[str, str]:
    """The filter for rows without a result: column -> PostgREST filter."""
    return {**settings.table.where, settings.table.marker: "is.null"}


async def pending_rows(
    project: Project, settings: Settings, *, after: str | None = None, page_size: int = 1000
) -> AsyncIterator[Row]:
    """Every pending row in the order of its id, beginning beyond ``after``; one page in memory at a time.

    The end is an empty page: a short one may only be the server's own cap on rows (``max_rows``).
    """
    table, last = settings.table, after
    while records := await project.data.page(
        table.name, row_columns(settings), pending_filter(settings), key=table.id, after=last, limit=page_size
    ):
        for record in records:
            yield row_from(record, settings)
        last = str(records[-1][table.id])


async def count_pending(project: Project, settings: Settings) -> int:
    """How many rows have no result yet."""
    return await project.data.count(settings.table.name, pending_filter(settings))


async def find_row(project: Project, settings: Settings, row_id: str) -> tuple[Row, str | None] | None:
    """One row by its id, with its marker; None where this key sees no such row."""
    table = settings.table
    columns = tuple(dict.fromkeys((*row_columns(settings), table.marker)))
    records = await project.data.rows(table.name, columns, table.id, [row_id])
    if not records:
        return None
    marker = records[0].get(table.marker)
    return row_from(records[0], settings), None if marker is None else str(marker)
