from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.diagnosis import Scope
from diag.errors import ExitCode, SettingsError
from diag.project import Project, ProjectError
from diag.project.data import chunks

from .odd_servers import KEY, Script, Table, configured, rows

DENIED = {"code": "42501", "message": "permission denied for table vehicle_images", "details": None, "hint": None}

PENDING = {"ai_last_scanned": "is.null", "vehicle_id": "not.is.null"}
NOON = "2026-11-22T12:00:00Z"


def opened(folder: Path, service: Script | Table) -> Project:
    return Project(configured(folder), transport=service.transport)


@pytest.mark.parametrize(
    ("status", "signature"),
    [
        (401, "supabase.key-invalid"),
        (403, "supabase.permission-denied"),
        (404, "supabase.schema-mismatch"),
        (500, "supabase.unavailable"),
        (540, "gateway.project-paused"),
    ],
)
async def test_no_function_is_blamed_for_a_bare_status_of_the_data_api(
    tmp_path: Path, status: int, signature: str
) -> None:
    async with opened(tmp_path, Script(httpx.Response(status))) as project:
        with pytest.raises(ProjectError) as caught:
            await project.data.count("vehicle_images", {})
    assert caught.value.diagnosis.signature == signature


@pytest.mark.parametrize(
    ("status", "content_range", "expected"),
    [(206, "0-999/2734", 2734), (200, "0-4/5", 5), (200, "*/0", 0), (416, "*/12", 12)],
)
async def test_the_count_is_what_stands_behind_the_slash(
    tmp_path: Path, status: int, content_range: str, expected: int
) -> None:
    service = Script(httpx.Response(status, headers={"content-range": content_range}))
    async with opened(tmp_path, service) as project:
        counted = await project.data.count(
            "vehicle_images", {"ai_last_scanned": "is.null", "vehicle_id": "not.is.null"}
        )
    assert counted == expected
    request = service.requests[0]
    assert request.method == "HEAD"
    assert "count=exact" in request.headers["prefer"]
    assert request.url.params["ai_last_scanned"] == "is.null"
    assert request.url.params["vehicle_id"] == "not.is.null"


async def test_a_count_without_a_number_is_an_error_not_zero(tmp_path: Path) -> None:
    async with opened(tmp_path, Script(httpx.Response(200, headers={"content-range": "0-9/*"}))) as project:
        with pytest.raises(ProjectError):
            await project.data.count("vehicle_images", {})


async def test_a_page_starts_behind_the_last_key(tmp_path: Path) -> None:
    service = Script(rows({"id": "b", "image_url": "u"}))
    async with opened(tmp_path, service) as project:
        found = await project.data.page(
            "vehicle_images", ["id", "image_url"], {"ai_last_scanned": "is.null"}, key="id", after="a", limit=5000
        )
    assert found == [{"id": "b", "image_url": "u"}]
    asked = service.requests[0].url.params
    assert (asked["id"], asked["order"], asked["limit"], asked["select"]) == ("gt.a", "id.asc", "1000", "id,image_url")
    assert service.requests[0].headers["apikey"] == KEY
    assert "authorization" not in service.requests[0].headers


@pytest.mark.parametrize("value", ["a,b", 'say "x"', "(1)", "back\\slash", "a.b:c"])
async def test_an_odd_id_is_quoted(tmp_path: Path, value: str) -> None:
    service = Script(rows())
    async with opened(tmp_path, service) as project:
        await project.data.rows("t", ["id"], "id", [value])
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    sent = service.requests[0].url.params["id"]
    assert sent in (f'in.("{escaped}")', f"in.({value})")
    assert sent == f'in.("{escaped}")' or not set(value) & set(',()":\\')


async def test_many_ids_are_asked_for_in_several_requests_of_safe_length(tmp_path: Path) -> None:
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(350)]
    table = Table("id", ids)
    async with opened(tmp_path, table) as project:
        found = await project.data.rows("vehicle_images", ["id"], "id", ids)
    assert sorted(row["id"] for row in found) == ids
    assert max(len(str(request.url)) for request in table.requests) < 8000


