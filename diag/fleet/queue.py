"""The shared queue, as a worker and the one who fills it see it: functions in the project's own database.

Every decision that all workers share (rate, breaker, whose row it is) is taken in the database, in one transaction
each; see ``diag/shipped/sql/nukediag_queue.sql``. Two ways lead there with the same answers: the data API with the
service key (``DataApi.rpc``), and a direct connection (``diag.fleet.direct``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from diag.diagnosis import Answer
from diag.errors import UsageError
from diag.fleet.state import Again, Claim, Ended, Filled, FleetState, Grant, Lease, Pace, Standing, Work
from diag.project.error import unexpected
from diag.secret import redact

LEASE = 600.0
"""Seconds: longer than the platform lets a call live (400), so that nobody else gets a row while its call may run."""
CHUNK = 50
"""Rows per message."""
MOST_READS = 5
"""Leases of one message; after them it is put aside: it seems to kill its workers."""
STEP = 5_000
"""Rows that one step of filling reads: well within the data API's 8 seconds for a statement."""
_CONDITION = re.compile(r"(not\.)?(is\.(null|true|false|unknown)|(n?eq|gte?|lte?)\..*|in\.\([^()\"\\]+\))", re.DOTALL)
_REMEDY = "nukediag queue status shows the queues; another name makes another queue."
_Found = TypeVar("_Found", bound=BaseModel)


class Functions(Protocol):
    """A way to the database's functions."""

    async def rpc(self, name: str, arguments: Mapping[str, Any], *, again: bool = False) -> Any:
        """The JSON that the function gives. ``again``: calling it twice is calling it once, so a transient failure is
        retried. Raises ProjectError."""
        ...


