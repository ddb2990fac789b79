"""One row from picture to marker: look, pay, understand, verify, mark."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Self

from diag.catalogue import classify
from diag.config.settings import Settings
from diag.diagnosis import Answer, Diagnosis, Evidence, Verdict
from diag.project import Project, ProjectError
from diag.rows.batching import WINDOW, Tick
from diag.rows.marker import Clock, Marker, utc_now
from diag.rows.outcome import Outcome, Row
from diag.rows.picture import Pictures, limits_for
from diag.rows.request import bare_payload, payload
from diag.rows.verdict import after_look, after_mark, as_stored, may_have_written, should_mark
from diag.rows.writes import WritesReader, Written


class RowWorker:
    """Calls the function for rows and finds out what became of them.

    Safe for many rows at once: reads and marks of rows that finish together share their queries. Use it as an async
    context manager (or call ``aclose``): it holds the connections to the pictures' hosts. ``window`` (seconds) is how
    long a row's answer waits for others, to be looked at together and to share their queries. ``brief``: good answers
    are not quoted in the evidence.
    """

    def __init__(
        self,
        project: Project,
        settings: Settings,
        *,
        pictures: Pictures | None = None,
        clock: Clock = utc_now,
        window: float = WINDOW,
        brief: bool = False,
    ) -> None:
        self._project = project
        self._settings = settings
        self._table = settings.table
        self.pictures = pictures or Pictures(limits_for(settings))
        # Rows that have waited for the same tick ask, and mark, in the same moment: no query needs a wait of its own.
        self._tick = Tick(window)
        self._writes = WritesReader(project.data, self._table, window=0)
        self._marker = Marker(project.data, self._table, clock=clock, window=0)
        self._brief = brief
        self._own = project.own_signatures
        self._context = {"ref": project.configuration.ref or "", "function": settings.function.name}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections to the pictures' hosts."""
        await self.pictures.aclose()

    async def run(
        self,
        row: Row,
        *,
        mark: bool = True,
        look_at_picture: bool = True,
        force: bool = False,
        renew: bool = False,
    ) -> Outcome:
        """What becomes of one row. Never raises for the function's, the picture's or the database's failures.

        The marker is set (with ``mark``) only where a full answer, or a cached one, has results behind it in the
        database. ``force`` asks the function to analyse a row anew that it holds a result for; ``renew`` does so only
        where its stored result turns out to be faulty or without anything behind it.
        """
        began = time.monotonic()
        fault = await self.pictures.fault(row.url) if look_at_picture else None
        if fault:
            return Outcome(row, fault, called=False, duration_ms=_since(began))
        outcome = await self._attempt(row, force=force)
        if renew and outcome.diagnosis.signature == "function.cached" and not should_mark(outcome, self._table):
            outcome = await self._attempt(row, force=True)
        if mark and should_mark(outcome, self._table):
            outcome = await self._mark(outcome)
        return replace(outcome, duration_ms=_since(began))

    async def run_bare(self, url: str, *, force: bool = False, look_at_picture: bool = True) -> Outcome:
        """One call for a picture that has no row. Nothing can be verified or marked for it."""
        began = time.monotonic()
        row = Row("", url)
        fault = await self.pictures.fault(url) if look_at_picture else None
        if fault:
            return Outcome(row, fault, called=False, duration_ms=_since(began))
        answer, diagnosis = await self._call(bare_payload(url, self._settings, force=force))
        return Outcome(row, diagnosis, called=True, answer=answer, duration_ms=_since(began))

    async def written(self, row_id: str) -> Written:
        """What stands in the database for a row, without calling anything. Raises ProjectError."""
        return await self._writes.read(row_id)

    async def _attempt(self, row: Row, *, force: bool) -> Outcome:
        answer, diagnosis = await self._call(payload(row, self._settings, force=force))
        return await self._verify(Outcome(row, diagnosis, called=True, answer=answer))

    async def _call(self, body: Mapping[str, object]) -> tuple[Answer, Diagnosis]:
        function = self._settings.function
        answer = await self._project.functions.call(function.name, body, timeout=function.timeout)
        if answer.succeeded:
            await self._tick.wait()  # a failure is learned from at once; a success is looked at in the database anyway
        diagnosis = classify(
            answer, requires=function.requires, context=self._context, own=self._own, brief=self._brief
        )
        return answer, as_stored(answer, diagnosis, self._context)

    async def _verify(self, outcome: Outcome) -> Outcome:
        if not may_have_written(outcome.diagnosis):
            return outcome
        if outcome.answer is None or not outcome.answer.succeeded:
            await self._tick.wait()
        try:
            written = await self._writes.read(outcome.row.id)
        except ProjectError as error:
            return _could_not(outcome, error.diagnosis, "reading back what was saved")
        diagnosis = after_look(outcome, written, self._table, self._context)
        return replace(outcome, diagnosis=diagnosis, writes=written.records)

    async def _mark(self, outcome: Outcome) -> Outcome:
        try:
            if await self._marker.set(outcome.row.id):
                return replace(outcome, marked=True)
            written = await self._writes.read(outcome.row.id)
        except ProjectError as error:
            return _could_not(outcome, error.diagnosis, "setting the marker")
        diagnosis = after_mark(outcome.diagnosis, written, self._table, self._context)
        return replace(outcome, diagnosis=diagnosis, unverified=diagnosis is not outcome.diagnosis)


def _could_not(outcome: Outcome, cause: Diagnosis, what: str) -> Outcome:
    """The call itself may have been fine, but without the database nobody can vouch for it."""
    if outcome.diagnosis.verdict is Verdict.FAILED:
        return outcome
    seen = Evidence(f"after the call ({outcome.diagnosis.signature})", what)
    return replace(outcome, diagnosis=replace(cause, evidence=(seen, *cause.evidence)), unverified=True)


def _since(began: float) -> float:
    return (time.monotonic() - began) * 1000
