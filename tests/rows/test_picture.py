from __future__ import annotations

import io
import re

import httpx
import pytest
from PIL import Image

from diag.config.settings import SecretsSettings, Settings
from diag.rows.picture import ANYTHING, OPENAI, REKOGNITION, Pictures, Seen, judge, limits_for, url_fault
from diag.rows.request import row_columns, row_from


def drawn(format: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 100), "red").save(out, format=format)
    return out.getvalue()


def heic() -> bytes:
    import pillow_heif

    pillow_heif.register_heif_opener()
    return drawn("HEIF")


def signature(seen: Seen, limits: object = REKOGNITION) -> str | None:
    fault = judge(seen, limits)  # type: ignore[arg-type]
    return fault.signature if fault else None


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_what_both_services_accept_is_good(format: str) -> None:
    assert signature(Seen(206, "", drawn(format), 1000)) is None


@pytest.mark.parametrize("picture", [drawn("TIFF"), drawn("WEBP"), drawn("GIF"), heic()])
def test_what_rekognition_does_not_take_is_unsupported(picture: bytes) -> None:
    assert signature(Seen(200, "image/jpeg", picture, 1000)) == "image.unsupported-format"


def test_webp_is_good_for_a_vision_model_alone() -> None:
    assert signature(Seen(200, "image/webp", drawn("WEBP"), 1000), OPENAI) is None


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"", "image.not-found"),
        (410, b"gone", "image.not-found"),
        (400, b'{"statusCode":"404","error":"not_found","message":"Object not found"}', "image.not-found"),
        (400, b'{"statusCode":"404","error":"Bucket not found","message":"Bucket not found"}', "image.bucket-missing"),
        (400, b'{"statusCode":"400","error":"InvalidJWT","message":"exp claim"}', "image.forbidden"),
        (403, b"<Error><Code>AccessDenied</Code></Error>", "image.forbidden"),
        (401, b"", "image.forbidden"),
        (503, b"", "image.unreachable"),
        (429, b"", "image.unreachable"),
    ],
)
def test_a_refusal_is_told_by_status_and_body(status: int, body: bytes, expected: str) -> None:
    assert signature(Seen(status, "", body, len(body))) == expected


def test_a_page_under_a_pictures_name_is_not_an_image() -> None:
    assert signature(Seen(200, "image/jpeg", b"<!doctype html><html>", 21)) == "image.not-an-image"
    assert signature(Seen(200, "image/jpeg", b"", 0)) == "image.not-an-image"


def test_a_picture_over_the_limit_is_too_large() -> None:
    limit = REKOGNITION.most
    assert signature(Seen(206, "image/jpeg", drawn("JPEG"), limit)) is None
    assert signature(Seen(206, "image/jpeg", drawn("JPEG"), limit + 1)) == "image.too-large"


@pytest.mark.parametrize("url", [None, "", "  ", "photo.jpg", "file:///etc/passwd", "https://", "ftp://host/x.jpg"])
def test_a_url_that_is_none_is_invalid(url: str | None) -> None:
    fault = url_fault(url)
    assert fault is not None
    assert fault.signature == "image.url-invalid"


@pytest.mark.parametrize("url", ["https://host/x.jpg", "http://127.0.0.1:9/x", "data:image/png;base64,AAAA"])
def test_a_url_that_can_be_fetched_is_valid(url: str) -> None:
    assert url_fault(url) is None


def test_rekognitions_limits_hold_only_where_the_function_uses_aws() -> None:
    assert limits_for(Settings()) is REKOGNITION
    assert limits_for(Settings(secrets=SecretsSettings(required=("OPENAI_API_KEY",), expected={}))) is OPENAI


class PictureHost:
    """A host that ignores ranges, as many do, or honours them; remembers what was asked."""

    def __init__(self, body: bytes, *, ranges: bool, length: bool = True) -> None:
        self.body, self.ranges, self.length = body, ranges, length
        self.headers: httpx.Headers | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.headers = request.headers
        if self.ranges:
            span = {"content-range": f"bytes 0-99/{len(self.body)}"}
            return httpx.Response(206, content=self.body[:100], headers=span)
        if self.length:
            return httpx.Response(200, content=self.body)
        return httpx.Response(200, stream=Unmeasured(self.body))


