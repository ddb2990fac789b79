"""How one worker stands with the shared state: what it last heard, and patience while nothing can be heard."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from diag.backfill.controls import Controls
from diag.backfill.events import Notice, Observer
from diag.backfill.result import Stopped
from diag.backfill.retries import Uniform
from diag.diagnosis import Scope
from diag.project import ProjectError

T = TypeVar("T")
_FIRST, _LONGEST = 0.5, 30.0  # seconds between tries
_HOPELESS = 8  # refusals in a row that do not pass by themselves (a key that was taken back, functions that are gone)


class Contact:
    """Asks the database, and asks again with growing waits while it is away. ``clock`` is monotonic."""

    def __init__(
        self, controls: Controls, tell: Observer, clock: Callable[[], float], uniform: Uniform = random.uniform
    ) -> None:
        self._controls = controls
        self._tell = tell
        self._clock = clock
        self._uniform = uniform
        self._failures = 0
        self._refusals = 0
        self.heard = clock()
        """When the database last answered."""

    @property
    def lost(self) -> bool:
        """Whether the last question went unanswered."""
        return self._failures > 0

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The answer, or None after a failure (and a wait that grows with every one in a row)."""
        try:
            answer = await question()
        except ProjectError as error:
            await self._failed(error)
            return None
        self._answered()
        return answer

    async def insist(self, question: Callable[[], Awaitable[T]], give_up: Callable[[], bool]) -> T | None:
        """The answer, however often it has to be asked for; None once ``give_up`` says so."""
        while not give_up():
            if (answer := await self.ask(question)) is not None:
                return answer
        return None

    def _answered(self) -> None:
        if self._failures:
            self._tell(Notice(f"the database answers again, after {self._clock() - self.heard:.0f} s"))
        self._failures = self._refusals = 0
        self.heard = self._clock()

    async def _failed(self, error: ProjectError) -> None:
        self._failures += 1
        if self._failures == 1:
            self._tell(Notice(f"the shared state cannot be reached, starting no calls: {error.message}"))
        passing = error.diagnosis.scope is Scope.TRANSIENT
        self._refusals = 0 if passing else self._refusals + 1
        if self._refusals >= _HOPELESS:
            self._controls.drain(Stopped("database", error.diagnosis.signature, error.message))
        most = min(_LONGEST, _FIRST * 2.0 ** min(self._failures - 1, 10))
        await asyncio.sleep(self._uniform(most / 2, most))
