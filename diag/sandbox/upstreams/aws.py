"""AWS: moto checks the real SigV4 signatures, and a thin front gives it Rekognition's own manners.

moto answers every refusal as a 403 with XML, where Rekognition answers 400 with JSON and ``__type``; it never looks
at a picture, and its labels are always the same. The front translates, and forwards the signed headers unchanged.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import sys
import uuid
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from diag.sandbox.counters import Counters
from diag.sandbox.world.analysis import labels_of
from diag.sandbox.world.drawing import row_of_photo

_MOST_BYTES: Final = 5_242_880
_JSON: Final = "application/x-amz-json-1.1"
_HOP_BY_HOP: Final = {"connection", "transfer-encoding", "content-length", "accept-encoding"}
_POLICY: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["rekognition:*", "sts:*"], "Resource": "*"}],
}
# What moto calls it -> what Rekognition calls it. Rekognition's names: its API reference, "Common errors".
_REKOGNITION_NAMES: Final = {
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "UnrecognizedClientException": "UnrecognizedClientException",
    "AccessDenied": "AccessDeniedException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
}
_GENERIC_LABEL: Final = {"Name": "Vehicle", "Confidence": 91.2, "Instances": [], "Parents": [], "Categories": []}


class Aws:
    """STS and Rekognition on one listener, in front of moto. Takes no faults yet: wrong credentials are real ones."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._moto = ""
        self._session: aiohttp.ClientSession | None = None

    @staticmethod
    def child_command(port: int) -> list[str]:
        """moto's command line."""
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults: none are known so far."""

    def routes(self) -> list[web.RouteDef]:
        """All of AWS stands at ``/``."""
        return [web.post("/", self._answer)]

    async def start(self) -> None:
        """Open the connections to moto."""
        # A signed request must reach moto as it is: nothing added, nothing decoded.
        self._session = aiohttp.ClientSession(
            auto_decompress=False, skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
        )

    async def close(self) -> None:
        """Close them."""
        if self._session is not None:
            await self._session.close()

    async def prepare(self, moto_url: str) -> dict[str, str]:
        """Create the project's IAM user in a moto that listens, then turn its checks on.

        Returns the user's ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``.
        """
        self._moto = moto_url.rstrip("/")
        await self._set_moto("reset-auth", "inf")
        await self._set_moto("reset", "")
        await self._iam("CreateUser", UserName="analyze-image")
        policy = {"PolicyName": "rekognition", "PolicyDocument": json.dumps(_POLICY)}
        await self._iam("PutUserPolicy", UserName="analyze-image", **policy)
        key = await self._iam("CreateAccessKey", UserName="analyze-image")
        await self._set_moto("reset-auth", "0")
        return {
            "AWS_ACCESS_KEY_ID": _element("AccessKeyId", key),
            "AWS_SECRET_ACCESS_KEY": _element("SecretAccessKey", key),
        }

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("start() comes first")
        return self._session

    async def _set_moto(self, setting: str, value: str) -> None:
        """``reset-auth`` takes the number of calls that are not checked; moto reads it from plain text alone."""
        url, headers = f"{self._moto}/moto-api/{setting}", {"content-type": "text/plain"}
        async with self._client.post(url, data=value, headers=headers) as done:
            done.raise_for_status()

    async def _iam(self, action: str, **parameters: str) -> str:
        form = {"Action": action, "Version": "2010-05-08", **parameters}
        # moto does not check signatures yet; it reads the service's name from the scope.
        scope = "Credential=AKIASETUP/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": f"AWS4-HMAC-SHA256 {scope}"}
        async with self._client.post(f"{self._moto}/", data=urlencode(form), headers=headers) as response:
            response.raise_for_status()
            return await response.text()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        target = request.headers.get("X-Amz-Target", "")
        if target == "RekognitionService.DetectLabels":
            return await self._detect_labels(request, body)
        status, answer = await self._ask_moto(request, body)
        if target:
            return _json(answer) if status < 400 else _refusal(answer)
        return _xml(answer, status)

    async def _detect_labels(self, request: web.Request, body: bytes) -> web.Response:
        self._counters.attempted("aws")
        status, answer = await self._ask_moto(request, body)
        if status >= 400:
            return _refusal(answer)
        picture = _picture(body)
        if (problem := _problem(picture)) is not None:
            return problem
        row = row_of_photo(picture)
        self._counters.accepted("aws", row)
        labels = labels_of(row) if row else [_GENERIC_LABEL]
        return _json(json.dumps({"Labels": labels, "LabelModelVersion": "3.0"}))

    async def _ask_moto(self, request: web.Request, body: bytes) -> tuple[int, str]:
        if "Authorization" not in request.headers:
            return 403, _unsigned()
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP]
        async with self._client.post(self._moto + request.path_qs, data=body, headers=headers) as response:
            return response.status, await response.text()


def _picture(body: bytes) -> bytes:
    try:
        return base64.b64decode(json.loads(body)["Image"]["Bytes"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return b""


def _problem(picture: bytes) -> web.Response | None:
    """Rekognition's refusal of a picture, or None."""
    if len(picture) > _MOST_BYTES:
        size = len(picture)
        value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]' at 'image.bytes'"
        limit = f"failed to satisfy constraint: Member must have length less than or equal to {_MOST_BYTES}"
        return _error("ValidationException", f"1 validation error detected: {value} {limit}")
    if not picture.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _error("InvalidImageFormatException", "Request has invalid image format")
    return None


def _refusal(answer: str) -> web.Response:
    code = _element("Code", answer)
    return _error(_REKOGNITION_NAMES.get(code, code or "InternalServerError"), _element("Message", answer))


def _error(kind: str, message: str) -> web.Response:
    return _json(json.dumps({"__type": kind, "message": message}), status=400)


def _json(body: str, status: int = 200) -> web.Response:
    headers = {"content-type": _JSON, "x-amzn-requestid": str(uuid.uuid4())}
    return web.Response(body=body.encode(), status=status, headers=headers)


def _xml(answer: str, status: int) -> web.Response:
    """STS and the like: success as moto says it, a refusal with the elements where AWS has them."""
    if status >= 400:
        code, message = html.escape(_element("Code", answer)), html.escape(_element("Message", answer))
        answer = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )
    return web.Response(body=answer.encode(), status=status, headers={"content-type": "text/xml"})


def _unsigned() -> str:
    return "<Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message>"


def _element(name: str, xml: str) -> str:
    """The text of the first element of that name; moto's answers are flat and regular."""
    found = re.search(f"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return html.unescape(found[1]) if found else ""
