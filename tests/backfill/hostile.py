"""A Supabase project on a real socket whose network misbehaves at random, and a backfill of it on virtual time."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from doubles import JPEG, URL, SupabaseDouble, configuration

from diag.backfill.calls import Caller
from diag.backfill.ceiling import FixedCeiling
from diag.backfill.controls import Controls
from diag.backfill.engine import Engine
from diag.backfill.journal import Journal
from diag.backfill.limiter import RateLimiter
from diag.backfill.options import Options
from diag.backfill.parts import Run
from diag.backfill.plan import Plan
from diag.backfill.result import BackfillResult
from diag.backfill.run import as_result, go
from diag.backfill.unresolved import Finder
from diag.project import Project
from diag.rows import RowWorker

from .worlds import EPOCH

SETTLE = 20.0
WITHOUT_WORK = ("reset before", "garbage", "busy", "limited")
AFTER_WORK = ("reset after", "half", "drip", "bad gateway", "late")


class Hostile:
    """``faults`` strike one request in three; ``outages`` are the spans (virtual seconds) without a data API.

    ``calls`` counts the function's calls per row, ``paid`` those that did their work; ``broken_promises`` lists the
    calls of rows whose results stood already.
    """

    def __init__(self, count: int, seed: int, faults: list[str], outages: list[tuple[float, float]]) -> None:
        self.double = SupabaseDouble.with_rows(count)
        self.rng = random.Random(seed)
        self.faults = faults
        self.outages = outages
        self.calls: Counter[str] = Counter()
        self.paid: Counter[str] = Counter()
        self.broken_promises: list[str] = []
        self._busy: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Its URL, while it serves."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for number, row in enumerate(self.double.rows.values()):
            row["image_url"] = f"{url}/pictures/{number}.jpg"
        try:
            yield url
        finally:
            server.close()
            for task in self._busy:
                task.cancel()

    async def _connection(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            await self._answer(await _request(reader), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            self._busy.discard(task)
            writer.close()

    async def _answer(self, request: httpx.Request, writer: StreamWriter) -> None:
        path, fault = request.url.path, self.rng.choice(self.faults) if self.faults else ""
        if path.startswith("/pictures/"):
            await _send(writer, httpx.Response(200, content=JPEG, headers={"content-type": "image/jpeg"}))
            return
        if self.rng.random() > 1 / 3:
            fault = ""
        if path.startswith("/rest/") and any(start <= _now() < end for start, end in self.outages):
            fault = "reset before"
        if path.startswith("/functions/"):
            self._count(request)
            await asyncio.sleep(self.rng.uniform(1, 10))
        await self._misbehave(request, writer, fault)

    def _count(self, request: httpx.Request) -> None:
        row_id = _row_of(request)
        self.calls[row_id] += 1
        if self.double.rows[row_id]["ai_scan_metadata"] is not None:
            self.broken_promises.append(f"{row_id} was called though its results stand")

    async def _misbehave(self, request: httpx.Request, writer: StreamWriter, fault: str) -> None:
        match fault:
            case "reset before":
                _reset(writer)
            case "garbage":
                writer.write(bytes(self.rng.randrange(256) for _ in range(40)) + b"\r\n\r\n")
            case "busy":
                await _send(writer, httpx.Response(503))
            case "limited":
                await _send(writer, httpx.Response(429, json={"error": "too many"}, headers={"retry-after": "2"}))
            case "late":
                _reset(writer)
                await asyncio.sleep(SETTLE / 2)
                self._work(request)
            case _:
                await self._lose(self._work(request), writer, fault)

    async def _lose(self, answer: httpx.Response, writer: StreamWriter, fault: str) -> None:
        if fault == "reset after":
            _reset(writer)
        elif fault == "bad gateway":
            await _send(writer, httpx.Response(502))
        elif fault == "half":
            writer.write(_raw(answer)[:-1])
        elif fault == "drip":
            for byte in _raw(answer):
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(5)
        else:
            await _send(writer, answer)

    def _work(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/functions/"):
            self.paid[_row_of(request)] += 1
        answer = self.double(request)
        return answer if request.method != "HEAD" else httpx.Response(answer.status_code, headers=answer.headers)


async def _request(reader: StreamReader) -> httpx.Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    length = int({name.lower(): value for name, value in headers.items()}.get("content-length", 0))
    return httpx.Request(method, URL + path, headers=headers, content=await reader.readexactly(length))


def _row_of(request: httpx.Request) -> str:
    return str(json.loads(request.content)["image_id"])


def _raw(answer: httpx.Response) -> bytes:
    headers = {**answer.headers, "connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status_code} X\r\n{lines}\r\n".encode() + answer.content


async def _send(writer: StreamWriter, answer: httpx.Response) -> None:
    writer.write(_raw(answer))
    await writer.drain()


def _reset(writer: StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _now() -> float:
    return asyncio.get_running_loop().time()


async def backfill(url: str, folder: Path, run: str, count: int, seed: int) -> BackfillResult:
    """One run over the network, with everything real but the time."""
    loop = asyncio.get_running_loop()
    loop.selector.busy = lambda: True  # type: ignore[attr-defined]
    path, options, controls = folder / "state" / "j.sqlite3", Options(force=True), Controls()
    journal = await Journal.open(path, "analyze-image", run, now=lambda: EPOCH + loop.time())
    loop.selector.busy = lambda: journal.busy  # type: ignore[attr-defined]
    try:
        async with Project(configuration(folder, SUPABASE_URL=url)) as project:
            settings = project.configuration.settings
            this = Run(project, settings, options, Plan(count, 0, count, 0.0, 0.0), controls, journal)
            async with RowWorker(project, settings) as worker:
                finder, uniform = Finder(worker, project.data, settings.table), random.Random(seed).uniform
                caller = Caller(
                    worker, finder, journal, this.tally, controls, clock=loop.time, settle=SETTLE, uniform=uniform
                )
                await go(this, Engine(caller, RateLimiter(), FixedCeiling(12, 4)), None)
            return as_result(this)
    finally:
        await journal.close()
