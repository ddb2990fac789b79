"""What can be wrong with an AWS account, with the way to it, or with a request: Rekognition's refusals. All pure.

Names and wordings: Rekognition's API reference ("Common errors", the errors of DetectLabels), and the IAM guide's page
on signing requests.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from pydantic import BaseModel, ConfigDict

from diag.sandbox.upstreams.decoding import size_of

_REGIONS: Final = frozenset(
    {"us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-2"}
    | {"eu-south-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2"}
    | {"il-central-1", "us-gov-west-1"}
)
"""Where Rekognition is: docs.aws.amazon.com/general/latest/gr/rekognition.html."""
_MOST_BYTES: Final = 5_242_880
_SMALLEST: Final = 80  # pixels
_TOLERANCE: Final = timedelta(minutes=5)
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_QUERY_NAMES: Final = {
    "InvalidSignatureException": "SignatureDoesNotMatch",
    "UnrecognizedClientException": "InvalidClientTokenId",
}


class Faults(BaseModel):
    """The settings of the stand-in; the defaults are an account in good standing on a good day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standing: Literal["good", "not-subscribed", "suspended"] = "good"
    crowded: Literal["", "account", "operation"] = ""
    """Others of the same account have used up what it may ask per second, of the whole service or of this call."""
    outage: Literal["", "internal", "unavailable"] = ""
    connection: Literal["good", "breaks", "stalls"] = "good"
    clock_ahead_s: float = 0.0
    """How far AWS's clock is ahead of the function's, in seconds."""
    labels: Literal["vehicle", "other", "none"] = "vehicle"
    """What there is to be seen in the pictures."""


class Refusal(Exception):
    """An error that AWS answers with. ``kind``: Rekognition's name for it."""

    def __init__(self, kind: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.kind, self.message, self.status = kind, message, status

    @property
    def body(self) -> str:
        """The body in the JSON protocol."""
        return json.dumps({"__type": self.kind, "message": self.message})

    @property
    def xml(self) -> str:
        """The body in the query protocol, which STS speaks."""
        code, message = _QUERY_NAMES.get(self.kind, self.kind.removesuffix("Exception")), escape(self.message)
        return (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
        )


@dataclass(frozen=True)
class Scope:
    """The credential scope of a signed request."""

    key_id: str
    region: str


def check_request(headers: Mapping[str, str], expired: Set[str], now: datetime, faults: Faults) -> None:
    """What AWS looks at before it looks at a signature; raises ``Refusal``. ``expired``: session tokens."""
    scope = read_scope(headers.get("Authorization", ""))
    if headers.get("X-Amz-Security-Token", "") in expired:
        raise Refusal("ExpiredTokenException", "The security token included in the request is expired")
    if scope.region not in _REGIONS:
        raise Refusal("InvalidSignatureException", "Credential should be scoped to a valid region. ")
    _check_clock(headers.get("X-Amz-Date", ""), now + timedelta(seconds=faults.clock_ahead_s))


def read_scope(authorization: str) -> Scope:
    """The scope in an ``Authorization`` header; raises ``Refusal`` where there is none that can be read."""
    if not authorization:
        raise Refusal("MissingAuthenticationTokenException", "Request is missing Authentication Token")
    words = authorization.removeprefix("AWS4-HMAC-SHA256").replace(",", " ").split()
    broken = next((word for word in words if "=" not in word), None)
    if broken is not None:
        text = f"'{broken}' not a valid key=value pair (missing equal-sign) in Authorization header: '{authorization}'."
        raise Refusal("IncompleteSignatureException", text)
    credential = dict(word.split("=", 1) for word in words).get("Credential", "")
    parts = credential.split("/")
    if len(parts) != 5:
        text = (
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'"
        )
        raise Refusal("IncompleteSignatureException", text)
    return Scope(parts[0], parts[2])


def _check_clock(stamp: str, now: datetime) -> None:
    try:
        signed = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return
    oldest = now - _TOLERANCE
    if signed < oldest:
        text = f"Signature expired: {stamp} is now earlier than {oldest:{_STAMP}} ({now:{_STAMP}} - 5 min.)"
        raise Refusal("InvalidSignatureException", text)
    latest = now + _TOLERANCE
    if signed > latest:
        text = f"Signature not yet current: {stamp} is still later than {latest:{_STAMP}} ({now:{_STAMP}} + 5 min.)"
        raise Refusal("InvalidSignatureException", text)


def check_account(faults: Faults) -> None:
    """The account's standing, its allowance, and the service's own day; raises ``Refusal``."""
    if faults.standing == "not-subscribed":
        raise Refusal("SubscriptionRequiredException", "The AWS Access Key Id needs a subscription for the service")
    if faults.standing == "suspended":
        raise Refusal("AccessDeniedException", "Your account is suspended")
    if faults.crowded == "account":
        raise Refusal("ThrottlingException", "Rate exceeded")
    if faults.crowded == "operation":
        raise Refusal("ProvisionedThroughputExceededException", "Provisioned rate exceeded.")
    if faults.outage == "internal":
        raise Refusal("InternalServerError", "Internal server error", 500)
    if faults.outage == "unavailable":
        raise unavailable()


def unavailable() -> Refusal:
    """What AWS says where a part of its own is away."""
    return Refusal("ServiceUnavailableException", "The service is unavailable. Please retry.", 503)


def check_names(question: Mapping[str, Any]) -> None:
    """What a question names by ARN or by key: the account has no model of its own and no bucket; raises ``Refusal``."""
    if "ProjectVersionArn" in question:
        raise Refusal("ResourceNotFoundException", "The resource specified in the request cannot be found.")
    if "S3Object" in question.get("Image", {}):
        text = "Unable to get object metadata from S3. Check object key, region and/or access permissions."
        raise Refusal("InvalidS3ObjectException", text)


def check_question(question: Mapping[str, Any]) -> None:
    """The parameters of DetectLabels; raises ``Refusal``."""
    for name, least, most in (("MinConfidence", 0, 100), ("MaxLabels", 0, 4096)):
        value = question.get(name, least)
        side = "greater" if value < least else "less"
        if not least <= value <= most:
            field, limit = name[0].lower() + name[1:], least if value < least else most
            constraint = f"failed to satisfy constraint: Member must have value {side} than or equal to {limit}"
            raise Refusal(
                "ValidationException", f"1 validation error detected: Value '{value}' at '{field}' {constraint}"
            )


def check_picture(picture: bytes) -> None:
    """What Rekognition takes: JPEG and PNG, at least 80 pixels each way, at most 5 MB; raises ``Refusal``."""
    if len(picture) > _MOST_BYTES:
        length = len(picture)
        value = f"Value 'java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]' at 'image.bytes'"
        limit = f"failed to satisfy constraint: Member must have length less than or equal to {_MOST_BYTES}"
        raise Refusal("ValidationException", f"1 validation error detected: {value} {limit}")
    size = size_of(picture, ("JPEG", "PNG"), whole=True)
    if size is None:
        raise Refusal("InvalidImageFormatException", "Request has invalid image format")
    if min(size) < _SMALLEST:
        raise Refusal("InvalidParameterException", "Request has invalid parameters")
