"""Are the AWS keys good, and may they do what the function needs? Two free questions.

1. sts:GetCallerIdentity needs no permission, so it proves the pair of key id and secret.
   Source: AWS STS API reference, GetCallerIdentity.
2. rekognition:DetectLabels with bytes that are no picture: refused as a picture means allowed as a call. That the
   permission is looked at before the bytes is concluded, not documented, and marked so.

Signed by httpx-auth: small, kept alongside httpx, and without the 25 MB that botocore would bring into the core.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from httpx_auth import AWS4Auth

from diag.catalogue.waits import moment
from diag.diagnosis import Answer
from diag.secret import Secret
from diag.verify.asking import ask, document_of, fits_in_header, text_of
from diag.verify.standing import (
    UNKNOWN,
    VALID,
    Reading,
    Standing,
    Verification,
    invalid,
    unknown,
    unsendable,
    valid,
    verification,
)

ID, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
_PROVIDER = "aws"
_SKEW = 15 * 60  # seconds of difference that AWS allows
_REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,3}-\d")
_ASK_AGAIN = 3.0  # seconds: a fresh key is not known everywhere at once
_ACCOUNT = re.compile(r"<Account>(\d{12})</Account>")


@dataclass(frozen=True, slots=True)
class Keys:
    """A key id with its secret (and the token of temporary ones), and the region that the function uses."""

    id: Secret
    secret: Secret
    region: str
    token: Secret | None = None
    names: tuple[str, ...] = (ID, SECRET)

    @property
    def are_sendable(self) -> bool:
        """Whether headers can carry them, and the region is one."""
        return fits_in_header(self.id.reveal()) and bool(self.secret) and bool(_REGION.fullmatch(self.region))


async def verify(
    client: httpx.AsyncClient,
    keys: Keys,
    endpoints: Mapping[str, str],
    *,
    deep: bool = True,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tuple[Verification, ...]:
    """One or two questions. ``endpoints``: the overrides of AWS's own SDKs (``AWS_ENDPOINT_URL`` ...). ``deep``: also
    whether labels may be detected."""
    if not _REGION.fullmatch(keys.region):
        return (unsendable(_PROVIDER, ("AWS_REGION",), "sts:GetCallerIdentity", "aws.region-invalid"),)
    if not keys.are_sendable:
        return (unsendable(_PROVIDER, keys.names, "sts:GetCallerIdentity", "aws.key-malformed"),)
    who = await _who_am_i(client, keys, endpoints)
    if who.signature == "aws.signature-mismatch":
        await sleep(_ASK_AGAIN)
        who = await _who_am_i(client, keys, endpoints)
    if who.standing is not Standing.VALID or not deep:
        return (who,)
    return who, await _may_detect(client, keys, endpoints)


async def _who_am_i(client: httpx.AsyncClient, keys: Keys, endpoints: Mapping[str, str]) -> Verification:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = await _signed(client, keys, "sts", endpoints, headers, body)
    code = code_of(answer)
    found = verification(_PROVIDER, keys.names, "sts:GetCallerIdentity", answer, read(answer, code), code)
    account = _ACCOUNT.search(text_of(answer))
    return dataclasses.replace(found, account=account[1]) if account else found


async def _may_detect(client: httpx.AsyncClient, keys: Keys, endpoints: Mapping[str, str]) -> Verification:
    body = json.dumps({"Image": {"Bytes": base64.b64encode(b"no picture").decode()}}).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "RekognitionService.DetectLabels"}
    answer = await _signed(client, keys, "rekognition", endpoints, headers, body)
    code = code_of(answer)
    step = f"rekognition:DetectLabels in {keys.region}"
    return verification(_PROVIDER, keys.names, step, answer, read(answer, code), code)


async def _signed(
    client: httpx.AsyncClient,
    keys: Keys,
    service: str,
    endpoints: Mapping[str, str],
    headers: dict[str, str],
    body: bytes,
) -> Answer:
    token = {"security_token": keys.token.reveal()} if keys.token else {}
    auth = AWS4Auth(keys.id.reveal(), keys.secret.reveal(), keys.region, service, **token)
    url = endpoint(service, keys.region, endpoints)
    return await ask(client, "POST", url, headers=headers, content=body, auth=auth)


def endpoint(service: str, region: str, endpoints: Mapping[str, str]) -> str:
    """The address of a service, with the overrides of AWS's own SDKs. Pure."""
    own = endpoints.get(f"AWS_ENDPOINT_URL_{service.upper()}") or endpoints.get("AWS_ENDPOINT_URL")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{own.rstrip('/')}/" if own else f"https://{service}.{region}.{suffix}/"


def code_of(answer: Answer) -> str | None:
    """STS answers XML, Rekognition JSON with ``__type``, both perhaps with a namespace in front."""
    document = document_of(answer)
    named = document.get("__type") or document.get("code") or answer.header("x-amzn-errortype")
    element = re.search(r"<Code>([^<]{1,80})</Code>", text_of(answer))
    text = str(named) if named else element[1] if element else None
    return text.rpartition("#")[2].partition(":")[0] if text else None


_READINGS: tuple[tuple[str, Reading], ...] = (
    (r"RequestExpired|RequestTimeTooSkewed", unknown("aws.clock-skew")),
    (r"InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId", invalid("aws.key-invalid")),
    (r"IncompleteSignature|MissingAuthenticationToken", invalid("aws.key-malformed")),
    (r"ExpiredToken", invalid("aws.token-expired")),
    (r"SignatureDoesNotMatch|InvalidSignature", invalid("aws.signature-mismatch")),
    (r"AccessDenied", valid("aws.access-denied")),
    (r"SubscriptionRequired|OptInRequired", valid("aws.subscription-required")),
    (r"Throttl|ProvisionedThroughput|LimitExceeded", unknown("aws.throttled")),
    (r"InvalidImageFormat|ImageTooLarge", valid(inferred=True)),
)


def read(answer: Answer, code: str | None, now: datetime | None = None) -> Reading:
    """What an answer says about the keys. Clock, region and wrong secret share a code; only a wrong secret is the
    credential's fault. Pure but for the default of ``now``."""
    if answer.status == 200:
        return VALID
    if answer.failure == "network.dns":
        return unknown("aws.region-invalid")
    if answer.status is None:
        return unknown(answer.failure)
    if answer.status >= 500 or code is None:
        return unknown("aws.unavailable") if answer.status >= 500 else UNKNOWN
    said = text_of(answer)
    if re.search(r"Signature (expired|not yet current)", said) or is_skewed(answer, now or datetime.now(UTC)):
        return unknown("aws.clock-skew")
    if re.search(r"account (?:is |has been |was )?suspended|not subscribed", said, re.IGNORECASE):
        return valid("aws.subscription-required")
    if "scoped to a valid region" in said:
        return unknown("aws.region-invalid")
    return next((reading for pattern, reading in _READINGS if re.match(pattern, code)), UNKNOWN)


def is_skewed(answer: Answer, now: datetime) -> bool:
    """Whether this machine's clock is too far from the provider's for any signature to hold. Pure."""
    theirs = moment(answer.header("date"))
    return theirs is not None and abs((theirs - now).total_seconds()) > _SKEW
