"""Watching the command: its words, the marks that it sets, and the guard's judgement of both."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from diag.backfill.engine import Engine
from diag.backfill.events import Notice
from diag.backfill.parts import Run
from diag.backfill.result import Stopped
from diag.backfill.supervise.ledger import Ledger
from diag.backfill.supervise.lines import batches
from diag.backfill.supervise.marks import Mark, Marks
from diag.backfill.supervise.puzzles import Puzzle, Solver
from diag.backfill.supervise.words import Kind, Said, Words
from diag.catalogue import classify
from diag.diagnosis import Answer, Diagnosis
from diag.gate import AlarmKind, Reading
from diag.project import ProjectError
from diag.rows.audit import Kind as Behind
from diag.secret import redact

_LOOK_EVERY = 1.0  # seconds between looks into the database
_TELL_EVERY = 30.0
_SHOWN = 8_192  # characters of a line that are passed on
_TAIL = 40

Pass = Callable[[str, str], None]
"""Passes text on: ``stdout`` or ``stderr``, and what to write there. May block."""


class Watch:
    """What happens while the command runs. ``most_calls`` may be paid for in all, ``money`` is the stop reason then."""

    def __init__(self, this: Run, engine: Engine, ledger: Ledger, marks: Marks, solver: Solver, pass_on: Pass) -> None:
        self._this = this
        self._engine = engine
        self._controls = this.controls
        self._words = Words(this.settings.supervise)
        self._marks = marks
        self._pass_on = pass_on
        self._told = 0.0
        self._warned = ""
        self._unmarked = 0
        self._one_look = asyncio.Lock()  # the last look has to wait for the one that is under way
        self.ledger = ledger
        self.solver = solver
        self.tail: deque[str] = deque(maxlen=_TAIL)
        self._classified = lru_cache(maxsize=500)(self._classify)

    async def read(self, name: str, stream: asyncio.StreamReader) -> None:
        """Read a stream to its end: understand it, and pass it on without credentials."""
        async for lines in batches(stream):
            for line in lines:
                if said := self._words.read(line):
                    self._heard(said)
            shown = [redact(line)[:_SHOWN] for line in lines]
            self.tail.extend(line[:500] for line in shown[-_TAIL:] if line.strip())
            await asyncio.to_thread(self._pass_on, name, "\n".join(shown) + "\n")

    async def look(self) -> None:
        """Look into the database now and then, until cancelled."""
        while self.ledger.looking:
            await self.look_once()
            await asyncio.sleep(_LOOK_EVERY)

    async def look_once(self) -> None:
        """What was marked since the last look, and what stands behind it."""
        if not self.ledger.looking:
            return
        async with self._one_look:
            try:
                marks = await self._marks.look()
            except ProjectError as error:
                self._blind(error)
                return
            for mark in marks:
                self._judge(mark)
            self._unmarked = self.ledger.unmarked()
        self._controls.changed.set()

    async def tell(self) -> None:
        """Say now and then how far it is, by the database's own count. Until cancelled."""
        while True:
            await asyncio.sleep(_TELL_EVERY)
            try:
                left = await self._this.pending_now()
            except ProjectError:
                continue
            seen = self.ledger
            self._tell(
                f"{left:,} rows are still without a result; {seen.full:,} done by the command, {seen.bad:,} given up"
            )

    def heed(self) -> None:
        """Stop where the guard says so, or where the money is spent. Its pauses are warnings here: what a command has
        in flight cannot be held back and taken up again."""
        alarm = self.ledger.guard.alarm
        if alarm is not None and (alarm.kind is AlarmKind.STOP or alarm.items):
            self._controls.drain(Stopped("guard", alarm.signature, alarm.why))
        elif alarm is not None:
            self.ledger.guard = replace(self.ledger.guard, alarm=None)
            if alarm.signature != self._warned:
                self._warned = alarm.signature
                self._tell(f"{alarm.why} ({alarm.signature})")
        if self._unmarked:
            why = f"by its own words {self._unmarked:,} more rows succeeded than are marked: it writes nothing"
            self._controls.drain(Stopped("guard", "supabase.permission-denied", why))
        most, paid = self._engine.most_calls, self._this.tally.calls + self.ledger.calls
        if most is not None and paid >= most:
            self._controls.drain(Stopped(self._engine.money, None, f"{paid:,} calls were made, {most:,} are allowed"))

    def tell_of_end(self) -> None:
        """Say that the command is being ended, and how."""
        self._tell("ending the command and what it started: SIGINT, then SIGTERM, then SIGKILL")

    def last_words(self) -> Diagnosis:
        """What the end of its output says about the cause."""
        return classify(Answer(body="\n".join(self.tail)), own=self._this.project.own_signatures)

    def _heard(self, said: Said) -> None:
        match said.kind:
            case Kind.BEGUN:
                self.ledger.begin(said.row)
            case Kind.SUCCEEDED:
                self.ledger.succeed()
            case Kind.RETRIED | Kind.FAILED:
                self._failed(said)
            case Kind.LISTED:
                self.ledger.exemplify(self._classified(said.text).signature, said.row)
            case Kind.PROGRESS:
                self.ledger.done = max(self.ledger.done, said.done or 0)
        self._controls.changed.set()

    def _failed(self, said: Said) -> None:
        final = said.kind is Kind.FAILED
        found = self._classified(said.text)
        self.ledger.fail(found, final=final)
        if found.signature == "unknown":
            self.solver.put(Puzzle(Reading.FAILURE if final else None, found, said.row))
            return
        reading = self.ledger.reading(found)
        if final:
            self.ledger.count(found, said.row)
        if final or reading is Reading.PROJECT:  # a try that is repeated says nothing about the success rate
            self.ledger.feed(reading, found.signature)

    def _judge(self, mark: Mark) -> None:
        self.ledger.add(mark)
        reading = self.ledger.reading(mark.diagnosis)
        if mark.kind is Behind.NOTHING:
            self.solver.put(Puzzle(reading, mark.diagnosis, mark.row, marked=True))
        else:
            if reading is not Reading.SUCCESS:
                self.ledger.count(mark.diagnosis, mark.row)
            self.ledger.feed(reading, mark.diagnosis.signature, ended=mark.at)

    def _classify(self, text: str) -> Diagnosis:
        context = {"ref": self._this.project.configuration.ref or "", "function": self._this.settings.function.name}
        return classify(Answer(body=text), context=context, own=self._this.project.own_signatures)

    def _blind(self, error: ProjectError) -> None:
        if not error.diagnosis.scope or error.diagnosis.scope.value != "transient":
            self.ledger.looking = False
            self._tell(f"the rows that it marks cannot be looked at ({error.message}); its own words have to do")

    def _tell(self, text: str) -> None:
        self._engine.caller.tell(Notice(text))


def stopped_by_itself(code: int, remaining: int | None, touched: int, last: Diagnosis) -> Stopped | None:
    """Whether the command ended before its work was done: ``code`` is its exit code (negative: a signal), ``touched``
    the rows that it came to an end with. Pure."""
    if not remaining:
        return None
    ended = f"ended with exit code {code}" if code >= 0 else f"was killed by signal {-code}"
    cause = last.signature if last.signature != "unknown" else None
    if code != 0:
        return Stopped("command", cause, f"the command {ended}; {remaining:,} rows are still without a result")
    if not touched:
        why = f"the command {ended} and touched none of {remaining:,} rows without a result: does it see them?"
        return Stopped("command", cause, why)
    return None
