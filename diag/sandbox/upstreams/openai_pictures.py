"""How OpenAI gets at a picture: it downloads the URL itself, or decodes a data URL, and looks what it is."""

from __future__ import annotations

import base64
import binascii

import aiohttp

from diag.sandbox.upstreams import openai_refusals as refusals
from diag.sandbox.upstreams.decoding import size_of
from diag.sandbox.upstreams.downloads import Unreachable, download, downloader
from diag.sandbox.world.drawing import row_of_photo
from diag.sandbox.world.rows import row_in

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_AGENT = "OpenAI Image Downloader"
_MOST_BYTES = 20 * 1024 * 1024


class Pictures:
    """Downloads from this machine only: a sandbox reaches nobody else."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the connections."""
        self._session = downloader(_AGENT)

    async def close(self) -> None:
        """Close them."""
        if self._session is not None:
            await self._session.close()

    async def look_at(self, url: str) -> str | None:
        """The row whose photo it is, or None for any other picture. Raises ``Refusal`` as OpenAI would."""
        picture = _decoded(url) if url.startswith("data:") else await self._downloaded(url)
        if len(picture) > _MOST_BYTES:
            raise refusals.invalid("Image is too large: the limit is 20 MB.", code="image_too_large")
        if size_of(picture, _FORMATS, whole=False) is None:
            raise refusals.unsupported_picture()
        return row_of_photo(picture) or row_in(url)

    async def _downloaded(self, url: str) -> bytes:
        if self._session is None:
            raise RuntimeError("start() comes first")
        try:
            return await download(self._session, url)
        except Unreachable:
            raise refusals.unreachable_picture(url) from None


def _decoded(url: str) -> bytes:
    try:
        return base64.b64decode(url.partition(",")[2], validate=True)
    except (ValueError, binascii.Error):
        raise refusals.unsupported_picture() from None
