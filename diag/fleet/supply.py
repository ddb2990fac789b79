"""Where a worker's jobs come from: leased messages, their rows claimed and looked at again just before the calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from diag.backfill.calls import Caller
from diag.backfill.events import Event, Notice, RowAnswered
from diag.backfill.fate import Fate
from diag.backfill.job import Job
from diag.backfill.records import Record, State
from diag.backfill.source import Later, Pause
from diag.config.settings import Settings
from diag.fleet.contact import Contact
from diag.fleet.held import MOST_ATTEMPTS, Back, Held, is_given_up, way_back
from diag.fleet.queue import Queue
from diag.fleet.state import Archived, Claim, Message
from diag.project import Project
from diag.rows.outcome import Row
from diag.rows.pending import pending_filter
from diag.rows.request import row_columns, row_from

_POLL = 5.0  # seconds between looks into a queue from which nothing can be had
_HUNGER = 0.1  # seconds between looks whether more rows are wanted
_ELSEWHERE = 60.0  # seconds after which rows that another worker holds are tried again
_PARTING = 20.0  # seconds that a worker that ends tries to give back what it has not done

T = TypeVar("T")
Clock = Callable[[], float]


@dataclass
class Supply:
    """The engine's source. ``lease`` and ``settle`` are seconds, ``clock`` goes on while the process is frozen.
    ``may_take`` tells whether calls can start at all, ``room`` for how many more rows there is use."""

    queue: Queue
    worker: str
    contact: Contact
    project: Project
    settings: Settings
    caller: Caller
    lease: float
    settle: float
    clock: Clock
    may_take: Callable[[], bool]
    room: Callable[[], int]
    until_empty: bool = False
    retry_failed: bool = False
    given_up: int = 0
    skipped: int = 0
    archived: list[Archived] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ready: deque[Job] = deque()
        self._held: dict[int, Held] = {}
        self._by_row: dict[str, Held] = {}
        self._settling: set[asyncio.Task[None]] = set()
        self._empty = False

    # What the engine asks

    async def next(self) -> Job | Later | None:
        """The next job; None once the queue is empty, where the worker is to end then."""
        if self._ready:
            return self._ready.popleft()
        return None if self._empty and not self._held else Pause.LATER

    @property
    def backlog(self) -> int:
        """Jobs that wait for the engine."""
        return len(self._ready)

    @property
    def rows(self) -> int:
        """Rows that this worker holds."""
        return len(self._by_row)

    def observe(self, event: Event) -> None:
        """A row has an outcome; the last one of a message settles it."""
        if not isinstance(event, RowAnswered):
            return
        row_id = event.outcome.row.id
        held = self._by_row.get(row_id)
        if held is None:
            return
        held.started.discard(row_id)
        if event.fate is not Fate.RETRY:
            back = way_back(event.fate, event.outcome, attempt=held.message.attempt, settle=self.settle)
            self.given_up += is_given_up(event.fate, back)
            self._through(held, row_id, back)

    # What goes on beside the engine

    async def feed(self) -> None:
        """Lease messages as long as there is use for rows. Ends when the worker is told to stop."""
        while not self.caller.controls.stopping and not self._empty:
            if self.may_take() and len(self._ready) < self.room():
                await self._feed_once()
            else:
                await asyncio.sleep(_HUNGER)

    async def _feed_once(self) -> None:
        asked = self.clock()
        lease = await self.contact.ask(lambda: self.queue.read(self.worker, self.lease))
        if lease is None:
            return
        for archived in lease.archived:
            self._put_aside(archived)
        if lease.message is not None:
            await self._take_in(lease.message, asked)
        elif self.until_empty and not lease.left and not self._held:
            self._empty = True
            self.caller.controls.changed.set()
        else:
            await asyncio.sleep(min(_POLL, max(_HUNGER, lease.next_in or (_HUNGER * 5 if self._held else _POLL))))

    async def keep(self) -> None:
        """Renew the leases of what is held. Runs until cancelled."""
        while True:
            await asyncio.sleep(min(30.0, self.lease / 10))
            for held in tuple(self._held.values()):
                if held.claimed and held.open:
                    await self._renew(held)

    async def close(self) -> None:
        """Give back what was not done."""
        self._ready.clear()
        for held in tuple(self._held.values()):
            held.give_back()
            self._settle(held)
        if self._settling:
            await asyncio.wait(self._settling, timeout=_PARTING)
        for task in self._settling:
            task.cancel()

    async def _renew(self, held: Held) -> None:
        asked = self.clock()
        ids = tuple(held.open)
        claim = await self.contact.ask(lambda: self.queue.extend(self.worker, held.message.id, ids, self.lease))
        lost = claim is not None and not held.open.isdisjoint(claim.taken)
        if lost or held.expired(self.clock()):
            self.caller.tell(Notice(f"message {held.message.id} is somebody else's now: leaving its rows to them"))
            self._forget(held)
        elif claim is not None:
            held.until = asked + self.lease
            for row_id in held.open.intersection((*claim.done, *claim.gone)) - held.started:
                self._through(held, row_id, None)  # somebody else has done it: no call for it

    async def _take_in(self, message: Message, asked: float) -> None:
        """Claim the rows of a message, look at them again, hand out what is to be called."""
        held = Held(message, asked + self.lease, self.settle, open=set(message.ids))
        self._held[message.id] = held
        claim = await self._insist(held, lambda: self.queue.claim(self.worker, message.ids, self.lease))
        if claim is not None:
            self._claimed(held, claim)
            rows = await self._insist(held, lambda: self._read(held.open))
            if rows is not None:
                for row_id in held.open.difference(rows):
                    self._through(held, row_id, None)  # done by now, gone, or no work of this table any more
                await self._admit(held, rows)
        if held.expired(self.clock()):
            self._forget(held)

    def _claimed(self, held: Held, claim: Claim) -> None:
        held.claimed, held.mine = True, claim.ids
        for row_id in claim.ids:
            if row_id in self._by_row:  # a second message for it: its call may be under way right here
                held.ended(row_id, self._elsewhere(held))
            else:
                self._by_row[row_id] = held
        for row_id in held.open.difference(claim.ids):
            held.ended(row_id, self._elsewhere(held) if row_id in claim.taken else None)
        self._settle_if_through(held)

    def _elsewhere(self, held: Held) -> Back:
        return Back(min(_ELSEWHERE, self.lease / 10), held.message.attempt)

    async def _read(self, ids: Collection[str]) -> dict[str, Row]:
        """The rows that are still pending, with all that a call needs."""
        table = self.settings.table
        where = pending_filter(self.settings)
        found = await self.project.data.rows(table.name, row_columns(self.settings), table.id, list(ids), where)
        return {row.id: row for row in (row_from(record, self.settings) for record in found)}

    async def _admit(self, held: Held, rows: Mapping[str, Row]) -> None:
        known = await self.caller.journal.records(rows)
        jobs = [self._job(held, row, known.get(row.id)) for row_id, row in rows.items() if row_id in held.open]
        wanted = [job for job in jobs if job is not None]
        if held.message.reads > 1 or held.message.attempt:
            doubtful = wanted  # somebody has had these rows before: results may stand without a marker
        else:
            doubtful = [job for job in wanted if job.before and job.before.state is State.UNRESOLVED]
        await asyncio.gather(*(self._look(held, job) for job in doubtful))
        self._ready.extend(job for job in wanted if job.row.id in held.open)
        self.caller.controls.changed.set()

    def _job(self, held: Held, row: Row, record: Record | None) -> Job | None:
        if record is not None and record.state is State.REFUSED and not self.retry_failed:
            self.skipped += 1
            self._through(held, row.id, None)
            return None
        age = self.caller.journal.age(record) if record is not None else self.settle
        if record is not None and record.state is State.UNRESOLVED and age < self.settle:
            self._through(held, row.id, Back(self.settle - age, min(held.message.attempt + 1, MOST_ATTEMPTS - 1)))
            return None
        return Job(row, before=record, lapsed=lambda: self._lapsed(held, row.id))

    async def _look(self, held: Held, job: Job) -> None:
        await self._insist(held, lambda: self.caller.find(job))

    def _lapsed(self, held: Held, row_id: str) -> bool:
        """Asked between the intent and the call."""
        if held.lapsed(row_id, self.clock()):
            if row_id in held.open:
                self._through(held, row_id, Back(0.0, held.message.attempt))
            return True
        held.started.add(row_id)
        return False

    async def _insist(self, held: Held, question: Callable[[], Awaitable[T]]) -> T | None:
        def over() -> bool:
            return self.caller.controls.stopping or held.expired(self.clock())

        return await self.contact.insist(question, over)

    def _through(self, held: Held, row_id: str, back: Back | None) -> None:
        self._by_row.pop(row_id, None)
        held.ended(row_id, back)
        self._settle_if_through(held)

    def _settle_if_through(self, held: Held) -> None:
        if held.claimed and not held.open and held.message.id in self._held:
            self._settle(held)

    def _settle(self, held: Held) -> None:
        self._forget(held)
        task = asyncio.create_task(self._settled(held))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settled(self, held: Held) -> None:
        def ask() -> Awaitable[bool]:
            return self.queue.settle(self.worker, held.message.id, held.mine, held.again)

        await self.contact.insist(ask, lambda: held.expired(self.clock()))

    def _forget(self, held: Held) -> None:
        self._held.pop(held.message.id, None)
        for row_id in [row_id for row_id, other in self._by_row.items() if other is held]:
            del self._by_row[row_id]
        held.open.clear()

    def _put_aside(self, archived: Archived) -> None:
        self.archived.append(archived)
        rows = f"{len(archived.ids)} rows, {', '.join(archived.ids[:3])} …"
        self.caller.tell(Notice(f"message {archived.id} was leased {archived.reads} times and is put aside: {rows}"))
