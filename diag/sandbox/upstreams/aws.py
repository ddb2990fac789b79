"""AWS: moto checks the real SigV4 signatures and policies, and a front gives it Rekognition's own manners.

moto answers every refusal as a 403 with XML, where Rekognition answers 400 with JSON and ``__type``; it never looks
at a picture, at the clock or at a token's age, and its labels are always the same. The front translates, looks at what
moto does not, and forwards the signed headers unchanged.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
from aiohttp import web

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams.aws_account import Issued, element, issue
from diag.sandbox.upstreams.aws_faults import (
    Faults,
    Refusal,
    check_account,
    check_names,
    check_picture,
    check_question,
    check_request,
    unavailable,
)
from diag.sandbox.upstreams.wire import hang_up, stall
from diag.sandbox.world.analysis import labels_of
from diag.sandbox.world.drawing import row_of_photo

_PAID: Final = ("RekognitionService.DetectLabels", "RekognitionService.DetectCustomLabels")
_HOP_BY_HOP: Final = {"connection", "transfer-encoding", "content-length", "accept-encoding"}
# What moto calls it -> what Rekognition calls it. Rekognition's names: its API reference, "Common errors".
_REKOGNITION_NAMES: Final = {
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "UnrecognizedClientException": "UnrecognizedClientException",
    "AccessDenied": "AccessDeniedException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
}
_LABELS: Final[Mapping[str, list[dict[str, Any]]]] = {
    "vehicle": [{"Name": "Vehicle", "Confidence": 91.2, "Instances": [], "Parents": [], "Categories": []}],
    "other": [{"Name": "Tree", "Confidence": 97.4, "Instances": [], "Parents": [{"Name": "Plant"}], "Categories": []}],
    "none": [],
}


class Aws:
    """STS and Rekognition on one listener, in front of moto. ``configure`` takes the fields of ``Faults`` by name."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._moto = ""
        self._seed = secrets.randbits(64)
        self._issued = Issued({}, {}, frozenset())
        self._session: aiohttp.ClientSession | None = None
        self.configure({})

    @staticmethod
    def child_command(port: int) -> list[str]:
        """moto's command line."""
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as in a healthy account."""
        self._faults = Faults.model_validate(faults)

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

    async def prepare(self, moto_url: str) -> None:
        """Make the project's account in a moto that listens, then turn its checks on. What was handed out before goes
        on to be good: the same account is made again, and of the former session the time is over either way."""
        issued = await issue(self._client, moto_url.rstrip("/"), self._seed)
        self._issued = self._issued if self._issued.function == issued.function else issued
        self._moto = moto_url.rstrip("/")

    def lose_account(self) -> None:
        """Until it is made again nothing can be checked, so all is refused, as on a bad day of AWS's own."""
        self._moto = ""

    @property
    def credentials(self) -> dict[str, str]:
        """The function's ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``."""
        return self._issued.function

    @property
    def kept(self) -> Mapping[str, str]:
        """Credentials for scenarios: a user without rights, a session whose token has expired."""
        return self._issued.kept

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("start() comes first")
        return self._session

    async def _answer(self, request: web.Request) -> web.Response:
        target = request.headers.get("X-Amz-Target", "")
        if target in _PAID:
            self._counters.attempted("aws")
        if self._faults.connection == "breaks":
            return hang_up(request)
        if self._faults.connection == "stalls":
            return await stall(request)
        try:
            return _json(await self._work(request, target)) if target else _xml(await self._ask_moto(request))
        except Refusal as refusal:
            return _json(refusal.body, refusal.status) if target else _xml(refusal.xml, max(403, refusal.status))

    async def _work(self, request: web.Request, target: str) -> str:
        answer = await self._ask_moto(request)
        check_account(self._faults)
        if target not in _PAID:
            return answer
        question, picture = _question(await request.read())
        check_names(question)
        check_question(question)
        check_picture(picture)
        row = row_of_photo(picture)
        self._counters.accepted("aws", row)
        return json.dumps({"Labels": self._labels(row), "LabelModelVersion": "3.0"})

    def _labels(self, row: str | None) -> list[dict[str, Any]]:
        seen = self._faults.labels
        return labels_of(row) if row and seen == "vehicle" else _LABELS[seen]

    async def _ask_moto(self, request: web.Request) -> str:
        """moto's answer to a request that it accepts; raises ``Refusal``."""
        check_request(request.headers, self._issued.expired, datetime.now(UTC), self._faults)
        if not self._moto:
            raise unavailable()
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP]
        url, body = self._moto + request.path_qs, await request.read()
        try:
            async with self._client.post(url, data=body, headers=headers) as response:
                text = await response.text()
        except (aiohttp.ClientError, OSError):  # it has ended
            raise unavailable() from None
        if response.status >= 400:
            code = element("Code", text)
            raise Refusal(_REKOGNITION_NAMES.get(code, code or "InternalServerError"), element("Message", text))
        return text


def _question(body: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        question = dict(json.loads(body))
        return question, base64.b64decode(question["Image"].get("Bytes", ""))
    except (ValueError, KeyError, TypeError, binascii.Error):
        return {}, b""


def _json(body: str, status: int = 200) -> web.Response:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": str(uuid.uuid4())}
    return web.Response(body=body.encode(), status=status, headers=headers)


def _xml(body: str, status: int = 200) -> web.Response:
    return web.Response(body=body.encode(), status=status, headers={"content-type": "text/xml"})
