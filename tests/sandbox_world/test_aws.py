from __future__ import annotations

import asyncio
import io
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError
from PIL import Image

from diag.sandbox.world import drawing
from diag.sandbox.world.analysis import labels_of


def client(
    aws: Any,
    service: str,
    key: str | None = None,
    secret: str | None = None,
    token: str | None = None,
    region: str = "us-east-1",
) -> Any:
    return boto3.client(
        service,
        region_name=region,
        aws_session_token=token,
        endpoint_url=aws.url,
        aws_access_key_id=key or aws.credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=secret or aws.credentials["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}),
    )


async def detect(aws: Any, picture: bytes, **credentials: str) -> Any:
    rekognition = client(aws, "rekognition", **credentials)
    return await asyncio.to_thread(rekognition.detect_labels, Image={"Bytes": picture})


async def refusal(aws: Any, picture: bytes, **credentials: str) -> str:
    with pytest.raises(ClientError) as caught:
        await detect(aws, picture, **credentials)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(caught.value.response["Error"]["Code"])


async def test_rekognition_labels_follow_the_photo(aws, a_row):
    row = a_row("interior")
    answer = await detect(aws, drawing.jpeg(row.id))
    assert answer["Labels"][0]["Name"] == labels_of(row.id)[0]["Name"]


async def test_wrong_secret_is_an_invalid_signature(aws, a_row):
    assert await refusal(aws, drawing.jpeg(a_row().id), secret="w" * 40) == "InvalidSignatureException"
    assert (aws.counters.calls["aws"], aws.counters.calls["aws_accepted"]) == (1, 0)


async def test_unknown_key_is_an_unrecognised_client(aws, a_row):
    assert await refusal(aws, drawing.jpeg(a_row().id), key="AKIA" + "Q" * 16) == "UnrecognizedClientException"


async def test_picture_in_another_format_is_refused_and_not_paid(aws, a_row):
    assert await refusal(aws, drawing.heic(a_row().id)) == "InvalidImageFormatException"
    assert aws.counters.calls["aws_accepted"] == 0


async def test_picture_over_five_megabytes_is_refused(aws, a_row):
    assert await refusal(aws, drawing.oversize(a_row().id)) == "ValidationException"


async def test_picture_without_a_row_is_accepted(aws):
    file = io.BytesIO()
    Image.new("RGB", (100, 100)).save(file, "PNG")
    assert (await detect(aws, file.getvalue()))["Labels"]
    assert aws.counters.calls["aws_accepted"] == 1


async def test_row_labelled_twice_is_counted(aws, a_row):
    row = a_row().id
    for _ in range(2):
        await detect(aws, drawing.jpeg(row))
    assert aws.counters.twice == 1


async def test_sts_knows_the_user_and_refuses_a_wrong_secret(aws):
    identity = await asyncio.to_thread(client(aws, "sts").get_caller_identity)
    assert identity["Arn"].endswith(":user/analyze-image")
    with pytest.raises(ClientError) as caught:
        await asyncio.to_thread(client(aws, "sts", secret="w" * 40).get_caller_identity)
    assert caught.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


async def test_unsigned_request_is_refused(aws):
    async with httpx.AsyncClient() as plain:
        answer = await plain.post(aws.url, headers={"X-Amz-Target": "RekognitionService.DetectLabels"}, content=b"{}")
    assert (answer.status_code, answer.json()["__type"]) == (400, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"standing": "not-subscribed"}, "SubscriptionRequiredException"),
        ({"standing": "suspended"}, "AccessDeniedException"),
        ({"crowded": "account"}, "ThrottlingException"),
        ({"crowded": "operation"}, "ProvisionedThroughputExceededException"),
        ({"clock_ahead_s": 1200}, "InvalidSignatureException"),
        ({"clock_ahead_s": -1200}, "InvalidSignatureException"),
    ],
)
async def test_account_in_trouble_is_refused_and_pays_nothing(aws, a_row, faults, code):
    aws.front.configure(faults)
    assert await refusal(aws, drawing.jpeg(a_row().id)) == code
    assert aws.counters.calls["aws_accepted"] == 0


