"""A look at a row's picture before paying for its analysis: free, and without any credential.

Limits: Rekognition takes JPEG and PNG of at most 5 MB as bytes; OpenAI also WEBP and (still) GIF of at most 50 MB
(docs.aws.amazon.com/rekognition/latest/dg/limits.html, platform.openai.com/docs/guides/images-vision).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Self

import filetype  # type: ignore[import-untyped]
import httpx

from diag import __version__
from diag.catalogue import describe
from diag.config.settings import Settings
from diag.diagnosis import Diagnosis, Evidence
from diag.project.bounded import Client, refuse_codings, without_userinfo
from diag.project.failures import FOREIGN
from diag.project.http import quieten
from diag.project.limits import LONGEST_LOOK, LONGEST_NUMBER
from diag.secret import redact

_HEAD = 8192  # bytes: enough for every format's signature and for the text of an error
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the services behind the function take: media types (None: whatever is there), and a picture's size in
    bytes."""

    accepted: frozenset[str] | None
    most: int


REKOGNITION = Limits(frozenset({"image/jpeg", "image/png"}), 5 * _MEGABYTE)
OPENAI = Limits(frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}), 50 * _MEGABYTE)
ANYTHING = Limits(None, 0)
"""No picture, but a recording or a document: nobody knows here what the service behind the function takes."""


def limits_for(settings: Settings) -> Limits | None:
    """Rekognition's limits where the function needs AWS credentials, else those of the vision model; None where rows
    have no address that could be looked at."""
    if not settings.table.url:
        return None
    if settings.table.media == "any":
        return ANYTHING
    return REKOGNITION if any(name.startswith("AWS_") for name in settings.secrets.required) else OPENAI


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood at a URL: HTTP ``status``, the ``declared`` content type, the first bytes, and the ``size`` of the
    whole in bytes (None: not told, and below the limit as far as it was read)."""

    status: int
    declared: str
    head: bytes
    size: int | None


class Pictures:
    """Looks at pictures; without ``limits`` at nothing. ``transport`` is for tests; ``timeout`` in seconds for every
    step, ``longest`` for the whole of a look."""

    def __init__(
        self,
        limits: Limits | None = REKOGNITION,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 20,
        longest: float = LONGEST_LOOK,
    ) -> None:
        quieten()  # URLs of pictures may carry a signature
        self._limits = limits
        self._longest = longest
        self._client = Client(
            transport=transport,
            timeout=timeout,
            follow_redirects=True,  # nothing is sent that another host might not see
            event_hooks={"request": [_without_body, without_userinfo], "response": [refuse_codings]},
            # identity: the size that counts is that of the picture, not of its compressed transfer
            headers={
                "User-Agent": f"nukediag/{__version__}",
                "Accept": "*/*" if limits == ANYTHING else "image/*",
                "Accept-Encoding": "identity",
            },
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def fault(self, url: str | None) -> Diagnosis | None:
        """What is wrong with the picture (an ``image.*`` diagnosis), or None where it can be analysed."""
        if self._limits is None:
            return None
        wrong = url_fault(url)
        if wrong or url is None or url.startswith("data:"):
            return wrong
        try:
            return judge(await self._look(url, self._limits.most), self._limits)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            return _fault("image.url-invalid", "url", str(error))
        except FOREIGN as error:
            return _fault("image.unreachable", "connection", f"{type(error).__name__}: {error}")

    async def _look(self, url: str, most: int) -> Seen:
        headers = {"Range": f"bytes=0-{_HEAD - 1}"}
        async with asyncio.timeout(self._longest), self._client.stream("GET", url, headers=headers) as response:
            size = _told_size(response)
            head, read = b"", 0
            async for chunk in response.aiter_bytes():
                head, read = (head + chunk)[:_HEAD], read + len(chunk)
                if read >= _HEAD and (size is not None or read > most):
                    break
            known = size if size is not None else read
            return Seen(response.status_code, response.headers.get("content-type", ""), head, known)


async def _without_body(request: httpx.Request) -> None:
    """After a redirect the transport would send an empty body in chunks, which servers refuse with a GET."""
    await request.aread()


def _told_size(response: httpx.Response) -> int | None:
    if response.status_code == 206:
        total = response.headers.get("content-range", "").rpartition("/")[2]
    else:
        total = response.headers.get("content-length", "")
    return int(total) if total.isdecimal() and len(total) <= LONGEST_NUMBER else None


def url_fault(url: str | None) -> Diagnosis | None:
    """What is wrong with the text of a row's URL, or None."""
    if not url or not url.strip():
        return _fault("image.url-invalid", "url", "the row has no URL")
    if not re.match(r"(https?://[^/\s]+|data:image/)", url, re.IGNORECASE):
        return _fault("image.url-invalid", "url", url[:120])
    return None


def judge(seen: Seen, limits: Limits = REKOGNITION) -> Diagnosis | None:
    """What is wrong with a picture, from what stood at its URL; None where it can be analysed."""
    if seen.status not in (200, 206):
        text = seen.head.decode("utf-8", "replace")[:300]
        return _fault(_refusal(seen.status, text), "status", str(seen.status), _body(text))
    if limits.accepted is None:
        return None
    kind = filetype.guess_mime(seen.head) if seen.head else None
    if not kind or not kind.startswith("image/"):
        return _fault("image.not-an-image", "content type", seen.declared or "none", _first_bytes(seen.head))
    if kind not in limits.accepted:
        return _fault("image.unsupported-format", "first bytes", kind)
    if seen.size is not None and seen.size > limits.most:
        told = f"{seen.size / _MEGABYTE:.1f} MB, the limit is {limits.most // _MEGABYTE} MB"
        return _fault("image.too-large", "size", told)
    return None


def _refusal(status: int, text: str) -> str:
    # Supabase Storage answers 400 for a missing object and tells the real status in the body.
    if "bucket not found" in text.lower():
        return "image.bucket-missing"
    if status in (404, 410) or re.search(r'"statusCode"\s*:\s*"?404|not[ _]found', text, re.IGNORECASE):
        return "image.not-found"
    if status >= 500 or status in (408, 425, 429):
        return "image.unreachable"
    return "image.forbidden" if status >= 400 else "image.unreachable"


def _body(text: str) -> Evidence | None:
    return Evidence("body", redact(text)) if text.strip() else None


def _first_bytes(head: bytes) -> Evidence:
    return Evidence("first bytes", redact(repr(head[:60])) if head else "nothing: the file is empty")


def _fault(signature: str, where: str, text: str, more: Evidence | None = None) -> Diagnosis:
    evidence = (Evidence(where, redact(text)),) + ((more,) if more else ())
    return describe(signature, evidence=evidence)
