"""What carries a function call: the network by aiohttp itself, or whatever stands in its place in a test.

httpx over aiohttp costs three times the processor time of aiohttp alone, for requests that need nothing of it: no
cookies, no redirects, no authentication flow. The data API and the Management API, which are asked once for dozens of
rows, stay with httpx.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

from diag.diagnosis import Answer, Headers
from diag.project.bounded import read_at_most
from diag.project.http import CALLS_IN_FLIGHT, KEEP_ALIVE, USER_AGENT, answer_of, certificates, timeouts
from diag.project.limits import CONNECT_TIMEOUT, LARGEST_BODY

_OWN = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"}
_JSON = {"Content-Type": "application/json"}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Wire(Protocol):
    """One request, one answer. Raises what ``diag.project.failures.FOREIGN`` lists."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], payload: Mapping[str, Any] | None, timeout: float
    ) -> Answer:
        """``timeout``: seconds between two pieces of the answer. The body is cut at 1 MiB."""

    async def aclose(self) -> None:
        """Close all connections."""


class HttpxWire:
    """Over an httpx client, which its owner closes."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], payload: Mapping[str, Any] | None, timeout: float
    ) -> Answer:
        """As ``Wire.send``."""
        step = timeouts(timeout)
        async with self._client.stream(method, url, headers=headers, json=payload, timeout=step) as response:
            return answer_of(response, await read_at_most(response, LARGEST_BODY))

    async def aclose(self) -> None:
        """Nothing is its own."""


class AiohttpWire:
    """Over aiohttp. HTTP/1.1, as many connections as calls, no redirects (they would carry the key to another host),
    the environment's proxies and certificates as httpx takes them."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._routes: dict[str, tuple[URL, str | None]] = {}

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], payload: Mapping[str, Any] | None, timeout: float
    ) -> Answer:
        """As ``Wire.send``."""
        session = self._session = self._session or _new_session()
        options: dict[str, Any] = {"headers": headers}
        if payload is not None:
            options = {"headers": {**_JSON, **headers}, "data": _encoded(payload)}
        step, (address, proxy) = _timeouts(timeout), self._route(url)
        async with session.request(
            method, address, allow_redirects=False, proxy=proxy, timeout=step, **options
        ) as response:
            body = await _read_at_most(response)
            return Answer(status=response.status, headers=_headers(response), body=body)

    def _route(self, url: str) -> tuple[URL, str | None]:
        route = self._routes.get(url)  # reading the environment for every call would cost as much as the call
        if route is None:
            address = _address(url)
            route = self._routes[url] = (address, _proxy(address))
        return route

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


def _new_session() -> aiohttp.ClientSession:
    # trust_env would also send the passwords of a .netrc: only the proxies of the environment are wanted (_route).
    connector = aiohttp.TCPConnector(limit=CALLS_IN_FLIGHT, keepalive_timeout=KEEP_ALIVE, ssl=certificates())
    jar = aiohttp.DummyCookieJar()
    return aiohttp.ClientSession(connector=connector, cookie_jar=jar, headers=_OWN)


@lru_cache(maxsize=8)
def _timeouts(read: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=CONNECT_TIMEOUT, sock_read=read)


def _encoded(payload: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(payload).encode()


def _address(url: str) -> URL:
    """As httpx reads it, errors included; quoted already, and not to be quoted again."""
    return URL(str(httpx.URL(url)), encoded=True)


def _proxy(address: URL) -> str | None:
    proxies = getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(address.raw_host or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


async def _read_at_most(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= LARGEST_BODY:
            break
    return bytes(body[:LARGEST_BODY])


def _headers(response: aiohttp.ClientResponse) -> Headers:
    found = Headers()
    for name, value in response.raw_headers:
        key, text = name.decode("latin-1").lower(), _text(value)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
