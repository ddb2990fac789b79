"""How a run is told to stop: softly (finish what is in flight) or at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from diag.backfill.result import Stopped


class Controls:
    """The stop words of one run. The first reason given stays. ``changed`` is set whenever the engine should look
    up from waiting."""

    def __init__(self) -> None:
        self.stopped: Stopped | None = None
        self.at_once = False
        self.paused = False
        self.changed = asyncio.Event()
        self._on_stop: list[Callable[[], object]] = []

    @property
    def stopping(self) -> bool:
        """Whether nothing new may be started."""
        return self.stopped is not None

    def pause(self) -> None:
        """Start nothing new until ``resume``; what is in flight goes on."""
        self.paused = True
        self.changed.set()

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        self.changed.set()

    async def resumed(self) -> None:
        """Wait as long as the run is paused; a stop word ends the wait too."""
        while self.paused and not self.stopping:
            await self.wait(None)

    def drain(self, reason: Stopped) -> None:
        """Start nothing new; what is in flight is finished and recorded."""
        if self.stopped is None:
            self.stopped = reason
        self._tell()

    def now(self, reason: Stopped) -> None:
        """Do not wait for what is in flight either."""
        self.at_once = True
        self.drain(reason)

    def on_stop(self, callback: Callable[[], object]) -> None:
        """Called at every stop word."""
        self._on_stop.append(callback)

    def _tell(self) -> None:
        self.changed.set()
        for callback in self._on_stop:
            callback()

    async def wait(self, seconds: float | None) -> None:
        """Sleep until something changes, at most so long."""
        self.changed.clear()
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(seconds):
                await self.changed.wait()
        except TimeoutError:
            return
