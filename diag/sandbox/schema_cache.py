"""The data API's picture of the database, kept true: PostgREST listens on the channel ``pgrst`` and looks at the schema
again when it is told to. Supabase Lite does not listen, so the sandbox does for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

_AGAIN = 0.2  # seconds between attempts to reach a database that is away


class SchemaCache:
    """Calls ``reload`` for every ``NOTIFY pgrst``. Whoever listens learns first that the database is away: ``lost`` is
    called then, and ``found`` once it answers (again)."""

    def __init__(
        self,
        database_url: str,
        reload: Callable[[], Awaitable[None]],
        lost: Callable[[], None],
        found: Callable[[], None],
    ) -> None:
        self._url, self._reload, self._lost, self._found = database_url, reload, lost, found
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns once it listens."""
        self._task = asyncio.create_task(self._listen())
        await self._listening.wait()

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        psycopg = await asyncio.to_thread(__import__, "psycopg")  # a tenth of a second
        while True:
            with suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute("listen pgrst")
                    self._listening.set()
                    self._found()
                    async for _ in connection.notifies():
                        await self._reload()
            self._lost()
            await asyncio.sleep(_AGAIN)
