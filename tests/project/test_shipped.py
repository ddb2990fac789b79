from __future__ import annotations

import json
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import httpx
import pytest

from diag.errors import UsageError
from diag.project import ProjectError
from diag.project.shipped import bundle, names

from .odd_servers import REF, Script
from .test_management import FUNCTION, opened


def parts(request: httpx.Request) -> list[Message]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    payload = message_from_bytes(head + request.content).get_payload()
    assert isinstance(payload, list)
    return [one for one in payload if isinstance(one, Message)]


async def test_a_deployment_is_the_clis_multipart_request(tmp_path: Path) -> None:
    service = Script(httpx.Response(201, json={**FUNCTION, "slug": "nukediag-probe"}))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        deployed = await project.management.deploy(bundle("nukediag-probe"))
    assert (deployed.slug, deployed.version, deployed.id) == ("nukediag-probe", 7, "f0")
    (request,) = service.requests
    assert str(request.url) == f"https://api.supabase.com/v1/projects/{REF}/functions/deploy?slug=nukediag-probe"
    *files, metadata = parts(request)
    assert {one.get_content_type() for one in files} == {"application/octet-stream"}
    assert {one.get_param("name", header="content-disposition") for one in files} == {"file"}
    sent = {one.get_filename() for one in files}
    assert {"supabase/functions/nukediag-probe/index.ts", "supabase/functions/_shared/keys.ts"} <= sent
    assert metadata.get("content-type") is None
    assert json.loads(str(metadata.get_payload())) == {
        "entrypoint_path": "supabase/functions/nukediag-probe/index.ts",
        "import_map_path": "",
        "static_patterns": [],
        "verify_jwt": False,
        "name": "nukediag-probe",
    }


async def test_without_a_wish_the_jwt_check_stays_as_it_is(tmp_path: Path) -> None:
    service = Script(httpx.Response(201, json=FUNCTION))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        await project.management.deploy(bundle("analyze-image-simple"))
    assert "verify_jwt" not in json.loads(str(parts(service.requests[0])[-1].get_payload()))


async def test_a_deployment_that_fails_is_sent_once(tmp_path: Path) -> None:
    service = Script(httpx.Response(503, json={"message": "try later"}))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        with pytest.raises(ProjectError, match="deploying nukediag-probe"):
            await project.management.deploy(bundle("nukediag-probe"))
    assert len(service.requests) == 1


def test_every_file_that_a_shipped_function_imports_goes_with_it() -> None:
    for name in names():
        files = bundle(name).files
        assert bundle(name).entrypoint in files
        imported = {
            line for text in files.values() for line in text.decode().splitlines() if ' from "../_shared/' in line
        }
        shared = {line.split("../_shared/")[1].split('"')[0] for line in imported}
        assert {f"supabase/functions/_shared/{one}" for one in shared} <= files.keys()


def test_what_is_not_shipped_is_refused_with_what_is() -> None:
    with pytest.raises(UsageError, match=r"nukediag ships no function analyze-image$") as raised:
        bundle("analyze-image")
    assert "analyze-image-simple" in raised.value.remedy


async def test_deleting_what_is_not_there_is_told(tmp_path: Path) -> None:
    service = Script(httpx.Response(404, json={"message": "Function not found"}))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        assert await project.management.delete("nukediag-probe") is False
    assert (service.requests[0].method, service.requests[0].url.path.split("/")[-1]) == ("DELETE", "nukediag-probe")