class Unmeasured(httpx.AsyncByteStream):
    """A body whose length no header tells."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        for start in range(0, len(self.body), 65536):
            yield self.body[start : start + 65536]


@pytest.mark.parametrize(("ranges", "length"), [(True, True), (False, True), (False, False)])
async def test_the_size_of_the_whole_counts_however_the_host_answers(ranges: bool, length: bool) -> None:
    host = PictureHost(drawn("JPEG") + b"\0" * (REKOGNITION.most), ranges=ranges, length=length)
    async with Pictures(transport=httpx.MockTransport(host)) as pictures:
        fault = await pictures.fault("https://pictures.example/big.jpg")
    assert fault is not None
    assert fault.signature == "image.too-large"


async def test_no_credential_is_sent_to_a_pictures_host() -> None:
    host = PictureHost(drawn("PNG"), ranges=False)
    async with Pictures(transport=httpx.MockTransport(host)) as pictures:
        assert await pictures.fault("https://pictures.example/x.png") is None
    assert host.headers is not None
    assert not {"authorization", "apikey", "cookie"} & set(host.headers)


class Broken:
    def __init__(self, error: type[httpx.HTTPError]) -> None:
        self.error = error

    def __call__(self, request: httpx.Request) -> httpx.Response:
        raise self.error("?token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijkl")


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_a_broken_connection_is_unreachable_and_its_text_is_redacted(error: type[httpx.HTTPError]) -> None:
    async with Pictures(transport=httpx.MockTransport(Broken(error))) as pictures:
        fault = await pictures.fault("https://pictures.example/x.png")
    assert fault is not None
    assert fault.signature == "image.unreachable"
    assert "eyJzdWIi" not in str(fault)


async def test_a_real_connection_that_is_refused_is_unreachable() -> None:
    async with Pictures(timeout=5) as pictures:
        fault = await pictures.fault("http://127.0.0.1:1/x.jpg")
    assert fault is not None
    assert fault.signature == "image.unreachable"


@pytest.mark.parametrize(
    ("table", "status", "expected"),
    [
        ({"url": "audio_url", "media": "any"}, 200, None),
        ({"url": "audio_url", "media": "any"}, 404, "image.not-found"),
        ({"url": ""}, 404, None),
        ({"url": "image_url"}, 200, "image.not-an-image"),
    ],
)
async def test_what_is_no_picture_is_only_asked_for(table: dict[str, str], status: int, expected: str | None) -> None:
    settings = Settings.model_validate({"table": table})
    answer = httpx.MockTransport(lambda request: httpx.Response(status, content=b"RIFF....WAVEfmt "))
    async with Pictures(limits_for(settings), transport=answer) as pictures:
        fault = await pictures.fault("https://files.example.com/a.wav")
    assert (fault.signature if fault else None) == expected


async def test_rows_without_an_address_are_not_looked_at() -> None:
    settings = Settings.model_validate({"table": {"url": ""}, "function": {"payload": {"document_id": "id"}}})
    async with Pictures(limits_for(settings)) as pictures:
        assert await pictures.fault(None) is None
    assert "" not in row_columns(settings)
    assert row_from({"id": 7}, settings).url is None


@pytest.mark.parametrize("url", ["https://x.example/a.mp3", None])
@pytest.mark.parametrize("status", [401, 404, 500])
async def test_of_a_recording_nobody_speaks_as_of_a_picture(url: str | None, status: int) -> None:
    answers = httpx.MockTransport(lambda request: httpx.Response(status))
    async with Pictures(ANYTHING, transport=answers) as pictures:
        fault = await pictures.fault(url)
    assert fault
    words = " ".join([fault.title, *(one.text for one in fault.remedies)])
    assert not re.search("picture|photo|image", words)
