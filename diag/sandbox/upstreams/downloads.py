"""How a model provider gets at a picture by its URL: it downloads it, from this machine only.

A sandbox reaches nobody else, so that every other host is as good as down.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import aiohttp

_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_TIME_LIMIT: Final = 10  # seconds


class Unreachable(Exception):
    """There is no picture to be had. ``status``: with which its host answered, None where it did not."""

    def __init__(self, status: int | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status


def downloader(agent: str) -> aiohttp.ClientSession:
    """What a provider downloads with; ``agent`` is how it introduces itself."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIME_LIMIT), headers={"User-Agent": agent})


async def download(session: aiohttp.ClientSession, url: str) -> bytes:
    """The picture's bytes; raises ``Unreachable``."""
    if urlsplit(url).hostname not in _LOOPBACK:
        raise Unreachable
    try:
        async with session.get(url) as response:
            if response.status != 200:
                raise Unreachable(response.status)
            return await response.read()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise Unreachable from None


async def download_once(url: str, agent: str) -> bytes:
    """The same with connections of its own; raises ``Unreachable``."""
    async with downloader(agent) as session:
        return await download(session, url)
