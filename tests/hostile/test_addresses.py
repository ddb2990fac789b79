"""Addresses that come from rows, from redirects and from settings: an odd one is a fault and ends nothing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from diag.config.address import normal_url
from diag.project import Project, ProjectError
from diag.project.http import new_client
from diag.rows.picture import Pictures
from diag.secret import Secret
from diag.verify import Standing
from diag.verify.openai import verify
from tests.project.odd_servers import KEY, configured, serving
from tests.project.test_wire import answering, recording

ODD = [
    "http://a..b/photo.jpg",
    "http://.../photo.jpg",
    "http://xn--/photo.jpg",
    f"http://{'a' * 64}.example/photo.jpg",
    f"http://{'a' * 300}/photo.jpg",
    "http://127.0.0.1:9/\ud800.jpg",
    "http://one@two@127.0.0.1:9/photo.jpg",
    "http://me:word@127.0.0.1:9/photo.jpg",
]


def moved(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n".encode("utf-8", "replace")


@pytest.mark.parametrize("address", ODD)
async def test_an_odd_address_of_a_picture_is_the_rows_own_fault(address: str) -> None:
    async with Pictures(timeout=5) as pictures:
        fault = await pictures.fault(address)
    assert fault is not None
    assert fault.signature in ("image.url-invalid", "image.unreachable")


@pytest.mark.parametrize("address", ODD)
async def test_a_picture_may_lead_to_an_odd_address(address: str) -> None:
    async with serving(answering(moved(address))) as url, Pictures(timeout=5) as pictures:
        fault = await pictures.fault(f"{url}/photo.jpg")
    assert fault is not None
    assert fault.signature in ("image.url-invalid", "image.unreachable", "image.not-an-image")


async def test_a_password_in_a_pictures_address_goes_to_that_host_as_a_browser_sends_it() -> None:
    requests: list[bytes] = []
    async with serving(recording(requests), listens=False) as url, Pictures(timeout=5) as pictures:
        await pictures.fault(url.replace("//", "//me:word@"))
    assert b"authorization: basic bwu6d29yza==" in requests[0].lower()
    assert b"word@" not in requests[0]


@pytest.mark.parametrize("host", ["a..b", ".a", "xn--", f"{'a' * 64}.example"])
async def test_a_project_at_an_odd_address_is_an_error_with_a_next_step(tmp_path: Path, host: str) -> None:
    assert normal_url(f"https://{host}")[0] in (None, f"https://{host}")
    async with Project(configured(tmp_path)) as project:
        project.data._url = f"http://{host}/rest/v1"
        with pytest.raises(ProjectError) as refused:
            await project.data.tables()
    assert refused.value.remedy


async def test_a_provider_behind_a_password_is_asked() -> None:
    requests: list[bytes] = []
    client = new_client(None)
    async with serving(recording(requests), listens=False) as url, client:
        base = url.replace("//", "//me:word@")
        (found,) = await verify(client, "OPENAI_API_KEY", Secret("sk-proj-abc"), base=base, deep=False)
    assert found.standing is not Standing.INVALID
    assert b"authorization: basic bwu6d29yza==" in requests[0].lower()


async def _asked_twice(client: httpx.AsyncClient, url: str) -> None:
    async with client:
        for _ in range(2):
            await client.get(f"{url}/", headers={"apikey": KEY})


async def test_no_client_sends_a_cookie_back_not_even_after_a_redirect() -> None:
    requests: list[bytes] = []
    crumb = moved("/on\r\nset-cookie: a=b; Path=/\r\nconnection: close")
    async with serving(recording(requests, crumb), listens=False) as url:
        named = url.replace("127.0.0.1", "localhost")  # aiohttp's jar takes none of an address, but of a name
        await _asked_twice(new_client(None), named)
        async with Pictures(timeout=5) as pictures:
            await pictures.fault(f"{named}/photo.jpg")
    assert len(requests) > 4
    assert not [request for request in requests if b"cookie" in request.lower()]
