"""Functions of the database over the data API, and SQL over the Management API: what is sent, and sent again."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from diag.project import Project, ProjectError
from diag.project.retrying import ATTEMPTS

from .odd_servers import REF, Script, configured

BUSY = httpx.Response(503, json={"code": "PGRST002", "message": "no connection"})
STATEMENTS = "create table a (); select 1 as one"


def opened(folder: Path, service: Script) -> Project:
    return Project(configured(folder), transport=service.transport)


async def test_arguments_go_as_json_and_the_answer_comes_as_it_is(tmp_path: Path) -> None:
    service = Script(httpx.Response(200, json={"granted": 3, "why": None}))
    async with opened(tmp_path, service) as project:
        found = await project.data.rpc("nukediag_take", {"queue": "cars", "ids": ["a"], "after": None})
    assert found == {"granted": 3, "why": None}
    request = service.requests[0]
    assert (request.method, request.url.path) == ("POST", "/rest/v1/rpc/nukediag_take")
    assert json.loads(request.content) == {"queue": "cars", "ids": ["a"], "after": None}


@pytest.mark.parametrize(("again", "sent"), [(True, ATTEMPTS), (False, 1)])
async def test_only_what_may_be_called_twice_is_called_again(tmp_path: Path, again: bool, sent: int) -> None:
    service = Script(BUSY)
    async with opened(tmp_path, service) as project:
        with pytest.raises(ProjectError) as lost:
            await project.data.rpc("nukediag_report", {}, again=again)
    assert len(service.requests) == sent
    assert lost.value.diagnosis.component == "supabase"


async def test_a_function_that_is_missing_is_a_mismatch_of_the_schema(tmp_path: Path) -> None:
    body = {"code": "PGRST202", "message": "Could not find the function public.nukediag_take in the schema cache"}
    service = Script(httpx.Response(404, json=body))
    async with opened(tmp_path, service) as project:
        with pytest.raises(ProjectError) as missing:
            await project.data.rpc("nukediag_take", {}, again=True)
    assert missing.value.diagnosis.signature == "supabase.schema-mismatch"
    assert len(service.requests) == 1


async def test_sql_is_sent_once_and_the_last_rows_come_back(tmp_path: Path) -> None:
    service = Script(httpx.Response(201, json=[{"one": 1}]))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        assert await project.management.query(STATEMENTS) == [{"one": 1}]
    request = service.requests[0]
    assert (request.method, request.url.path) == ("POST", f"/v1/projects/{REF}/database/query")
    assert json.loads(request.content) == {"query": STATEMENTS}


@pytest.mark.parametrize("answer", [BUSY, httpx.Response(403, json={"message": "Forbidden"})])
async def test_refused_sql_is_not_sent_again(tmp_path: Path, answer: httpx.Response) -> None:
    service = Script(answer)
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        with pytest.raises(ProjectError, match="running SQL in the database"):
            await project.management.query(STATEMENTS)
    assert len(service.requests) == 1


async def test_what_the_database_says_to_sql_is_told(tmp_path: Path) -> None:
    said = "Failed to run sql query: ERROR:  0A000: extension pgmq is not available"
    service = Script(httpx.Response(400, json={"message": said}))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        with pytest.raises(ProjectError, match="extension pgmq is not available"):
            await project.management.query(STATEMENTS)
