"""The two ways of a call, by aiohttp and (as in tests) by httpx: the same request, the same answer."""

from __future__ import annotations

import gzip
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from diag.diagnosis import Answer
from diag.project.functions import Functions
from diag.project.wire import AiohttpWire, HttpxWire

from .odd_servers import KEY, Handler, serving

WAYS = pytest.mark.parametrize("way", ["aiohttp", "httpx"])


@asynccontextmanager
async def functions(way: str, url: str):
    """The functions behind ``url``, over one of the two ways."""
    async with httpx.AsyncClient() as client:
        wire = AiohttpWire() if way == "aiohttp" else HttpxWire(client)
        try:
            yield Functions(wire, url, {"apikey": KEY})
        finally:
            await wire.aclose()


def answering(raw: bytes) -> Handler:
    """A server that gives every request the same answer."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return handle


async def called(way: str, handler: Handler, payload: dict | None = None, times: int = 1) -> Answer:
    async with serving(handler) as url, functions(way, url) as project:
        for _ in range(times):
            answer = await project.call("analyze-image", payload or {}, timeout=10)
    return answer


def recording(requests: list[bytes], raw: bytes = b"HTTP/1.1 204 No Content\r\n\r\n") -> Callable:
    """A handler of whole connections that keeps what came."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
        requests.append(head + await reader.readexactly(int(length.split(b":")[1])))
        writer.write(raw)
        await writer.drain()

    return handle


async def recorded(way: str, *, raw: bytes = b"HTTP/1.1 204 No Content\r\n\r\n", times: int = 1) -> list[bytes]:
    requests: list[bytes] = []
    async with serving(recording(requests, raw), listens=False) as url, functions(way, url) as project:
        for _ in range(times):
            await project.call("analyze-image", {"note": "Größe ½", "n": 1.5}, timeout=10)
    return requests


@WAYS
async def test_the_request_is_one_post_of_compact_json_with_the_key(way: str) -> None:
    head, _, body = (await recorded(way))[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /functions/v1/analyze-image HTTP/1.1\r\n")
    assert f"apikey: {KEY}".encode() in head
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body) == {"note": "Größe ½", "n": 1.5}


@WAYS
async def test_a_password_of_the_netrc_is_not_sent(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert b"authorization" not in (await recorded(way))[0].lower()


async def test_a_cookie_is_not_sent_back() -> None:
    raw = b"HTTP/1.1 204 No Content\r\nset-cookie: a=b; Path=/\r\nconnection: close\r\n\r\n"
    first, second = await recorded("aiohttp", raw=raw, times=2)
    assert b"cookie" not in first.lower() + second.lower()


@WAYS
async def test_a_compressed_body_is_read(way: str) -> None:
    body = gzip.compress(b'{"success":true}')
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    assert (await called(way, answering(head + body))).body == b'{"success":true}'


@WAYS
async def test_headers_come_as_text_whatever_their_bytes_and_repeated_ones_together(way: str) -> None:
    raw = b"HTTP/1.1 200 OK\r\nX-Odd: caf\xe9\r\nVary: a\r\nVary: b\r\ncontent-length: 2\r\n\r\n{}"
    answer = await called(way, answering(raw))
    assert answer.headers["x-odd"] == "café"
    assert answer.header("Vary") == "a, b"
    assert answer.headers["x-odd"].encode()


async def test_a_proxy_of_the_environment_is_used_unless_the_host_is_exempt(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[bytes] = []
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with serving(recording(requests), listens=False) as proxy:
        monkeypatch.setenv("http_proxy", proxy.removeprefix("http://"))
        async with functions("aiohttp", "http://project.invalid") as project:
            assert (await project.call("f", {}, timeout=10)).status == 204
        monkeypatch.setenv("no_proxy", "project.invalid")
        async with functions("aiohttp", "http://project.invalid") as project:
            assert (await project.call("f", {}, timeout=10)).failure == "network.dns"
    assert requests[0].startswith(b"POST http://project.invalid/functions/v1/f HTTP/1.1\r\n")


@WAYS
@pytest.mark.parametrize("url", ["ftp://project.invalid", "http://[half", "http://host:port"])
async def test_an_address_that_is_none_is_an_answer_with_a_failure(way: str, url: str) -> None:
    async with functions(way, url) as project:
        assert (await project.call("f", {}, timeout=10)).failure == "network.dns"
