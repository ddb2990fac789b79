"""Scenarios in which Rekognition, or the way to it, is at fault.

The function asks the vision model first, so that a call that AWS refuses has one paid call behind it. Where another
row may do better (a fault of one picture, a passing one), preflight tries up to three.
"""

from typing import Final

from diag.sandbox.scenarios.model import Change, Scenario, Taken, wrong_twin


def _with_blank(value: str) -> str:
    return f"{value[:10]} {value[10:]}"


def _with_newline(value: str) -> str:
    return f"{value}\n"


_DELETED_MODEL: Final = (
    "arn:aws:rekognition:us-east-1:123456789012:project/vehicles/version/vehicles.2026-05-04T10.11.12/1777889472000"
)
_ONCE: Final[dict[str, Change]] = {"LABELS_ATTEMPTS": "1"}  # the SDK's own retries only draw the refusal out

SCENARIOS: Final = (
    Scenario(
        "aws-credentials-missing",
        "The function has no AWS credentials",
        "aws.credentials-missing",
        secrets={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
    ),
    Scenario(
        "aws-key-unknown",
        "AWS does not know the access key",
        "aws.key-invalid",
        most_paid=1,
        secrets={"AWS_ACCESS_KEY_ID": wrong_twin},
    ),
    Scenario(
        "aws-signature-mismatch",
        "The AWS secret does not belong to the access key",
        "aws.signature-mismatch",
        most_paid=1,
        secrets={"AWS_SECRET_ACCESS_KEY": wrong_twin},
    ),
    Scenario(
        "aws-key-malformed",
        "The AWS access key was pasted with a blank in it",
        "aws.key-malformed",
        most_paid=1,
        secrets={"AWS_ACCESS_KEY_ID": _with_blank},
    ),
    Scenario(
        "aws-keys-swapped",
        "The AWS access key and its secret stand in each other's place",
        "aws.key-malformed",
        most_paid=1,
        also=("aws.key-invalid",),  # where the secret has no slash in it, which AWS takes for a separator
        secrets={
            "AWS_ACCESS_KEY_ID": Taken("AWS_SECRET_ACCESS_KEY"),
            "AWS_SECRET_ACCESS_KEY": Taken("AWS_ACCESS_KEY_ID"),
        },
    ),
    Scenario(
        "aws-token-foreign",
        "A session token stands beside an access key that it does not belong to",
        "aws.key-invalid",
        most_paid=1,
        secrets={"AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLEOFANOTHERSESSION"},
    ),
    Scenario(
        "aws-token-expired",
        "The AWS credentials are temporary, and their time is over",
        "aws.token-expired",
        most_paid=1,
        secrets={
            "AWS_ACCESS_KEY_ID": Taken("AWS_SESSION_KEY_ID"),
            "AWS_SECRET_ACCESS_KEY": Taken("AWS_SESSION_SECRET"),
            "AWS_SESSION_TOKEN": Taken("AWS_EXPIRED_TOKEN"),
        },
    ),
    Scenario(
        "aws-access-denied",
        "The AWS user may not use Rekognition",
        "aws.access-denied",
        most_paid=1,
        secrets={
            "AWS_ACCESS_KEY_ID": Taken("AWS_OTHER_KEY_ID"),
            "AWS_SECRET_ACCESS_KEY": Taken("AWS_OTHER_SECRET"),
        },
    ),
    Scenario(
        "aws-not-subscribed",
        "The AWS account has no subscription for Rekognition",
        "aws.subscription-required",
        most_paid=1,
        faults={"aws": {"standing": "not-subscribed"}},
    ),
    Scenario(
        "aws-account-suspended",
        "The AWS account is suspended",
        "aws.subscription-required",
        most_paid=1,
        faults={"aws": {"standing": "suspended"}},
    ),
    Scenario(
        "aws-region-wrong",
        "AWS_REGION names a region that does not exist",
        "aws.region-invalid",
        most_paid=1,
        secrets={"AWS_REGION": "us-esat-1"},
    ),
    Scenario(
        "aws-parameter-invalid",
        "The function asks Rekognition for a confidence that it does not take",
        "aws.bad-request",
        most_paid=1,
        secrets={"LABELS_MIN_CONFIDENCE": "170"},
    ),
    Scenario(
        "aws-model-missing",
        "The function asks Rekognition for a model of its own that was deleted",
        "aws.resource-not-found",
        most_paid=1,
        secrets={"LABELS_MODEL": _DELETED_MODEL},
    ),
    Scenario(
        "aws-image-unreachable",
        "The function points Rekognition to an object in S3 that is not there",
        "aws.image-unreachable",
        most_paid=3,
        secrets={"LABELS_BUCKET": "vehicle-uploads"},
    ),
    Scenario(
        "secret-with-newline",
        "The AWS secret was stored with the newline at its end",
        "aws.signature-mismatch",
        most_paid=1,
        secrets={"AWS_SECRET_ACCESS_KEY": _with_newline},
    ),
    Scenario(
        "aws-clock-skew",
        "The function's clock and that of AWS differ by 20 minutes",
        "aws.clock-skew",
        most_paid=3,
        faults={"aws": {"clock_ahead_s": 1200}},
    ),
    Scenario(
        "aws-throttled",
        "Others of the account use up its calls per second",
        "aws.throttled",
        most_paid=3,
        secrets=_ONCE,
        faults={"aws": {"crowded": "account"}},
    ),
    Scenario(
        "aws-throughput-exceeded",
        "Others of the account use up Rekognition's own rate",
        "aws.throttled",
        most_paid=3,
        secrets=_ONCE,
        faults={"aws": {"crowded": "operation"}},
    ),
    Scenario(
        "aws-error",
        "Rekognition has an error of its own",
        "aws.unavailable",
        most_paid=3,
        faults={"aws": {"outage": "internal"}},
    ),
    Scenario(
        "aws-unavailable",
        "Rekognition is down",
        "aws.unavailable",
        most_paid=3,
        faults={"aws": {"outage": "unavailable"}},
    ),
    Scenario(
        "aws-connection-broken",
        "The connection to Rekognition breaks before an answer",
        "aws.timeout",
        most_paid=3,
        faults={"aws": {"connection": "breaks"}},
    ),
    Scenario(
        "aws-slow",
        "Rekognition does not answer within the function's own limit",
        "aws.timeout",
        most_paid=3,
        secrets={"LABELS_TIMEOUT_MS": "200"},
        faults={"aws": {"connection": "stalls"}},
    ),
    Scenario(
        "aws-image-broken",
        "The photos are uploads that broke off: OpenAI reads what is there, Rekognition does not",
        "aws.image-rejected",
        most_paid=3,
        faults={"photos": {"instead": "broken"}},
    ),
    Scenario(
        "aws-image-too-small",
        "The photos are thumbnails below Rekognition's 80 pixels, which it calls invalid parameters",
        "aws.bad-request",
        most_paid=1,
        also=("aws.image-rejected",),
        faults={"photos": {"instead": "tiny"}},
    ),
)
