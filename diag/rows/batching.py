"""Many small questions asked at the same time become one: keys that arrive within a short window go out together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")
Ask = Callable[[Sequence[str]], Awaitable[Mapping[str, V]]]

WINDOW = 0.04
"""Seconds. With dozens of calls in flight, some finish in each window, and a row waits little against its call."""


class Tick:
    """Those who wait go on together, ``window`` seconds after the first of them came: what they do next is done in a
    row, and the processor, which has forgotten the way since the last answer, finds it once for all of them."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._next: asyncio.Event | None = None

    async def wait(self) -> None:
        """Until the next tick."""
        if self._next is None:
            self._next = asyncio.Event()
            asyncio.get_running_loop().call_later(self._window, self._go)
        await self._next.wait()

    def _go(self) -> None:
        if self._next is not None:
            self._next.set()
        self._next = None


class Batch(Generic[V]):
    """Collects keys for ``window`` seconds (or until ``most`` are there), asks once, hands each its answer.

    A key that the answer does not hold gets ``missing``. An exception of ``ask`` reaches everyone who waits.
    """

    def __init__(self, ask: Ask[V], missing: V, *, window: float = WINDOW, most: int = 100) -> None:
        self._ask = ask
        self._missing = missing
        self._window = window
        self._most = most
        self._waiting: dict[str, asyncio.Future[V]] = {}
        self._full = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def get(self, key: str) -> V:
        """The answer for one key."""
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
            if len(self._waiting) == 1:
                self._start()
            if len(self._waiting) >= self._most:
                self._full.set()
        # Shielded: a caller who is cancelled must not take the answer from another one who waits for the same key.
        return await asyncio.shield(future)

    def _start(self) -> None:
        self._full = asyncio.Event()
        task = asyncio.create_task(self._collect_and_ask(self._full))
        self._running.add(task)  # the loop keeps only weak references to tasks
        task.add_done_callback(self._running.discard)

    async def _collect_and_ask(self, full: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(full.wait(), self._window)
        waiting, self._waiting = self._waiting, {}
        try:
            answers = await self._ask(list(waiting))
        except Exception as error:
            _fail(waiting.values(), error)
        else:
            for key, future in waiting.items():
                if not future.done():
                    future.set_result(answers.get(key, self._missing))


def _fail(futures: Iterable[asyncio.Future[V]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
            future.exception()  # marks it as seen: its caller may have been cancelled
