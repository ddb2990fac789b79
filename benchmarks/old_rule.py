"""The rule of the script that nukediag replaces, faithfully: batches of ten with a barrier, a second between them, four
tries with 1-2-4 seconds for whatever is no 2xx, and the row marked after every 2xx without a look at the answer."""

from __future__ import annotations

import asyncio

from diag.project import Project
from diag.rows import Row, pending_rows
from diag.rows.request import payload

_BATCH, _PAUSE, _TRIES = 10, 1.0, 4


async def backfill(project: Project) -> None:
    """Until no row is pending that has not been tried."""
    settings = project.configuration.settings
    rows = [row async for row in pending_rows(project, settings)]
    for start in range(0, len(rows), _BATCH):
        await asyncio.gather(*(_one(project, row) for row in rows[start : start + _BATCH]))
        await asyncio.sleep(_PAUSE)


async def _one(project: Project, row: Row) -> None:
    settings, table = project.configuration.settings, project.configuration.settings.table
    for attempt in range(_TRIES):
        answer = await project.functions.call(settings.function.name, payload(row, settings), timeout=155)
        if answer.status is not None and 200 <= answer.status < 300:
            await project.data.set_marker(table.name, table.id, table.marker, [row.id], "2026-01-01T00:00:00Z")
            return
        if attempt < _TRIES - 1:
            await asyncio.sleep(2.0**attempt)