@pytest.mark.parametrize("cap", [1000, 7])
async def test_records_are_counted_past_the_row_cap(tmp_path: Path, cap: int) -> None:
    values = [f"id{number % 30}" for number in range(1200 if cap == 1000 else 100)] + ["other"] * 5
    async with opened(tmp_path, Table("image_id", values, cap)) as project:
        counted = await project.data.records_per_key("image_tags", "image_id", [f"id{n}" for n in range(30)] + ["none"])
    assert counted == {f"id{n}": values.count(f"id{n}") for n in range(30)} | {"none": 0}


async def test_the_marker_is_set_where_it_is_null_and_the_changed_rows_come_back(tmp_path: Path) -> None:
    service = Script(rows({"id": "a"}))
    async with opened(tmp_path, service) as project:
        changed = await project.data.set_marker("vehicle_images", "id", "ai_last_scanned", ["a", "b"], NOON)
    assert changed == {"a"}
    request = service.requests[0]
    assert request.method == "PATCH"
    assert request.url.params["ai_last_scanned"] == "is.null"
    assert request.url.params["id"] == "in.(a,b)"
    assert request.url.params["select"] == "id"
    assert "return=representation" in request.headers["prefer"]
    assert json.loads(request.content) == {"ai_last_scanned": NOON}


async def test_a_marker_whose_answer_was_lost_is_found_set(tmp_path: Path) -> None:
    service = Script(httpx.ReadError("connection lost"), rows(), rows({"id": "a"}))
    async with opened(tmp_path, service) as project:
        changed = await project.data.set_marker("vehicle_images", "id", "ai_last_scanned", ["a"], NOON)
    assert changed == {"a"}
    assert service.requests[2].url.params["ai_last_scanned"] == f"eq.{NOON}"


async def test_an_error_keeps_status_headers_and_body(tmp_path: Path) -> None:
    service = Script(httpx.Response(403, json=DENIED, headers={"sb-request-id": "r1"}))
    async with opened(tmp_path, service) as project:
        with pytest.raises(ProjectError) as caught:
            await project.data.page("vehicle_images", ["id"], {}, key="id", after=None, limit=1)
    error = caught.value
    assert error.diagnosis.signature == "supabase.permission-denied"
    assert (error.answer.status, error.answer.header("sb-request-id")) == (403, "r1")
    assert json.loads(error.answer.body) == DENIED
    assert (error.exit_code, len(service.requests)) == (3, 1)
    assert "reading vehicle_images" in error.message


async def test_a_head_error_keeps_the_code_of_its_header(tmp_path: Path) -> None:
    service = Script(httpx.Response(500, headers={"proxy-status": "PostgREST; error=57014"}))
    async with opened(tmp_path, service) as project:
        with pytest.raises(ProjectError) as caught:
            await project.data.count("vehicle_images", {})
    assert caught.value.answer.header("Proxy-Status") == "PostgREST; error=57014"
    assert caught.value.diagnosis.scope is Scope.TRANSIENT


async def test_a_mute_head_error_is_asked_again_for_its_words(tmp_path: Path) -> None:
    missing = {"code": "42703", "message": "column vehicle_images.nope does not exist", "details": None, "hint": None}
    service = Script(httpx.Response(400), httpx.Response(400, json=missing))
    async with opened(tmp_path, service) as project:
        with pytest.raises(ProjectError, match="nope does not exist") as caught:
            await project.data.count("vehicle_images", {"nope": "is.null"})
    assert caught.value.diagnosis.signature == "supabase.schema-mismatch"
    assert [request.method for request in service.requests] == ["HEAD", "GET"]


async def test_a_passing_fault_is_tried_again(tmp_path: Path) -> None:
    gone = httpx.Response(503, json={"code": "PGRST002", "message": "Could not query the database"})
    service = Script(gone, httpx.ConnectError("refused"), rows({"id": "a"}))
    async with opened(tmp_path, service) as project:
        assert await project.data.rows("t", ["id"], "id", ["a"]) == [{"id": "a"}]
    assert len(service.requests) == 3


