"""Foreign exceptions of a call over the network, translated in one table to the ``network.*`` signatures.

httpx-aiohttp maps aiohttp's exceptions to httpx's coarsely (a server that hangs up becomes ``ConnectTimeout``), so
the whole chain of causes is looked at, not the exception alone.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import httpx

from diag.secret import redact

FOREIGN: tuple[type[BaseException], ...] = (
    httpx.HTTPError,
    httpx.InvalidURL,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    UnicodeError,  # a host name that the DNS cannot hold: Python's codec for them says it so, and so does idna
)
"""What a call may raise; everything else is a bug and goes on."""

_FAILURES: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("network.proxy", (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError, httpx.ProxyError)),
    (
        "network.dns",
        (
            aiohttp.ClientConnectorDNSError, socket.gaierror, httpx.UnsupportedProtocol, httpx.InvalidURL,
            aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, UnicodeError,
        ),
    ),
    ("network.tls", (aiohttp.ClientSSLError, ssl.SSLError)),
    ("network.refused", (ConnectionRefusedError,)),
    (
        "network.reset",
        (
            aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError, aiohttp.ClientPayloadError,
            httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError,
            aiohttp.ClientResponseError, aiohttp.http.HttpProcessingError,
        ),
    ),
    ("network.timeout", (TimeoutError, asyncio.TimeoutError, httpx.TimeoutException, aiohttp.ServerTimeoutError)),
    ("network.refused", (aiohttp.ClientConnectorError, httpx.ConnectError, OSError)),
)  # fmt: skip
"""Read from the top: the first row with a type that occurs in the chain."""
_LONGEST_TEXT = 300


def failure_of(error: BaseException) -> str:
    """The ``network.*`` signature of an exception that came in place of a response."""
    chain = tuple(_chain(error))
    for signature, types in _FAILURES:
        if any(isinstance(link, types) for link in chain):
            return signature
    return "network.reset"


def failure_text(error: BaseException) -> str:
    """The exception in words, redacted and cut: the first message of the chain, and the root's type, which often
    says more (``ConnectionRefusedError``)."""
    chain = tuple(_chain(error))
    words = next((str(link) for link in chain if str(link)), "")
    return redact(f"{words} ({type(chain[-1]).__name__})".strip())[:_LONGEST_TEXT]


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        inner = getattr(link, "os_error", None)
        link = link.__cause__ or (inner if isinstance(inner, BaseException) else None) or link.__context__
