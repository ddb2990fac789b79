"""An HTTP client that reads no more than it was told, and waits no longer, whoever asks through it."""

from __future__ import annotations

import asyncio
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient

from diag.project.limits import CODINGS, LARGEST_PAGE, LONGEST_ANSWER

_OF_THE_TRANSFER = ("content-encoding", "content-length", "transfer-encoding")


class TooLarge(Exception):
    """An answer beyond its limit that is of no use in part. ``head`` is how it began."""

    def __init__(self, status: int, head: bytes) -> None:
        super().__init__(f"the answer is larger than {LARGEST_PAGE >> 20} MiB")
        self.status = status
        self.head = head


class _Transport(AiohttpTransport):
    def get_client(self) -> aiohttp.ClientSession:
        """As the transport's own, but for cookies: the session keeps a jar beside httpx's."""
        limits = self.limits
        connector = aiohttp.TCPConnector(
            limit=limits.max_connections or 0, keepalive_timeout=limits.keepalive_expiry, ssl=self.ssl_context
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


class Client(HttpxAiohttpClient):
    """As httpx's, on aiohttp's connections. It keeps no cookie: what one host sets is nobody's business at the next
    host, nor at the next call."""

    def __init__(self, **options: Any) -> None:
        super().__init__(cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])), **options)

    def _init_transport(self, *_: Any, **options: Any) -> httpx.AsyncBaseTransport:
        return options.pop("transport", None) or _Transport(**options)

    def _init_proxy_transport(self, proxy: httpx.Proxy, *_: Any, **options: Any) -> httpx.AsyncBaseTransport:
        return _Transport(proxy=proxy, **options)


class BoundedClient(Client):
    """As httpx's, for libraries that read a whole answer themselves. Who streams sets limits of his own. Raises
    TooLarge, and TimeoutError for an answer that does not end."""

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """As httpx's ``send``."""
        if stream:
            return await super().send(request, stream=True, **options)
        async with asyncio.timeout(LONGEST_ANSWER):
            response = await super().send(request, stream=True, **options)
            try:
                return await _whole(response)
            finally:
                await response.aclose()


async def _whole(response: httpx.Response) -> httpx.Response:
    body = await read_at_most(response, LARGEST_PAGE + 1)
    if len(body) > LARGEST_PAGE:
        raise TooLarge(response.status_code, body[:1024])
    headers = [(name, value) for name, value in response.headers.raw if name.decode().lower() not in _OF_THE_TRANSFER]
    whole = httpx.Response(response.status_code, headers=headers, content=body, request=response.request)
    whole.encoding = "utf-8"  # JSON is nothing else; a header may name any codec of Python's (bz2) as its charset
    return whole


async def read_at_most(response: httpx.Response, limit: int) -> bytes:
    """The body, cut at ``limit`` bytes: what comes after is not read."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= limit:
            break
    del body[limit:]
    return bytes(body)


async def without_userinfo(request: httpx.Request) -> None:
    """A request hook: aiohttp refuses a URL with ``user:password@`` beside the header that httpx made of it."""
    if request.url.userinfo:
        request.url = request.url.copy_with(userinfo=None)


async def refuse_codings(response: httpx.Response) -> None:
    """A response hook: a body in a coding that was not asked for is not unpacked."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in CODINGS:
        raise httpx.DecodingError(f"the body comes in a coding that was not asked for: {coding[:40]}")
