from __future__ import annotations

import asyncio
import io
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from PIL import Image

from diag.sandbox.world import drawing
from diag.sandbox.world.analysis import labels_of


def client(aws: Any, service: str, key: str | None = None, secret: str | None = None) -> Any:
    return boto3.client(
        service,
        region_name="us-east-1",
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
