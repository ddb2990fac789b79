"""Failures whose cause the command does not tell: nukediag looks at such a row itself."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass

from diag.backfill.canaries import Canaries
from diag.backfill.engine import Engine
from diag.backfill.job import Job
from diag.backfill.parts import Run
from diag.backfill.supervise.ledger import Ledger
from diag.diagnosis import Diagnosis
from diag.gate import Reading
from diag.project import ProjectError
from diag.rows import Pictures, Row, find_row, pending_rows
from diag.rows.picture import limits_for

_MOST_WAITING = 100
_AT_ONCE = 2  # calls of our own that need not wait
_BETWEEN = 30.0  # seconds between further ones: they cost money
_PATIENCE = 1.5  # seconds to wait for the command to name a row a second time
_PREFIX = 8


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A failure that says nothing: how it is read where nobody finds out more (None: it was only a try that the
    command repeats), what it is called then, and its ``row`` where it is known. A ``marked`` row is not called again:
    a stored answer would come back."""

    reading: Reading | None
    diagnosis: Diagnosis
    row: str = ""
    marked: bool = False


class Solver:
    """Takes puzzles one at a time. A picture is looked at for free; a call is made sparingly, and what it finds is
    true for the next puzzles too where it is a fault of the whole project."""

    def __init__(self, this: Run, engine: Engine, ledger: Ledger) -> None:
        self._this = this
        self._engine = engine
        self._ledger = ledger
        self._canaries = Canaries(this.rows, this.journal)
        self._pictures = Pictures(limits_for(this.settings))
        self._queue: asyncio.Queue[Puzzle] = asyncio.Queue(_MOST_WAITING)
        self._cause: Diagnosis | None = None
        self._called = 0
        self._ended = False
        self._next_call = 0.0

    def put(self, puzzle: Puzzle) -> None:
        """One more. Where too many wait it is taken for what it says."""
        try:
            self._queue.put_nowait(puzzle)
        except asyncio.QueueFull:
            self._give_up(puzzle)

    async def work(self) -> None:
        """Solve puzzles until cancelled. Raises JournalError."""
        try:
            while True:
                await self._solve(await self._queue.get())
                self._queue.task_done()
        finally:
            await self._pictures.aclose()

    async def settled(self, seconds: float) -> None:
        """The command has ended: take the rest as it is, and wait for the call under way, at most so long."""
        self._ended = True
        try:
            async with asyncio.timeout(seconds):
                await self._queue.join()
        except TimeoutError:
            return

    async def _solve(self, puzzle: Puzzle) -> None:
        try:
            solved = await self._explain(puzzle)
        except ProjectError:
            solved = False
        if not solved:
            self._give_up(puzzle)

    async def _explain(self, puzzle: Puzzle) -> bool:
        row = await self._suspect(puzzle)
        fault = await self._pictures.fault(row.url) if row else None
        if row and fault:
            self._settle(puzzle, fault, row)
            return True
        if puzzle.marked:
            row = await self._fresh()
        return row is not None and await self._call(puzzle, row)

    def _give_up(self, puzzle: Puzzle) -> None:
        """Nobody knows more: the fault that our own last call met, or what the command itself said."""
        if puzzle.reading is not None:
            reading, found = (Reading.PROJECT, self._cause) if self._cause else (puzzle.reading, puzzle.diagnosis)
            self._ledger.count(found, puzzle.row)
            self._ledger.feed(reading, found.signature)
            self._engine.controls.changed.set()

    def _settle(self, puzzle: Puzzle, found: Diagnosis, row: Row) -> None:
        reading = self._ledger.reading(found)
        if puzzle.reading is not None or reading is Reading.PROJECT:
            self._ledger.feed(reading, found.signature)
        if puzzle.reading is not None:
            self._ledger.count(found, row.id)
        self._engine.controls.changed.set()

    async def _call(self, puzzle: Puzzle, row: Row) -> bool:
        """Call the row, if that is not too often. True where it explains the puzzle."""
        now = asyncio.get_running_loop().time()
        if self._ended or (self._called >= _AT_ONCE and now < self._next_call):
            return False
        self._called, self._next_call = self._called + 1, now + _BETWEEN
        answered = await self._engine.caller.carry_out(Job(row))
        if answered is None:
            return False
        found = answered.outcome.diagnosis
        self._cause = found if answered.reading is Reading.PROJECT else None
        if answered.reading not in (Reading.PROJECT, Reading.ITEM):
            return False
        if self._cause:
            self._ledger.feed(answered.reading, found.signature)  # our own call is evidence beside the command's
        self._settle(puzzle, found, row)
        return True

    async def _suspect(self, puzzle: Puzzle) -> Row | None:
        """The row that failed, where that can be known; else any pending row that the command is not just calling."""
        name = puzzle.row or await self._named_twice()
        if name:
            self._ledger.begun.pop(name, None)
            if row := await self._find(name):
                return row
        return await self._fresh()

    async def _fresh(self) -> Row | None:
        """A pending row that the command is not just calling."""
        for _ in range(_MOST_WAITING):
            job = await self._canaries.next()
            if job is None or not any(job.row.id.startswith(name) for name in self._ledger.begun):
                return job.row if job else None
        return None

    async def _named_twice(self) -> str | None:
        """The row that the command has begun most often: what is tried again has failed before."""
        for _ in range(int(_PATIENCE / 0.1)):
            again = {name: count for name, count in self._ledger.begun.items() if count > 1}
            if again:
                return max(again, key=lambda name: again[name])
            if self._ended:
                return None
            await asyncio.sleep(0.1)
        return None

    async def _find(self, name: str) -> Row | None:
        """A row by its id, or by the beginning of it where that is a UUID."""
        project, settings = self._this.project, self._this.settings
        if 1 <= len(name.rstrip("-")) <= _PREFIX and (first := _lowest(name)):
            async for row in pending_rows(project, settings, after=first, page_size=1):
                return row if row.id.startswith(name) else None
            return None
        found = await find_row(project, settings, name)
        return found[0] if found else None


def _lowest(prefix: str) -> str | None:
    """The UUID just below those that begin so."""
    try:
        number = int(prefix, 16) << 4 * (32 - len(prefix))
    except ValueError:
        return None
    return str(uuid.UUID(int=number - 1)) if number else None