@pytest.mark.parametrize(("outage", "status"), [("internal", 500), ("unavailable", 503)])
async def test_outage_is_a_5xx(aws, a_row, outage, status):
    aws.front.configure({"outage": outage})
    with pytest.raises(ClientError) as caught:
        await detect(aws, drawing.jpeg(a_row().id))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


async def test_user_without_the_right_is_denied_by_his_policy(aws, a_row):
    kept = aws.front.kept
    code = await refusal(aws, drawing.jpeg(a_row().id), key=kept["AWS_OTHER_KEY_ID"], secret=kept["AWS_OTHER_SECRET"])
    assert code == "AccessDeniedException"


async def test_session_whose_time_is_over_is_refused(aws, a_row):
    kept = aws.front.kept
    session = {"key": kept["AWS_SESSION_KEY_ID"], "secret": kept["AWS_SESSION_SECRET"]}
    token = kept["AWS_EXPIRED_TOKEN"]
    assert await refusal(aws, drawing.jpeg(a_row().id), **session, token=token) == "ExpiredTokenException"


async def test_token_beside_a_key_that_it_does_not_belong_to_is_refused(aws, a_row):
    assert await refusal(aws, drawing.jpeg(a_row().id), token="foreign") == "UnrecognizedClientException"


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        ({"key": "AKIA 1234567890ABCD"}, "IncompleteSignatureException"),
        ({"key": "secret/with/slashes"}, "IncompleteSignatureException"),
        ({"region": "us-esat-1"}, "InvalidSignatureException"),
    ],
)
async def test_malformed_key_or_region_is_seen_before_the_signature(aws, a_row, credentials, code):
    assert await refusal(aws, drawing.jpeg(a_row().id), **credentials) == code


async def test_picture_that_broke_off_or_is_tiny_is_refused(aws, a_row):
    row = a_row().id
    assert await refusal(aws, drawing.broken(row)) == "InvalidImageFormatException"
    assert await refusal(aws, drawing.tiny(row)) == "InvalidParameterException"


async def test_confidence_over_100_is_refused_in_aws_own_words(aws, a_row):
    rekognition = client(aws, "rekognition")
    with pytest.raises(ClientError, match="less than or equal to 100"):
        await asyncio.to_thread(
            rekognition.detect_labels, Image={"Bytes": drawing.jpeg(a_row().id)}, MinConfidence=170.0
        )


async def test_connection_can_break(aws, a_row):
    aws.front.configure({"connection": "breaks"})
    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        await detect(aws, drawing.jpeg(a_row().id))


async def test_pictures_may_show_something_else_or_nothing(aws, a_row):
    named = []
    for labels in ("other", "none"):
        aws.front.configure({"labels": labels})
        named.append([label["Name"] for label in (await detect(aws, drawing.jpeg(a_row().id)))["Labels"]])
    assert named == [["Tree"], []]


async def test_while_its_account_is_away_all_is_refused_as_on_a_bad_day(aws, a_row):
    aws.front.lose_account()
    with pytest.raises(ClientError) as caught:
        await detect(aws, drawing.jpeg(a_row().id), secret="w" * 40)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailableException"
    assert aws.counters.calls["aws_accepted"] == 0


async def test_an_account_that_is_made_again_has_the_same_keys_and_refuses_the_same(aws, moto_url, a_row):
    handed_out, session = dict(aws.credentials), dict(aws.front.kept)
    aws.front.lose_account()
    await aws.front.prepare(moto_url)
    assert aws.front.credentials == handed_out
    assert (await detect(aws, drawing.jpeg(a_row().id)))["Labels"]
    assert await refusal(aws, drawing.jpeg(a_row().id), secret="w" * 40) == "InvalidSignatureException"
    other = {"key": session["AWS_OTHER_KEY_ID"], "secret": session["AWS_OTHER_SECRET"]}
    assert await refusal(aws, drawing.jpeg(a_row().id), **other) == "AccessDeniedException"
    over = {"key": session["AWS_SESSION_KEY_ID"], "secret": session["AWS_SESSION_SECRET"]}
    assert (
        await refusal(aws, drawing.jpeg(a_row().id), token=session["AWS_EXPIRED_TOKEN"], **over)
        == "ExpiredTokenException"
    )
