from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

import diag
from diag.errors import SettingsError
from diag.project import Project

from .odd_servers import KEY, URL, Script, configured

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJzZXJ2aWNlX3JvbGUifQ.c2lnbmF0dXJl"


async def test_a_call_brings_back_status_headers_and_body_as_they_came(tmp_path: Path) -> None:
    headers = {"sb-error-code": "BOOT_ERROR", "x-deno-execution-id": "e1"}
    service = Script(httpx.Response(503, headers=headers, content=b'{"code":"BOOT_ERROR"}'))
    async with Project(configured(tmp_path), transport=service.transport) as project:
        answer = await project.functions.call("analyze-image", {"image_id": "7"}, timeout=5)
    assert (answer.status, answer.body, answer.failure) == (503, b'{"code":"BOOT_ERROR"}', None)
    assert answer.header("SB-Error-Code") == "BOOT_ERROR"
    assert answer.duration_ms > 0
    request = service.requests[0]
    assert str(request.url) == f"{URL}/functions/v1/analyze-image"
    assert (request.method, json.loads(request.content)) == ("POST", {"image_id": "7"})


async def test_a_new_key_travels_in_apikey_alone_and_a_legacy_one_in_both(tmp_path: Path) -> None:
    service = Script(httpx.Response(200, json={}))
    for key in (KEY, JWT):
        configuration = configured(tmp_path, SUPABASE_SERVICE_ROLE_KEY=key)
        async with Project(configuration, transport=service.transport) as project:
            await project.functions.call("f", {}, timeout=5)
    new, legacy = (request.headers for request in service.requests)
    assert new["apikey"] == KEY
    assert "authorization" not in new
    assert (legacy["apikey"], legacy["authorization"]) == (JWT, f"Bearer {JWT}")


async def test_the_user_agent_is_nukediags_own(tmp_path: Path) -> None:
    service = Script(httpx.Response(200, json={}))
    async with Project(configured(tmp_path), transport=service.transport) as project:
        await project.functions.call("f", {}, timeout=5, headers={"x-region": "us-east-1"})
    assert service.requests[0].headers["user-agent"] == f"nukediag/{diag.__version__}"
    assert service.requests[0].headers["x-region"] == "us-east-1"


async def test_the_boot_test_carries_no_key(tmp_path: Path) -> None:
    service = Script(httpx.Response(204))
    async with Project(configured(tmp_path), transport=service.transport) as project:
        answer = await project.functions.options("analyze-image")
    assert answer.status == 204
    assert service.requests[0].method == "OPTIONS"
    assert KEY not in str(service.requests[0].headers.raw)


async def test_a_functions_name_cannot_lead_elsewhere(tmp_path: Path) -> None:
    service = Script(httpx.Response(404))
    async with Project(configured(tmp_path), transport=service.transport) as project:
        await project.functions.call("../../rest/v1/secrets?x=1#", {}, timeout=5)
    assert service.requests[0].url.raw_path.startswith(b"/functions/v1/..%2F..%2Frest%2Fv1%2Fsecrets%3Fx%3D1%23")


async def test_without_a_key_the_error_names_it(tmp_path: Path) -> None:
    async with Project(configured(tmp_path, SUPABASE_SERVICE_ROLE_KEY="")) as project:
        with pytest.raises(SettingsError, match="SUPABASE_SERVICE_ROLE_KEY"):
            _ = project.functions


async def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(tmp_path: Path) -> None:
    spoilt = KEY[:-1] + "\u0431"
    async with Project(configured(tmp_path, SUPABASE_SERVICE_ROLE_KEY=spoilt)) as project:
        with pytest.raises(SettingsError, match="characters that no key has") as caught:
            _ = project.data
    assert spoilt not in caught.value.message + caught.value.remedy
