from __future__ import annotations

import base64
import io
import json

import httpx
import pillow_heif
import pytest
from PIL import Image

from diag.sandbox.upstreams.photos import BUCKET
from diag.sandbox.world import drawing
from diag.sandbox.world.rows import planned_rows, row_id, share


async def fetch(upstreams, row: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.request(method, f"{upstreams.photos_url}{BUCKET}/some-vehicle/{row}.jpg")


async def test_every_kind_of_photo_is_a_real_jpeg_that_names_its_row(upstreams, a_row):
    for kind in ("exterior", "engine", "interior", "document", "spid"):
        row = a_row(kind).id
        answer = await fetch(upstreams, row)
        assert answer.headers["content-type"] == "image/jpeg"
        picture = Image.open(io.BytesIO(answer.content))
        picture.load()
        assert (picture.format, min(picture.size) >= 80) == ("JPEG", True)
        assert drawing.row_of_photo(answer.content) == row


def test_photos_differ_from_row_to_row_and_are_the_same_each_time():
    rows = [row.id for row in planned_rows(pending=20)][-20:]
    assert len({drawing.jpeg(row) for row in rows}) == 20
    assert drawing.jpeg(rows[0]) == drawing.jpeg(rows[0])


def test_some_photos_are_large():
    sizes = {Image.open(io.BytesIO(drawing.jpeg(row.id))).size for row in list(planned_rows(0))[:40]}
    assert sizes == {(320, 240), (640, 480)}


async def test_head_tells_size_and_type_without_the_picture(upstreams, a_row):
    row = a_row().id
    answer = await fetch(upstreams, row, "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(drawing.jpeg(row))


async def test_lost_photo_is_not_found(upstreams):
    answer = await fetch(upstreams, row_id(17))
    assert (answer.status_code, answer.json()["message"]) == (404, "Object not found")


async def test_odd_pictures_are_what_they_say(upstreams):
    heic = await fetch(upstreams, row_id(140))
    assert (heic.headers["content-type"], pillow_heif.is_supported(heic.content)) == ("image/heic", True)
    page = await fetch(upstreams, row_id(163))
    assert page.headers["content-type"].startswith("text/html")
    huge = await fetch(upstreams, row_id(188))
    assert len(huge.content) > 5 * 1024 * 1024
    assert Image.open(io.BytesIO(huge.content)).format == "JPEG"


async def test_dead_share_takes_always_the_same_photos(upstreams):
    upstreams.photos.configure({"dead_share": 0.15})
    rows = [row.id for row in planned_rows() if not row.analysed]
    dead = [row for row in rows if share(row, "gone") < 0.15]
    assert 0.13 < len(dead) / len(rows) < 0.17
    assert [(await fetch(upstreams, row)).status_code for row in dead[:3]] == [404] * 3
    upstreams.photos.configure({})
    assert (await fetch(upstreams, dead[0])).status_code == 200


async def test_host_can_be_down_or_let_nobody_in(upstreams, a_row):
    statuses = []
    for host in ("down", "forbids", "up"):
        upstreams.photos.configure({"host": host})
        statuses.append((await fetch(upstreams, a_row().id)).status_code)
    assert statuses == [503, 403, 200]


async def test_other_bucket_is_not_found_in_the_words_of_storage(upstreams):
    async with httpx.AsyncClient(base_url=upstreams.photos_url) as client:
        answer = await client.get("/storage/v1/object/public/elsewhere/a.jpg")
    assert (answer.status_code, answer.json()["message"]) == (400, "Bucket not found")


def token(expires: float) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


@pytest.mark.parametrize(
    ("given", "status"), [(token(4e9), 200), (token(1e9), 400), ("", 400), ("a.b.c", 400), ("e30.e30.x", 400)]
)
async def test_signed_link_is_good_until_it_expires(upstreams, a_row, given, status):
    path = f"/storage/v1/object/sign/vehicle-images/v/{a_row().id}.jpg"
    async with httpx.AsyncClient(base_url=upstreams.photos_url) as client:
        answer = await client.get(path, params={"token": given})
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["message"] == '"exp" claim timestamp check failed'


def test_tiny_broken_and_garbled_photos_are_what_they_say(a_row):
    row = a_row().id
    assert Image.open(io.BytesIO(drawing.tiny(row))).size == (64, 48)
    cut, nothing = drawing.broken(row), drawing.garbled(row)
    assert drawing.row_of_photo(cut) == drawing.row_of_photo(nothing) == row
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(cut)).load()
    with pytest.raises((OSError, SyntaxError)):
        Image.open(io.BytesIO(nothing)).load()
