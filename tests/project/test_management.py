from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from diag.errors import UsageError
from diag.project import Project, ProjectError
from diag.secret import Secret

from .odd_servers import REF, TOKEN, Script, configured

FUNCTION = {
    "id": "f0", "slug": "analyze-image", "name": "analyze-image", "status": "ACTIVE", "version": 7,
    "created_at": 1760000000000, "updated_at": 1760000100000, "verify_jwt": False,
}  # fmt: skip


def opened(folder: Path, service: Script) -> Project:
    return Project(configured(folder), transport=service.transport)


async def test_the_projects_state_is_read_with_the_token_alone(tmp_path: Path) -> None:
    body = {"ref": REF, "name": "Nuke", "status": "INACTIVE", "region": "us-east-1", "database": {}}
    service = Script(httpx.Response(200, json=body))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        state = await project.management.project()
    assert (state.ref, state.status, state.region) == (REF, "INACTIVE", "us-east-1")
    request = service.requests[0]
    assert str(request.url) == f"https://api.supabase.com/v1/projects/{REF}"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert "apikey" not in request.headers


async def test_secrets_come_by_name_with_their_digests(tmp_path: Path) -> None:
    listed = [
        {"name": "B", "value": "AB" * 32, "updated_at": "2026-11-01T10:11:12.345Z"},
        {"name": "A", "value": "0" * 64},
    ]
    async with opened(tmp_path, Script(httpx.Response(200, json=listed))) as project:
        assert project.management is not None
        found = await project.management.secrets()
    assert [secret.name for secret in found] == ["A", "B"]
    assert found[1].digest == "ab" * 32
    assert found[1].updated_at == datetime(2026, 11, 1, 10, 11, 12, 345000, UTC)


async def test_secrets_are_set_a_hundred_at_a_time(tmp_path: Path) -> None:
    service = Script(httpx.Response(201))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        await project.management.set_secrets({f"NAME_{number}": Secret(f"value {number}") for number in range(101)})
    assert [request.method for request in service.requests] == ["POST", "POST"]
    first, second = (json.loads(request.content) for request in service.requests)
    assert (len(first), second) == (100, [{"name": "NAME_100", "value": "value 100"}])


@pytest.mark.parametrize(("name", "length"), [("SUPABASE_URL", 1), ("", 1), ("N" * 257, 1), ("NAME", 24_577)])
async def test_a_secret_that_the_api_does_not_take_is_never_sent(tmp_path: Path, name: str, length: int) -> None:
    service = Script(httpx.Response(201))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        with pytest.raises(UsageError):
            await project.management.set_secrets({"GOOD": Secret("x"), name: Secret("v" * length)})
    assert service.requests == []


async def test_a_function_may_leave_fields_out(tmp_path: Path) -> None:
    service = Script(httpx.Response(200, json=[FUNCTION, {"slug": "old", "status": "THROTTLED", "updated_at": 1e300}]))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        full, bare = await project.management.functions()
    assert (full.slug, full.version, full.verify_jwt) == ("analyze-image", 7, False)
    assert full.updated_at == datetime(2025, 10, 9, 8, 55, tzinfo=UTC)
    assert (bare.status, bare.version, bare.verify_jwt, bare.updated_at) == ("THROTTLED", None, None, None)


async def test_a_function_that_is_not_there_is_none(tmp_path: Path) -> None:
    async with opened(tmp_path, Script(httpx.Response(404, json={"message": "Function not found"}))) as project:
        assert project.management is not None
        assert await project.management.function("analyze-image") is None


@pytest.mark.parametrize(
    ("answer", "signature", "exit_code"),
    [
        (httpx.Response(401, json={"message": "Unauthorized"}), "gateway.auth-invalid", 3),
        (httpx.Response(403, json={"message": "Forbidden resource"}), "unknown", 3),
        (httpx.Response(429, json={}, headers={"x-ratelimit-reset": "31"}), "gateway.rate-limited", 5),
    ],
)
async def test_a_refusal_is_diagnosed(tmp_path: Path, answer: httpx.Response, signature: str, exit_code: int) -> None:
    service = Script(answer)
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        with pytest.raises(ProjectError) as caught:
            await project.management.secrets()
    assert (caught.value.diagnosis.signature, caught.value.exit_code) == (signature, exit_code)
    assert len(service.requests) == 1
    assert TOKEN not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'["x"]', b""])
async def test_an_answer_of_another_shape_is_an_error_not_an_empty_list(tmp_path: Path, body: bytes) -> None:
    async with opened(tmp_path, Script(httpx.Response(200, content=body))) as project:
        assert project.management is not None
        with pytest.raises(ProjectError):
            await project.management.secrets()


async def test_a_server_error_is_tried_again(tmp_path: Path) -> None:
    service = Script(httpx.Response(502, text="Bad Gateway"), httpx.Response(200, json=FUNCTION))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        found = await project.management.function("analyze-image")
    assert found is not None
    assert len(service.requests) == 2


async def test_without_a_token_there_is_no_management_api(tmp_path: Path) -> None:
    async with Project(configured(tmp_path, SUPABASE_ACCESS_TOKEN="")) as project:
        assert project.management is None
