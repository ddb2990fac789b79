"""Real listeners for the stand-ins: what is under test is reached over HTTP, as the function reaches it."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams import LARGEST_REQUEST
from diag.sandbox.upstreams.aws import Aws
from diag.sandbox.upstreams.openai import OpenAI
from diag.sandbox.upstreams.photos import BUCKET, Photos
from diag.sandbox.world.rows import PlannedRow, planned_rows


@dataclass
class Upstreams:
    """The stand-ins and where they listen."""

    counters: Counters
    openai: OpenAI
    photos: Photos
    openai_url: str
    photos_url: str

    def photo_url(self, row: PlannedRow) -> str:
        return f"{self.photos_url}{BUCKET}/{row.path}"


@pytest.fixture
async def upstreams() -> AsyncIterator[Upstreams]:
    counters, photos = Counters(), Photos()
    openai = OpenAI(counters, random.Random(7))
    openai.configure({"latency_ms": 0})
    await openai.start()
    async with listening(openai.routes()) as openai_url, listening(photos.routes()) as photos_url:
        yield Upstreams(counters, openai, photos, openai_url, photos_url)
    await openai.close()


@contextlib.asynccontextmanager
async def listening(routes: list[web.RouteDef]) -> AsyncIterator[str]:
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.add_routes(routes)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@dataclass
class RunningAws:
    """AWS's stand-in, with a real moto behind it, and the credentials of its user."""

    counters: Counters
    front: Aws
    url: str
    credentials: dict[str, str]


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    port = _free_port()
    moto = subprocess.Popen(Aws.child_command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_until_it_listens(moto, port)
    yield f"http://127.0.0.1:{port}"
    moto.kill()
    moto.wait()


@pytest.fixture
async def aws(moto_url: str) -> AsyncIterator[RunningAws]:
    counters = Counters()
    front = Aws(counters)
    await front.start()
    await front.prepare(moto_url)
    credentials = front.credentials
    async with listening(front.routes()) as url:
        yield RunningAws(counters, front, url, credentials)
    await front.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise AssertionError("moto did not start")


@pytest.fixture
def a_row() -> Callable[..., PlannedRow]:
    """A pending row, of the kind asked for."""

    def find(kind: str | None = None) -> PlannedRow:
        return next(row for row in planned_rows() if not row.analysed and kind in (None, row.kind))

    return find
