"""Small named stand-ins for services with odd answers, and a configuration that leads to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from diag.config import Configuration, load

KEY = "sb_secret_Qw3rTyUiOpAsDfGhJkLzXc_V8nM2kLp"
TOKEN = "sbp_" + "0a1b2c3d4e" * 4
REF = "qwertyuiopasdfghjklz"
URL = f"https://{REF}.supabase.co"


def configured(folder: Path, **environ: str) -> Configuration:
    """A complete configuration out of nothing but these variables."""
    complete = {"SUPABASE_URL": URL, "SUPABASE_SERVICE_ROLE_KEY": KEY, "SUPABASE_ACCESS_TOKEN": TOKEN, **environ}
    return load(environ={name: value for name, value in complete.items() if value}, folder=folder)


class Script:
    """A service that gives its prepared answers one after the other (the last one again and again), and keeps the
    requests. An answer is a response, an exception, or a function of the request."""

    def __init__(self, *answers: httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.MockTransport:
        """The service in the network's place."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)


class Table:
    """One table behind the data API's row cap: answers ``in.(...)`` on its key column with limit, offset and count."""

    def __init__(self, key: str, values: Sequence[str], cap: int = 1000) -> None:
        self.key = key
        self.values = sorted(values)
        self.cap = cap
        self.requests: list[httpx.Request] = []

    @property
    def transport(self) -> httpx.MockTransport:
        """The table in the network's place."""
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The page that was asked for, cut at the cap."""
        self.requests.append(request)
        asked = request.url.params
        wanted = set(asked[self.key].removeprefix("in.(").removesuffix(")").split(","))
        matching = [value for value in self.values if value in wanted]
        start = int(asked.get("offset", 0))
        page = matching[start : start + min(self.cap, int(asked.get("limit", self.cap)))]
        headers = {"content-range": f"{start}-{start + len(page) - 1}/{len(matching)}"}
        return httpx.Response(200, json=[{self.key: value} for value in page], headers=headers)


def rows(*records: dict[str, Any], status: int = 200) -> httpx.Response:
    """The data API's answer with these rows."""
    return httpx.Response(status, json=list(records))


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@asynccontextmanager
async def serving(handler: Handler, *, listens: bool = True) -> AsyncIterator[str]:
    """A real TCP server on loopback for one handler of raw connections, which ``listens`` to the request's headers
    before it speaks; gives its URL."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if listens:
                await reader.readuntil(b"\r\n\r\n")
            await handler(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
