"""Servers that mean harm, each a handler of raw connections on loopback."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from functools import lru_cache

from project.odd_servers import Handler

MB = 1_000_000
_CHUNK = b"a" * 65_536
_JSON = b"content-type: application/json\r\n"


def saying(raw: bytes) -> Handler:
    """These bytes, once, and then the end of the connection."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return handle


def answer(body: bytes, status: str = "200 OK", headers: bytes = _JSON) -> Handler:
    """A whole answer."""
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n".encode()
    return saying(head + headers + b"\r\n" + body)


def large(status: str) -> Handler:
    """100 MB of a JSON text, announced."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {100 * MB}\r\n".encode() + _JSON + b'\r\n["')
        for _ in range(100 * MB // len(_CHUNK)):
            writer.write(_CHUNK)
            await writer.drain()

    return handle


def endless(status: str) -> Handler:
    """A body without end, as fast as it is read."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n".encode() + _JSON + b"\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + _CHUNK + b"\r\n")
            await writer.drain()

    return handle


def dripping(beginning: bytes, drop: bytes) -> Handler:
    """One drop after the other, always before anybody's patience with a silent line ends."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(beginning)
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.01)

    return handle


BODY_DRIPS = dripping(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + _JSON + b"\r\n", b"1\r\n \r\n")
HEAD_DRIPS = dripping(b"HTTP/1.1 200 OK\r\n", b"x")
CONTINUES_FOREVER = dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n")


@lru_cache(maxsize=4)
def _bomb(coding: str) -> bytes:
    """A quarter of a GB of blanks and what it takes to send them: some 250 kB, or with two layers 1 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if coding.endswith("gzip") else 15)
    packed = b"".join(packer.compress(b" " * MB) for _ in range(256)) + packer.flush()
    return gzip.compress(packed) if "," in coding else packed


def bomb(coding: str, status: str) -> Handler:
    """A body that explodes when it is unpacked."""
    return lambda reader, writer: answer(_bomb(coding), status, _JSON + f"content-encoding: {coding}\r\n".encode())(
        reader, writer
    )


def poisoned(first: bytes, smuggled: bytes) -> Handler:
    """The answer to the first request brings one along for the next; a second request is never answered."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(first)}\r\n".encode() + _JSON + b"\r\n"
        fake = f"HTTP/1.1 200 OK\r\ncontent-length: {len(smuggled)}\r\n".encode() + _JSON + b"\r\n"
        writer.write(head + first + fake + smuggled)
        await writer.drain()
        await reader.read(65_536)

    return handle


def recording(requests: list[bytes], raw: bytes) -> Handler:
    """Keeps the head of what comes."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(raw)
        await writer.drain()

    return handle


def redirect(status: str, location: str) -> Handler:
    return answer(b"", status, f"location: {location}\r\n".encode())


EMPTY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n" + _JSON + b"\r\n[]"
DEEP = b"[" * 100_000 + b"]" * 100_000
DEEP_OBJECT = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
LONG_NUMBER = b"9" * 6_000


def _header(*lines: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


ODD: dict[str, Handler] = {
    "not utf-8": answer(b'{"message": "\xff\xfe\xc3\x28 \xed\xa0\x80"}', "500 X"),
    "not utf-8 in a success": answer(b'[{"id": "\xff\xfe\xc3\x28 \xed\xa0\x80"}]'),
    "deep list": answer(DEEP),
    "deep list in an error": answer(DEEP, "500 X"),
    "deep object": answer(DEEP_OBJECT),
    "deep object in an error": answer(DEEP_OBJECT, "400 X"),
    "NUL": answer(b"\x00" * 1_000, "500 X"),
    "a number of 6,000 digits": answer(b'{"count": ' + LONG_NUMBER + b', "version": ' + LONG_NUMBER + b"}"),
    "NaN and Infinity": answer(b'[{"id": NaN, "value": Infinity, "updated_at": -1e999}]'),
    "a lone surrogate": answer(rb'[{"id": "\ud800", "name": "\udfff", "slug": "\ud800"}]'),
    "a list of lists": answer(b"[[1], 2, null]"),
    "a text": answer(b'"hello"'),
    "null": answer(b"null"),
    "nothing at all": answer(b""),
    "10,000 headers": answer(b"[]", "500 X", _header(*(b"x-%d: y" % n for n in range(10_000)))),
    "a header of 1 MB": answer(b"[]", "500 X", _header(b"x-long: " + b"y" * MB)),
    "a status line of 1 MB": saying(b"HTTP/1.1 500 " + b"y" * MB + b"\r\n\r\n"),
    "a status that is none": saying(b"HTTP/1.1 99999 X\r\ncontent-length: 0\r\n\r\n"),
    "a negative length": saying(b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n[]"),
    "a length of 5,000 digits": saying(b"HTTP/1.1 200 OK\r\ncontent-length: " + b"9" * 5_000 + b"\r\n\r\n[]"),
    "a length that is no number": saying(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n[]"),
    "two lengths": saying(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n[]x"),
    "a length and chunks": saying(
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
    ),
    "a length beyond the body": saying(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n" + _JSON + b"\r\n[]"),
    "a chunk that is none": saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + _JSON + b"\r\nzz\r\n[]\r\n"),
    "a chunk without end": saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + _JSON + b"\r\nfffffffff\r\n["),
    "headers that are numbers to nobody": answer(
        b"[]", "416 X",
        _JSON + _header(b"content-range: 0-0/\xb2", b"retry-after: \xb2", b"x-ratelimit-reset: \xb3", b"date: \xff"),
    ),
    "headers of endless digits": answer(
        b"[]", "429 X",
        _JSON + _header(*(name + b": " + b"9" * 5_000 for name in (b"retry-after", b"x-ratelimit-reset"))),
    ),
    "a total of endless digits": answer(b"x", "206 X", _header(b"content-range: bytes 0-0/" + b"9" * 5_000)),
    "gzip that is none": answer(b"not gzip", "200 OK", _JSON + _header(b"content-encoding: gzip")),
    "deflate that is none": answer(b"\xff\xff\xff", "500 X", _JSON + _header(b"content-encoding: deflate")),
    "half of gzip": answer(gzip.compress(b"[]" * 900)[:20], "200 OK", _JSON + _header(b"content-encoding: gzip")),
    "brotli": answer(b"\x0b\x00\x80[]\x03", "200 OK", _JSON + _header(b"content-encoding: br")),
    "zstd": answer(b"\x28\xb5\x2f\xfd\x00", "500 X", _JSON + _header(b"content-encoding: zstd")),
    "a coding that nobody knows": answer(b"[]", "200 OK", _JSON + _header(b"content-encoding: \x80\xff, lzma")),
    "a charset that nobody knows": answer(b"[]", "200 OK", _header(b"content-type: application/json; charset=\x80no")),
    "no HTTP": saying(b"\x16\x03\x01\x02\x00\x01\x00" * 100),
    "HTTP/0.9": saying(b"hello"),
    "an upgrade": saying(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
    "a redirect to nowhere": redirect("302 X", "http://[half"),
    "a redirect to itself": redirect("307 X", "/"),
    "a redirect to a file": redirect("302 X", "file:///etc/passwd"),
    "cookies": answer(b"[]", "200 OK", _JSON + _header(*(b"set-cookie: c%d=\xff; domain=.com" % n for n in range(90)))),
}  # fmt: skip
"""By what is odd about the answer. Whoever asks, the outcome is an answer, a finding or an error with a remedy."""

AUTHORISED = json.dumps({"success": True, "tags": ["forged"], "appraisal": {"a": 1}}).encode()
Make = Callable[[str], Handler]
