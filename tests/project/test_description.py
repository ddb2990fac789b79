"""The data API's description of its tables: as it comes, refused, switched off, or no description at all."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from diag.project import Project, ProjectError

from .odd_servers import Script, configured

JSON = {"content-type": "application/openapi+json; charset=utf-8"}


async def _tables(folder: Path, *answers: httpx.Response) -> list[str]:
    async with Project(configured(folder), transport=Script(*answers).transport) as project:
        return sorted(await project.data.tables())


async def test_every_table_that_is_described_is_there(tmp_path: Path) -> None:
    described = {"swagger": "2.0", "definitions": {"documents": {"properties": {}}, "chunks": {"properties": {}}}}
    assert await _tables(tmp_path, httpx.Response(200, json=described, headers=JSON)) == ["chunks", "documents"]


async def test_a_description_without_tables_is_empty(tmp_path: Path) -> None:
    assert await _tables(tmp_path, httpx.Response(200, json={"swagger": "2.0"}, headers=JSON)) == []


@pytest.mark.parametrize(
    ("answer", "signature"),
    [
        (httpx.Response(401, json={"message": "Access to schema is forbidden"}), "supabase.key-invalid"),
        (httpx.Response(404, json={"code": "PGRST126", "message": "Root endpoint metadata is disabled"}), None),
        (httpx.Response(200, text="<html>portal</html>", headers={"content-type": "text/html"}), "gateway.unavailable"),
        (httpx.Response(200, text='{"definitions": ', headers=JSON), "gateway.unavailable"),
        (httpx.Response(200, text="[" * 200_000, headers=JSON), "gateway.unavailable"),
    ],
)
async def test_a_refusal_or_another_page_is_told(tmp_path: Path, answer: httpx.Response, signature: str | None) -> None:
    with pytest.raises(ProjectError) as caught:
        await _tables(tmp_path, *[answer] * 4)
    assert signature in (None, caught.value.diagnosis.signature)
