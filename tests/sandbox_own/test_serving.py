"""A user's folder in a live sandbox: real Deno, real packages from npm."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sandboxes import settings_of

from diag.errors import ExitCode, NukediagError, UsageError
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

PROJECTS = Path(__file__).parent / "projects"
ENV = "GREETING=good day\nMY_MODEL_KEY=sk-proj-0123456789abcdefghijklmnop\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    shutil.copytree(PROJECTS / "modern" / "supabase", folder / "supabase")
    (folder / "supabase" / "functions" / ".env").write_text(ENV)
    return folder


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def own(project: Path, told: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    state = tmp_path_factory.mktemp("own")
    options = {"functions": project, "tables": PROJECTS / "tables.sql", "images": 10}
    yield launch.up(name="own", state_dir=state, say=told.append, **options)  # type: ignore[arg-type]
    launch.down("own", state)


def _call(sandbox: Sandbox, slug: str, **body: object) -> httpx.Response:
    settings = settings_of(sandbox)
    headers = {"Authorization": f"Bearer {settings['SUPABASE_SERVICE_ROLE_KEY']}"}
    return httpx.post(f"{sandbox.url}/functions/v1/{slug}", json=body, headers=headers, timeout=60)


def test_imports_of_all_kinds_resolve_and_the_function_runs(own: Sandbox) -> None:
    answer = _call(own, "hello").json()
    assert (answer["encoded"], answer["joined"]) == ("aGVsbG8=", "a/b")


def test_a_vendor_that_is_reached_through_node_https_is_the_stand_in(own: Sandbox) -> None:
    assert _call(own, "hello").json()["models"] > 0


def test_so_it_is_for_a_function_imported_from_there_by_name(own: Sandbox) -> None:
    answer = _call(own, "hello").json()
    assert answer["named"] == 401  # OpenAI's own refusal of a call without a key
    assert "the sandbox has no stand-in for it" in answer["nowhere"]


def test_any_other_host_is_refused_and_the_functions_log_says_so(own: Sandbox) -> None:
    assert "the sandbox has no stand-in for it" in _call(own, "hello").json()["elsewhere"]
    log = (own.folder / "logs" / "function-hello.log").read_text()
    assert "https://example.com/" in log


def test_variables_of_the_env_file_are_there_and_credentials_in_it_are_the_sandboxs(own: Sandbox) -> None:
    answer = _call(own, "hello").json()
    assert (answer["greeting"], answer["aliased"]) == ("good day", True)


def test_real_work_is_done_with_packages_from_npm(own: Sandbox) -> None:
    settings = settings_of(own)
    headers = {"apikey": settings["SUPABASE_SERVICE_ROLE_KEY"]}
    rows = (
        f"{own.url}/rest/v1/vehicle_images?select=id,image_url,vehicle_id&category=eq.exterior&vehicle_id=not.is.null"
    )
    row = httpx.get(rows, headers=headers).json()[0]
    answer = _call(own, "analyze-image", image_url=row["image_url"], image_id=row["id"], vehicle_id=row["vehicle_id"])
    assert answer.status_code == 200, answer.text
    assert launch.status(own)["calls"]["openai_accepted"] >= 1


def test_verify_jwt_of_config_toml_counts(own: Sandbox) -> None:
    assert httpx.post(f"{own.url}/functions/v1/hello", json={}, timeout=60).status_code == 200
    assert httpx.post(f"{own.url}/functions/v1/analyze-image", json={}).status_code == 401


def test_an_import_that_cannot_be_mapped_is_named_and_its_function_does_not_boot(own: Sandbox, told: list[str]) -> None:
    [said] = [line for line in told if line.startswith("lost will not start")]
    assert "lost/index.ts:1 imports 'https://deno.land/x/nothing_of_the_kind@v1.0.0/mod.ts'" in said
    answer = _call(own, "lost")
    assert (answer.status_code, answer.json()["code"]) == (503, "BOOT_ERROR")


@pytest.mark.parametrize("slug", ["off", "_drafts", "_shared"])
def test_what_is_no_function_is_not_found(own: Sandbox, slug: str) -> None:
    assert _call(own, slug).status_code == 404


def test_the_users_own_tables_are_there(own: Sandbox) -> None:
    key = settings_of(own)["SUPABASE_SERVICE_ROLE_KEY"]
    found = httpx.get(f"{own.url}/rest/v1/notes", headers={"apikey": key, "Authorization": f"Bearer {key}"})
    assert [each["text"] for each in found.json()] == ["from the user's own schema"]


def test_nothing_is_written_into_the_users_folder(own: Sandbox, project: Path) -> None:
    written = {path.relative_to(project) for path in project.rglob("*") if path.is_file()}
    expected = {path.relative_to(PROJECTS / "modern") for path in (PROJECTS / "modern").rglob("*") if path.is_file()}
    assert written - expected == {Path("supabase/functions/.env")}


def test_a_scenario_breaks_a_secret_under_the_users_name_too(own: Sandbox) -> None:
    launch.switch(own, "openai-key-missing")
    try:
        variables = launch.environment(own, "hello")
        assert "MY_MODEL_KEY" not in variables
        assert "OPENAI_API_KEY" not in variables
        assert variables["GREETING"] == "good day"
    finally:
        launch.switch(own, "healthy")


def test_a_running_sandbox_is_not_changed_to_other_functions(own: Sandbox) -> None:
    with pytest.raises(UsageError, match="--functions"):
        launch.up(name="own", state_dir=own.folder.parents[1], functions=PROJECTS / "classic")


def test_a_schema_that_postgres_refuses_is_told_with_its_words(tmp_path: Path) -> None:
    (tmp_path / "wrong.sql").write_text("create table notes (text nothing_of_the_kind);")
    with pytest.raises(NukediagError, match='type "nothing_of_the_kind" does not exist') as raised:
        launch.up(name="wrong", state_dir=tmp_path, images=1, tables=tmp_path / "wrong.sql")
    assert raised.value.exit_code == ExitCode.USAGE


def test_an_edit_takes_effect_while_it_runs_with_new_imports(own: Sandbox, project: Path) -> None:
    entry = project / "supabase" / "functions" / "hello" / "main.ts"
    entry.write_text(
        'import { encodeHex } from "jsr:@std/encoding@1/hex";\n'
        'Deno.serve(() => Response.json({ hex: encodeHex("a") }));'
    )
    deadline = time.monotonic() + 30
    while "hex" not in (found := _call(own, "hello").json()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found == {"hex": "61"}
