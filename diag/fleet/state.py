"""What the queue's functions in the database answer, as frozen models. All times are seconds from now, never clock
times: workers' clocks differ."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from diag.gate import Reading


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)  # keys of a newer version of the functions are passed over


class State(StrEnum):
    """``closed``: calls flow. ``open``: an alarm has paused all workers. ``probing``: one of them is finding out
    whether to go on. ``paused``: somebody wants so. ``stopped``: for good, until the queue is filled anew behind an
    open gate. ``unknown``: there is no such queue."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"
    PAUSED = "paused"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Standing(_Answer):
    """The shared breaker and limiter. ``epoch`` grows with every cut of the rate and every change of ``state``: what
    was granted in an earlier epoch must not be started any more. ``rate``: calls per second of all workers together.
    ``signature`` and ``why`` belong to the alarm behind ``open`` and ``stopped``; ``items``: it is about rows that fail
    on their own account."""

    state: State
    epoch: int = 0
    rate: float = 0.0
    signature: str | None = None
    why: str | None = None
    items: bool = False
    prober: bool = False
    """Whether the asking worker is the one that probes (``state`` is ``probing`` then)."""


class Grant(Standing):
    """Leave for ``granted`` starts: the first in ``delay`` seconds (down to -0.1: due already), the others ``gap``
    seconds apart, all within about a second. Their calls have the numbers ``first`` and up. With ``granted`` 0: ask
    again after ``wait`` seconds, which is at most 1, so that every worker knows of a change of state within two."""

    granted: int = 0
    first: int = 0
    delay: float = 0.0
    gap: float = 0.0
    wait: float = 0.0


class Ended(_Answer):
    """One call's end, for the shared guard and limiter. ``call`` is the number from the grant."""

    call: int
    reading: Reading
    signature: str
    retry_after: float | None = None


class Message(_Answer):
    """Up to 50 ids of rows, leased. ``attempt`` counts how often these rows were given back after a call (0 at first),
    ``reads`` how often this message was leased. ``lease``: seconds until others may have it."""

    id: int
    ids: tuple[str, ...]
    attempt: int = 0
    reads: int = 1
    lease: float


class Archived(_Answer):
    """A message that was leased too often (each time its worker vanished) and was put aside."""

    id: int
    ids: tuple[str, ...] = ()
    reads: int


class Lease(_Answer):
    """What reading the queue gave. ``message`` None: nothing can be had now; ``left`` counts the messages that are
    still there (leased by others or delayed), up to 1,000, so 0 means empty. ``next_in``: seconds until the next one
    becomes visible, None where there is none."""

    message: Message | None = None
    archived: tuple[Archived, ...] = ()
    left: int = 0
    next_in: float | None = None


class Claim(_Answer):
    """``ids``: rows of the message that have no result yet and are this worker's alone for ``lease`` seconds.
    ``done``: they have one. ``taken``: another live worker holds them. ``gone``: no such row any more."""

    ids: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    lease: float = 0.0


class Again(_Answer):
    """Rows that go back as a message of their own, visible after ``delay`` seconds."""

    ids: tuple[str, ...]
    delay: float = 0.0
    attempt: int = 0


class Work(_Answer):
    """What a queue is filled with: rows of ``table`` whose ``marker`` is null and that match ``where`` (column ->
    filter in PostgREST's notation). Workers check that it is what they are set up for."""

    function: str
    table: str
    key: str
    marker: str
    where: dict[str, str] = Field(default_factory=dict)


class Pace(_Answer):
    """How the limiter begins and what guard and gate hold for good. ``rate``: calls per second at first, None: 2, or
    95 % of ``most``. ``most``: a limit that is known. ``pauses``: seconds, the last one repeats."""

    rate: float | None = None
    most: float | None = None
    go: float = 0.80
    stop: float = 0.50
    pauses: tuple[float, ...] = (30.0, 60.0, 120.0, 240.0, 480.0, 600.0)


class Filled(_Answer):
    """One step of filling: ``rows`` in ``messages`` were added; go on from ``after`` unless it is ``complete``."""

    rows: int
    messages: int
    after: str | None = None
    complete: bool


class WorkerState(_Answer):
    """``seen``: seconds since it last spoke. ``about``: what it said of itself (numbers and short words). ``claims``:
    rows that it holds."""

    worker: str
    seen: float
    started: float
    claims: int = 0
    about: dict[str, Any] = Field(default_factory=dict)


class QueueState(Standing):
    """``messages``: all that are left, ``visible`` those that can be had now. ``archived`` were leased too often.
    ``oldest``: age of the oldest message. ``not_before``: seconds until calls may start again."""

    queue: str
    run: str | None = None
    work: Work | None = None
    messages: int = 0
    visible: int = 0
    archived: int = 0
    oldest: float | None = None
    not_before: float = 0.0
    started: int = 0
    """Calls that were granted since the queue was filled."""
    counts: dict[Reading, int] = Field(default_factory=dict)
    workers: tuple[WorkerState, ...] = ()


class FleetState(_Answer):
    """``version`` of the functions in the database; ``pgmq`` the version of the extension, ``sql`` where it was
    installed as plain SQL."""

    version: int
    pgmq: str | None = None
    queues: tuple[QueueState, ...] = ()
