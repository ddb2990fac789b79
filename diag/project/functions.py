"""Calls of edge functions, by raw HTTP: the client library's ``invoke`` throws away status, headers and the
platform's body, which are what a diagnosis needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from diag.diagnosis import Answer
from diag.project.failures import FOREIGN, failure_of, failure_text
from diag.project.wire import Wire

_OPTIONS_TIMEOUT = 20.0  # seconds; a cold start takes a few
_PREFLIGHT = {"Origin": "https://nukediag.invalid", "Access-Control-Request-Method": "POST"}


class Functions:
    """The project's edge functions. No method raises for what the network or the platform does: that is the answer."""

    def __init__(self, wire: Wire, url: str, headers: Mapping[str, str]) -> None:
        self._wire = wire
        self._url = f"{url}/functions/v1"
        self._headers = dict(headers)

    async def call(
        self, name: str, payload: Mapping[str, Any], *, timeout: float, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One POST. ``timeout`` is for the whole call, in seconds: a function that trickles bytes does not outlast
        it. The body is cut at 1 MiB."""
        return await self._send("POST", name, timeout, {**self._headers, **(headers or {})}, payload)

    async def options(self, name: str) -> Answer:
        """The request that a browser sends before its own: the function boots for it and spends nothing. It carries
        no key, as the browser's does not."""
        return await self._send("OPTIONS", name, _OPTIONS_TIMEOUT, _PREFLIGHT, None)

    async def _send(
        self, method: str, name: str, timeout: float, headers: Mapping[str, str], payload: Mapping[str, Any] | None
    ) -> Answer:
        start = time.monotonic()
        url = f"{self._url}/{quote(name, safe='')}"
        try:
            async with asyncio.timeout(timeout):
                answer = await self._wire.send(method, url, headers, payload, timeout)
        except FOREIGN as error:
            return Answer(failure=failure_of(error), failure_text=failure_text(error), duration_ms=_since(start))
        return Answer(answer.status, answer.headers, answer.body, duration_ms=_since(start))


def _since(start: float) -> float:
    return (time.monotonic() - start) * 1000
