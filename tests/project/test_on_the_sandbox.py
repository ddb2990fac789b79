"""The project client on real parts: PostgreSQL behind the data API, the gateway, the Management API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from diag.config import Configuration, load
from diag.project import Project, ProjectError
from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox
PENDING = {"ai_last_scanned": "is.null", "vehicle_id": "not.is.null"}
TABLE = "vehicle_images"


def settings_for(sandbox: Sandbox, **flags: str) -> Configuration:
    return load(environ={}, folder=sandbox.folder, sandbox_env=sandbox.env_file, flags=flags)


async def all_ids(project: Project, where: dict[str, str], page: int) -> list[str]:
    found: list[str] = []
    while rows := await project.data.page(
        TABLE, ["id"], where, key="id", after=found[-1] if found else None, limit=page
    ):
        found += [str(row["id"]) for row in rows]
    return found


async def test_the_sandboxes_settings_fit_each_other(sandbox: Sandbox) -> None:
    configuration = settings_for(sandbox)
    configuration.require("url", "ref", "service_key", "anon_key", "access_token", "database_url")
    assert configuration.warnings == ()
    assert configuration.state_dir.is_relative_to(sandbox.folder)


async def test_pages_give_every_row_once_in_order_and_as_many_as_are_counted(sandbox: Sandbox) -> None:
    async with Project(settings_for(sandbox)) as project:
        ids = await all_ids(project, {}, page=37)
        assert ids == sorted(set(ids))
        assert len(ids) == await project.data.count(TABLE, {})
        pending = await project.data.count(TABLE, PENDING)
        done = await project.data.count(TABLE, {"ai_last_scanned": "not.is.null"})
    assert pending + done == len(ids)


async def test_records_are_counted_as_the_database_counts_them(sandbox: Sandbox) -> None:
    async with Project(settings_for(sandbox)) as project:
        ids = await all_ids(project, {}, page=1000)
        per_row = await project.data.records_per_key("image_tags", "image_id", ids)
        assert sum(per_row.values()) == await project.data.count("image_tags", {}) > 0
        rows = await project.data.rows(TABLE, ["id", "image_url"], "id", ids)
    assert {row["id"] for row in rows} == set(ids) == set(per_row)


async def test_a_marker_is_set_once_and_only_where_it_was_null(new_sandbox: Callable[..., Sandbox]) -> None:
    async with Project(settings_for(new_sandbox(images=5))) as project:
        pending = await all_ids(project, PENDING, page=10)
        marked = await project.data.set_marker(TABLE, "id", "ai_last_scanned", pending[:2], "2026-11-22T12:00:00.5Z")
        again = await project.data.set_marker(TABLE, "id", "ai_last_scanned", pending[:3], "2026-11-22T13:00:00Z")
        first = await project.data.rows(TABLE, ["id"], "id", pending, {"ai_last_scanned": "eq.2026-11-22T12:00:00.5Z"})
    assert marked == set(pending[:2])
    assert again == {pending[2]}
    assert {row["id"] for row in first} == marked


@pytest.mark.parametrize(
    ("table", "where", "signature"),
    [
        ("no_such_table", {}, "supabase.schema-mismatch"),
        (TABLE, {"no_such_column": "is.null"}, "supabase.schema-mismatch"),
        (TABLE, {"id": "eq.not-a-uuid"}, "supabase.constraint-violation"),
    ],
)
async def test_a_count_that_fails_says_why(sandbox: Sandbox, table: str, where: dict[str, str], signature: str) -> None:
    async with Project(settings_for(sandbox)) as project:
        with pytest.raises(ProjectError) as caught:
            await project.data.count(table, where)
    assert caught.value.diagnosis.signature == signature


async def test_a_foreign_key_is_refused_by_the_data_api_and_the_management_api(sandbox: Sandbox) -> None:
    foreign = {"service_key": "sb_secret_Qw3rTyUiOpAsDfGhJkLzXc_V8nM2kLp", "access_token": "sbp_" + "0a" * 20}
    async with Project(settings_for(sandbox, **foreign)) as project:
        with pytest.raises(ProjectError) as caught:
            await project.data.count(TABLE, {})
        assert caught.value.diagnosis.signature == "supabase.key-invalid"
        assert project.management is not None
        with pytest.raises(ProjectError, match="access token was refused"):
            await project.management.secrets()
        answer = await project.functions.call("analyze-image", {}, timeout=30)
    assert answer.status == 401


async def test_an_anon_key_sees_no_rows(sandbox: Sandbox) -> None:
    anon = settings_for(sandbox).anon_key
    assert anon is not None
    async with Project(settings_for(sandbox, service_key=anon.reveal())) as project:
        assert await project.data.count(TABLE, {}) == 0


async def test_the_management_api_tells_project_secrets_and_functions(sandbox: Sandbox) -> None:
    configuration = settings_for(sandbox)
    async with Project(configuration) as project:
        assert project.management is not None
        state = await project.management.project()
        secrets = {secret.name: secret for secret in await project.management.secrets()}
        function = await project.management.function("analyze-image")
        assert await project.management.function("no-such-function") is None
    assert (state.ref, state.status) == (configuration.ref, "ACTIVE_HEALTHY")
    assert set(configuration.settings.secrets.required) <= secrets.keys()
    assert function is not None
    assert function.status == "ACTIVE"


async def test_a_function_boots_for_options_and_is_missed_by_its_name(sandbox: Sandbox) -> None:
    async with Project(settings_for(sandbox)) as project:
        assert (await project.functions.options("analyze-image")).status == 200
        missing = await project.functions.call("no-such-function", {}, timeout=30)
    assert (missing.status, missing.header("sb-error-code")) == (404, "NOT_FOUND")