async def test_a_page_of_html_is_no_empty_table(tmp_path: Path) -> None:
    portal = httpx.Response(200, text="<html>Please sign in</html>", headers={"content-type": "text/html"})
    async with opened(tmp_path, Script(portal)) as project:
        with pytest.raises(ProjectError):
            await project.data.page("t", ["id"], {}, key="id", after=None, limit=1)


async def test_an_object_where_rows_belong_is_an_error(tmp_path: Path) -> None:
    async with opened(tmp_path, Script(httpx.Response(200, json={"id": "a"}))) as project:
        with pytest.raises(ProjectError):
            await project.data.rows("t", ["id"], "id", ["a"])


@pytest.mark.parametrize(
    "text", ['[{"image_url": "u"}]', '[{"id": "\\ud800"}]', '[{"id": "a", "url": "u\\udfff"}]', "[null]"]
)
async def test_a_record_without_its_key_or_with_half_a_character_is_an_error(tmp_path: Path, text: str) -> None:
    answer = httpx.Response(200, text=text, headers={"content-type": "application/json", "content-range": "0-0/1"})
    async with opened(tmp_path, Script(answer)) as project:
        for ask in (
            project.data.page("t", ["id"], {}, key="id", after=None, limit=1),
            project.data.rows("t", ["id"], "id", ["a"]),
            project.data.records_per_key("t", "id", ["a"]),
            project.data.set_marker("t", "id", "marker", ["a"], "now"),
        ):
            with pytest.raises(ProjectError) as refused:
                await ask
            assert refused.value.remedy


@pytest.mark.parametrize("charset", ["bz2", "zlib_codec", "base64", "undefined", "utf-7", "no-such-thing"])
async def test_an_answer_is_utf_8_whatever_its_header_says(tmp_path: Path, charset: str) -> None:
    content_type = {"content-type": f"application/json; charset={charset}"}
    async with opened(tmp_path, Script(httpx.Response(200, text='[{"id": "ü"}]', headers=content_type))) as project:
        assert await project.data.page("t", ["id"], {}, key="id", after=None, limit=1) == [{"id": "ü"}]
    async with opened(tmp_path, Script(httpx.Response(200, text="no JSON", headers=content_type))) as project:
        with pytest.raises(ProjectError):
            await project.data.page("t", ["id"], {}, key="id", after=None, limit=1)


async def test_a_page_that_begins_where_the_last_one_ended_is_an_error(tmp_path: Path) -> None:
    """A column that is not unique as a filter compares it, or a cache in between, would make the walk endless."""
    async with opened(tmp_path, Script(rows({"id": "a"}))) as project:
        assert await project.data.page("t", ["id"], {}, key="id", after=None, limit=1) == [{"id": "a"}]
        with pytest.raises(ProjectError, match="do not move on") as refused:
            await project.data.page("t", ["id"], {}, key="id", after="a", limit=1)
    assert "unique" in refused.value.remedy
    assert refused.value.exit_code is ExitCode.UNHEALTHY


async def test_a_filter_without_an_operator_names_the_setting(tmp_path: Path) -> None:
    async with opened(tmp_path, Script(rows())) as project:
        with pytest.raises(SettingsError, match="vehicle_id"):
            await project.data.count("t", {"vehicle_id": "null"})


@given(st.lists(st.text(max_size=300), max_size=300))
def test_chunks_hold_every_id_once_and_stay_short(ids: list[str]) -> None:
    made = list(chunks(ids))
    assert [one for chunk in made for one in chunk] == ids
    assert all(chunk for chunk in made)
    assert all(len(chunk) == 1 or sum(map(len, chunk)) < 5000 for chunk in made)


def test_a_chunk_measures_ids_as_they_are_sent() -> None:
    ids = ["\u00e9" * 200] * 10
    assert unquote("%C3%A9") == "\u00e9"
    assert max(len(chunk) for chunk in chunks(ids)) == 3
