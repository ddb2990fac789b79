"""The figures of a run that is going on, written down for those who look at it from another terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from diag.backfill.engine import Engine
from diag.backfill.journal import Moment
from diag.backfill.limiter import RateLimiter
from diag.backfill.parts import Run
from diag.backfill.result import BackfillResult
from diag.errors import JournalError

_EVERY = 1.0  # seconds


async def keep_record(this: Run, engine: Engine, result: Callable[[], BackfillResult]) -> None:
    """Write how the run stands once a second, until cancelled. ``result`` gives its figures so far."""
    with suppress(JournalError):  # the engine meets the same error, and is the one to say so
        while True:
            rate = engine.limiter.rate if isinstance(engine.limiter, RateLimiter) else None
            await this.journal.progress(result(), Moment(phase(this, engine), rate, engine.in_flight))
            await asyncio.sleep(_EVERY)


def phase(this: Run, engine: Engine) -> str:
    """What the run is about just now."""
    if this.controls.stopping:
        return "stopping"
    if this.controls.paused:
        return "paused"
    if not this.passes:
        return "gate"
    return "running" if engine.guard.alarm is None else "resting"