class Queue:
    """One queue. Every method raises ProjectError: where the database cannot be reached nothing may be started.

    All methods but ``take`` may be repeated after a lost answer without harm; after a lost ``take`` at most one
    second's worth of starts is lost.
    """

    def __init__(self, functions: Functions, name: str) -> None:
        self._functions = functions
        self.name = name

    async def begin(self, run: str, work: Work, pace: Pace | None = None) -> Standing:
        """Make the queue if need be, and let calls flow: for somebody behind an open gate. What an earlier alarm left
        is forgotten; messages that are still there stay, and the rate that was found stays too."""
        values = {
            "run": run,
            "work": work.model_dump_json(),
            "pace": (pace or Pace()).model_dump_json(exclude_none=True),
        }
        return await self._call(Standing, "begin", again=True, **values)

    async def fill(self, after: str | None = None, rows: int = STEP) -> Filled:
        """Add the next ``rows`` pending rows behind the key ``after``, 50 to a message. Filling twice is harmless but
        for the messages: a row is claimed before it is called. Raises UsageError unless ``can_fill``."""
        return await self._call(Filled, "fill", after=after, most=rows, chunk=CHUNK)

    async def add(self, ids: Sequence[str], *, delay: float = 0.0) -> Filled:
        """Add these rows, 50 to a message."""
        return await self._call(Filled, "add", ids=list(ids), delay=delay, chunk=CHUNK)

    async def take(self, worker: str, wanted: int) -> Grant:
        """Ask for up to ``wanted`` starts within the next second. Each worker gets its fair share of the shared rate.
        When the breaker is open and its pause is over, exactly one asking worker becomes the prober: it alone gets
        starts, and has to end with ``probed``. A prober that does not ask for 200 s is replaced."""
        return await self._call(Grant, "take", worker=worker, wanted=wanted)

    async def report(self, worker: str, number: int, ended: Sequence[Ended], about: Mapping[str, Any]) -> Standing:
        """Tell how calls ended, in the order in which they did, and something ``about`` the worker for whoever looks.
        ``number`` counts this worker's reports from 1: one that was heard already changes nothing. Also its sign of
        life. Calls of a probe are reported too; they do not move the guard."""
        outcomes = [one.model_dump(mode="json", exclude_none=True) for one in ended]
        values = {"worker": worker, "number": number, "ended": json.dumps(outcomes), "about": json.dumps(dict(about))}
        return await self._call(Standing, "report", again=True, **values)

    async def probed(self, worker: str, good: bool, signature: str | None = None, why: str | None = None) -> Standing:
        """The prober's verdict: calls flow again, or stop for good. Ignored from anybody who is not the prober now."""
        return await self._call(Standing, "probed", again=True, worker=worker, good=good, signature=signature, why=why)

    async def read(self, worker: str, lease: float = LEASE) -> Lease:
        """Lease one message for ``lease`` seconds. Messages that were read more than 5 times are put aside."""
        return await self._call(Lease, "read", worker=worker, lease=int(lease), most=MOST_READS)

    async def claim(self, worker: str, ids: Sequence[str], lease: float = LEASE) -> Claim:
        """Claim rows for ``lease`` seconds and look at their markers, in one transaction. Rows that this worker holds
        already are claimed anew. Claim as late as possible: just before the calls of a message begin."""
        return await self._call(Claim, "claim", again=True, worker=worker, ids=list(ids), lease=int(lease))

    async def extend(self, worker: str, message: int, ids: Sequence[str], lease: float = LEASE) -> Claim:
        """Renew the lease of a message and of these of its rows. ``ids`` of the answer are still this worker's;
        ``taken`` and the others are not."""
        values = {"worker": worker, "message": message, "ids": list(ids), "lease": int(lease)}
        return await self._call(Claim, "extend", again=True, **values)

    async def settle(self, worker: str, message: int, ids: Sequence[str], again: Sequence[Again] = ()) -> bool:
        """The message is dealt with: delete it, send ``again`` what has to be called again, give up the claims of
        ``ids``; all of it or nothing. False where it was settled before (then nothing is sent again)."""
        values = {
            "worker": worker,
            "message": message,
            "ids": list(ids),
            "send": json.dumps([one.model_dump() for one in again]),
        }
        return bool((await self._answer("settle", values, again=True)).get("settled"))

    async def leave(self, worker: str) -> None:
        """The worker has ended: it leaves the list, and a probe that it had is anybody's."""
        await self._answer("leave", {"worker": worker}, again=True)

    async def control(self, word: str, rate: float | None = None) -> Standing:
        """``pause``, ``resume``, ``stop``, or ``rate`` with calls per second, for all workers."""
        return await self._call(Standing, "control", again=True, word=word, rate=rate)

    async def _call(self, kind: type[_Found], function: str, *, again: bool = False, **values: Any) -> _Found:
        return _read(kind, function, await self._answer(function, values, again=again))

    async def _answer(self, function: str, values: Mapping[str, Any], *, again: bool) -> dict[str, Any]:
        arguments = {"queue": self.name, **values}
        found = await self._functions.rpc(f"nukediag_{function}", arguments, again=again)
        if not isinstance(found, dict):
            raise unexpected(f"asking the queue to {function}", Answer(status=200))
        if refused := found.get("refused"):
            raise UsageError(f"the queue {self.name} cannot be used so: {redact(str(refused))}", _REMEDY)
        return found


def can_fill(work: Work) -> bool:
    """Whether ``Queue.fill`` knows all filters of this work (is, eq, neq, gt, gte, lt, lte, in, and not. before them).
    Where it does not, page through the rows over the data API and ``add`` their ids. Pure."""
    return all(_CONDITION.fullmatch(condition) for condition in work.where.values())


async def fleet_state(functions: Functions, queue: str | None = None) -> FleetState:
    """All queues of the project (or one), with their workers. Raises ProjectError; where nukediag's functions are not
    installed that is ``supabase.schema-mismatch``."""
    return _read(FleetState, "status", await functions.rpc("nukediag_status", {"queue": queue}, again=True))


def _read(kind: type[_Found], function: str, found: Any) -> _Found:
    try:
        return kind.model_validate(found)
    except ValidationError:
        raise unexpected(f"asking the queue to {function}", Answer(status=200)) from None
