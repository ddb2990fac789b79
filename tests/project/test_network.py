"""What really happens on a wire, against real sockets: each kind of failure gets its own signature."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from pathlib import Path

import pytest

from diag.diagnosis import Answer
from diag.project import Project, ProjectError

from .odd_servers import KEY, Handler, configured, serving

FOREVER = 3600


async def hang(reader: StreamReader, writer: StreamWriter) -> None:
    await asyncio.sleep(FOREVER)


async def hang_up(reader: StreamReader, writer: StreamWriter) -> None:
    writer.close()


async def reset(reader: StreamReader, writer: StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def break_off(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    await writer.drain()


async def speak_nonsense(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    await writer.drain()


async def trickle(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(FOREVER * 100):
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def flood(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"HTTP/1.1 500 X\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(FOREVER * 100):
        writer.write(b"10000\r\n" + b"a" * 65536 + b"\r\n")
        await writer.drain()


async def redirect(reader: StreamReader, writer: StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nlocation: https://elsewhere.invalid/\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()


async def called(folder: Path, url: str, timeout: float = 30) -> Answer:
    async with Project(configured(folder, SUPABASE_URL=url)) as project:
        return await project.functions.call("analyze-image", {"image_id": "1"}, timeout=timeout)


@pytest.mark.parametrize(
    ("handler", "signature", "timeout"),
    [
        (hang, "network.timeout", 0.2),
        (trickle, "network.timeout", 0.3),
        (hang_up, "network.reset", 30),
        (reset, "network.reset", 30),
        (break_off, "network.reset", 30),
        (speak_nonsense, "network.reset", 30),
    ],
)
async def test_a_broken_call_is_an_answer_with_its_own_failure(
    tmp_path: Path, handler: Handler, signature: str, timeout: float
) -> None:
    async with serving(handler) as url:
        answer = await called(tmp_path, url, timeout)
    assert (answer.failure, answer.status) == (signature, None)
    assert answer.failure_text
    assert KEY not in answer.failure_text


async def test_a_closed_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert (await called(tmp_path, f"http://127.0.0.1:{port}")).failure == "network.refused"


async def test_a_name_that_does_not_exist_is_dns(tmp_path: Path) -> None:
    assert (await called(tmp_path, "http://no-such-project.invalid")).failure == "network.dns"


async def test_plain_text_where_tls_belongs_is_tls(tmp_path: Path) -> None:
    async with serving(speak_nonsense, listens=False) as url:
        assert (await called(tmp_path, url.replace("http:", "https:"))).failure == "network.tls"


async def test_a_proxy_that_is_not_there_is_the_proxys_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert (await called(tmp_path, "http://no-such-project.invalid")).failure == "network.proxy"


async def test_an_endless_body_is_cut_at_one_mebibyte(tmp_path: Path) -> None:
    async with serving(flood) as url:
        answer = await called(tmp_path, url)
    assert answer.status == 500
    assert len(answer.body) == 1 << 20


async def test_a_redirect_is_an_answer_and_is_not_followed(tmp_path: Path) -> None:
    async with serving(redirect) as url:
        answer = await called(tmp_path, url)
    assert answer.status == 302
    assert answer.header("Location") == "https://elsewhere.invalid/"


async def test_a_read_of_the_data_api_is_tried_again_and_then_told(tmp_path: Path) -> None:
    connections = []

    async def count_and_hang_up(reader: StreamReader, writer: StreamWriter) -> None:
        connections.append(1)

    async with serving(count_and_hang_up) as url, Project(configured(tmp_path, SUPABASE_URL=url)) as project:
        with pytest.raises(ProjectError) as caught:
            await project.data.count("vehicle_images", {})
    assert caught.value.diagnosis.signature == "network.reset"
    assert caught.value.exit_code == 5
    assert len(connections) > 1


async def test_a_hundred_and_fifty_calls_are_in_flight_at_once(tmp_path: Path) -> None:
    together = asyncio.Barrier(150)

    async def wait_for_the_others(reader: StreamReader, writer: StreamWriter) -> None:
        await together.wait()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(wait_for_the_others) as url, Project(configured(tmp_path, SUPABASE_URL=url)) as project:
        calls = (project.functions.call("f", {}, timeout=60) for _ in range(150))
        answers = await asyncio.gather(*calls)
    assert {answer.status for answer in answers} == {200}
