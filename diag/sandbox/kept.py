"""Parts that come back, as under a hosted project's supervisor: what ends unasked is started again, within bounds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from itertools import takewhile

from diag.errors import SandboxError
from diag.sandbox.children import Child, Family

Start = Callable[[], Awaitable[Child]]
_SHORT = 5.0  # seconds: a life that is no sign of health
_MOST = 5  # such lives in a row
FIRST = 0.2
"""Seconds to wait after a short life; doubled with every further one."""
_log = logging.getLogger(__name__)


def patience(lives: Sequence[float], first: float = FIRST) -> float | None:
    """Seconds to wait before a part is started again whose ``lives`` lasted so many seconds, the last one at the end;
    None: too many short ones in a row. Pure."""
    short = sum(1 for _ in takewhile(lambda life: life < _SHORT, reversed(lives)))
    return None if short > _MOST else first * 2.0 ** max(0, short - 1)


class Keeper:
    """Keeps children of ``family`` alive. What it started again is counted in ``family.restarts``, what it gave up
    stands in ``family.obituaries``."""

    def __init__(self, family: Family, first: float = FIRST) -> None:
        self._family, self._first = family, first
        self._tasks: list[asyncio.Task[None]] = []

    def keep(self, child: Child, again: Start) -> None:
        """Start this child ``again`` whenever it has ended: after an unasked end with a growing wait and not for
        ever, after an end that was asked for at once."""
        self._tasks.append(asyncio.create_task(self._keep(child, again)))

    async def close(self) -> None:
        """Keep nobody any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, child: Child, again: Start) -> None:
        name, lives = child.name, list[float]()
        while True:
            begun = asyncio.get_running_loop().time()
            await child.ended()
            if not child.expected_end:
                lives.append(asyncio.get_running_loop().time() - begun)
                if not await self._may_go_on(name, child.condition, lives):
                    return
            while (started := await self._started(again)) is None:
                lives.append(0.0)
                if not await self._may_go_on(name, "does not start", lives):
                    return
            child = started

    async def _may_go_on(self, name: str, condition: str, lives: Sequence[float]) -> bool:
        wait = patience(lives, self._first)
        if wait is None:
            self._family.obituaries.append(f"{name} {condition}, again and again")
            _log.warning("%s %s, again and again: given up", name, condition)
            return False
        _log.warning("%s %s: starting it again", name, condition)
        self._family.restarts[name] += 1
        await asyncio.sleep(wait)
        return True

    async def _started(self, again: Start) -> Child | None:
        try:
            return await again()
        except SandboxError as error:
            _log.warning("%s", error.message)
            return None
