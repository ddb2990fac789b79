"""The parts of one run, and what it asks the project about its rows."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime

from diag.backfill.controls import Controls
from diag.backfill.journal import Journal, journal_path
from diag.backfill.options import Options
from diag.backfill.plan import Plan, count_work
from diag.backfill.records import State
from diag.backfill.result import GateReport
from diag.backfill.tally import Tally
from diag.config.settings import Settings
from diag.project import Project, ProjectError
from diag.rows import Row, pending_rows
from diag.rows.audit import Finding, hollow_rows
from diag.rows.pending import pending_filter


@asynccontextmanager
async def opened(
    project: Project,
    settings: Settings,
    options: Options,
    plan: Plan,
    controls: Controls | None,
    notes: Mapping[str, str] | None = None,
) -> AsyncIterator[Run]:
    """A run that holds the table and is written down, with ``notes`` beside its options. Raises UsageError where
    another run holds the table, JournalError where nothing can be recorded."""
    path = journal_path(project.configuration.state_dir, settings.table.name)
    journal = await Journal.open(path, settings.function.name, new_run_id())
    try:
        this = Run(project, settings, options, plan, controls or Controls(), journal)
        await journal.begin(plan.pending, {**asdict(options), **priced(settings), **(notes or {})})
        yield this
    finally:
        await journal.close()


def priced(settings: Settings) -> dict[str, float]:
    """What a run notes about the price of a call: its money is told by it later, whatever the settings say then."""
    return {"cost_per_call": settings.backfill.cost_per_call}


def new_run_id() -> str:
    """A name for a run that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


class Run:
    """The parts of one run, put together."""

    def __init__(
        self, project: Project, settings: Settings, options: Options, plan: Plan, controls: Controls, journal: Journal
    ) -> None:
        self.project = project
        self.settings = settings
        self.options = options
        self.plan = plan
        self.controls = controls
        self.journal = journal
        self.tally = Tally(settings.backfill.cost_per_call, pending=plan.pending)
        self.gate = GateReport()
        self.passes = 0
        self.remaining: int | None = None
        self.refused = 0
        self.began = time.monotonic()
        self.hold = True
        """Whether a row whose call has no known end waits in this process (``Policy``)."""

    def rows(self, after: str | None) -> AsyncIterator[Row]:
        """Pending rows behind a key."""
        return pending_rows(self.project, self.settings, after=after, page_size=200)

    def hollow(self) -> AsyncIterator[Finding]:
        """Rows with nothing behind their mark."""
        return hollow_rows(self.project, self.settings)

    async def still_pending(self, row_ids: list[str]) -> set[str]:
        """Which of these rows are still without a result."""
        table = self.settings.table
        where = pending_filter(self.settings)
        found = await self.project.data.rows(table.name, [table.id], table.id, row_ids, where)
        return {str(row[table.id]) for row in found}

    async def pending_now(self) -> int:
        """How many rows are left to do. Raises ProjectError."""
        return await count_work(self.project, self.settings, self.options)

    async def count(self) -> None:
        """A fresh count of what is left, and how much of that is known to fail on its own account."""
        try:
            self.remaining = await self.pending_now()
        except ProjectError:
            return
        recorded = await self.journal.counted(State.REFUSED)
        self.refused = min(recorded, self.remaining)
        if 0 < self.remaining <= recorded:
            self.refused = await self._refused_and_pending()

    async def left(self) -> AsyncIterator[Row]:
        """The rows that are left to do."""
        if self.options.repair:
            async for finding in hollow_rows(self.project, self.settings):
                yield finding.row
        else:
            async for row in self.rows(None):
                yield row

    async def _refused_and_pending(self) -> int:
        count, chunk = 0, list[str]()
        async for row in self.left():
            chunk.append(row.id)
            if len(chunk) == 200:
                count, chunk = count + await self._count_refused(chunk), []
        return count + await self._count_refused(chunk)

    async def _count_refused(self, row_ids: Sequence[str]) -> int:
        records = await self.journal.records(row_ids)
        return sum(record.state is State.REFUSED for record in records.values())
