"""Passing an HTTP request on to a part of the sandbox, and its answer back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

# RFC 9110 §7.6.1, and what the next hop works out for itself.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
    | {"upgrade", "host", "content-length", "date", "server", "expect"}
)


@dataclass(frozen=True)
class Answer:
    """A part's answer, read to its end and not decoded."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    def response(self, extra: Mapping[str, str] | None = None) -> web.Response:
        """The same answer for our own caller, with further headers."""
        headers = self.headers.copy()
        headers.update(extra or {})
        return web.Response(status=self.status, headers=headers, body=self.body)


def open_session() -> aiohttp.ClientSession:
    """The one client session of the supervisor: keep-alive, no decoding, no cookies, no limit of its own in time."""
    return aiohttp.ClientSession(
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),  # the parts close idle connections after 5 s
    )


def passed_on(headers: CIMultiDictProxy[str], without: Iterable[str] = ()) -> CIMultiDict[str]:
    """The headers that travel further."""
    dropped = HOP_BY_HOP.union(without)
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in dropped)


async def pass_on(
    session: aiohttp.ClientSession, method: str, url: URL, headers: CIMultiDict[str], body: bytes
) -> Answer:
    """Send the request and read the whole answer. Redirects are the caller's business."""
    async with session.request(
        method, url, headers=headers, data=body or None, allow_redirects=False, skip_auto_headers=("Content-Type",)
    ) as response:
        return Answer(response.status, passed_on(response.headers), await response.read())
