"""Test calls beside workers: the row of a call that is made elsewhere than on the queue is claimed there first."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from diag.backfill.fate import is_ambiguous
from diag.config.settings import Settings
from diag.diagnosis import Scope
from diag.fleet.queue import Queue, fleet_state
from diag.project import Project, ProjectError
from diag.rows.outcome import Outcome


class Claims:
    """Holds rows of one table by claiming them on every queue that is filled from it; see ``diag.rows.holding``."""

    def __init__(self, project: Project, settings: Settings) -> None:
        self._project = project
        self._table = settings.table.name
        self._who = f"call-{secrets.token_hex(4)}"
        self._queues: tuple[Queue, ...] | None = None
        self._held: dict[str, Queue] = {}
        self._doubtful: set[str] = set()

    async def hold(self, row_ids: Sequence[str]) -> frozenset[str]:
        """Those that no worker holds, and that have not been done meanwhile where they are a queue's work."""
        ours = frozenset(row_ids)
        for queue in await self._known_queues():
            claim = await queue.claim(self._who, sorted(ours))
            self._held.update(dict.fromkeys(claim.ids, queue))
            ours -= {*claim.taken}
        return ours

    def ended(self, outcome: Outcome) -> None:
        """The claim of a row whose call may still be running is kept until it runs out by itself."""
        if is_ambiguous(outcome):
            self._doubtful.add(outcome.row.id)

    async def give_up(self) -> None:
        """Let the workers have the others again; where that fails their claims run out as well."""
        for queue in self._queues or ():
            rows = [row_id for row_id, where in self._held.items() if where is queue and row_id not in self._doubtful]
            with suppress(ProjectError):
                await queue.settle(self._who, 0, rows)

    async def _known_queues(self) -> tuple[Queue, ...]:
        if self._queues is None:
            self._queues = tuple(Queue(self._project.data, name) for name in await self._names())
        return self._queues

    async def _names(self) -> list[str]:
        try:
            state = await fleet_state(self._project.data)
        except ProjectError as error:
            if error.diagnosis.scope is Scope.TRANSIENT:
                raise
            return []  # there are no queues, or this key is none that workers could have
        return [one.queue for one in state.queues if one.work and one.work.table == self._table]


@asynccontextmanager
async def claims(project: Project, settings: Settings) -> AsyncIterator[Claims]:
    """Claims for as long as the block lasts."""
    held = Claims(project, settings)
    try:
        yield held
    finally:
        await held.give_up()
