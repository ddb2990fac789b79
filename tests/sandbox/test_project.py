"""The running miniature project, as a client of the real one would meet it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest
from sandboxes import settings_of

from diag.sandbox import launch
from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.xdist_group("shared-sandbox")


@pytest.fixture
def settings(sandbox: Sandbox) -> dict[str, str]:
    return settings_of(sandbox)


@pytest.fixture
async def data(sandbox: Sandbox, settings: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    key = settings["SUPABASE_SERVICE_ROLE_KEY"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=sandbox.url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def management(sandbox: Sandbox, settings: dict[str, str]) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {settings['SUPABASE_ACCESS_TOKEN']}"}
    with httpx.Client(base_url=f"{sandbox.management_url}/v1/projects/{sandbox.ref}", headers=headers) as client:
        yield client


async def pending(data: httpx.AsyncClient) -> dict[str, str]:
    """The request for a row that the function has not seen yet."""
    answer = await data.get(
        "/rest/v1/vehicle_images",
        params={
            "select": "image_id:id,image_url,vehicle_id",
            "ai_processing_status": "eq.pending",
            "vehicle_id": "not.is.null",
            "category": "eq.exterior",
            "order": "id",
            "limit": "1",
        },
    )
    found: dict[str, str] = answer.json()[0]
    return found


async def test_a_call_of_the_function_does_the_work_and_pays_once(sandbox: Sandbox, data: httpx.AsyncClient) -> None:
    row = await pending(data)
    answer = await data.post("/functions/v1/analyze-image", json=row)
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    tags = (await data.get("/rest/v1/image_tags", params={"image_id": f"eq.{row['image_id']}"})).json()
    assert len(tags) == len(answer.json()["tags"]) > 0
    found = launch.status(sandbox)
    once = {"function": 1, "openai": 1, "openai_accepted": 1, "aws": 1, "aws_accepted": 1}
    assert {name: count for name, count in found["calls"].items() if count} == once
    assert found["twice"] == 0


async def test_exact_counts_and_the_cap_are_the_data_apis_own(data: httpx.AsyncClient) -> None:
    head = await data.head("/rest/v1/vehicle_images", params={"select": "id"}, headers={"Prefer": "count=exact"})
    assert head.headers["content-range"].endswith("/320")  # 120 pending and 200 analysed
    assert head.content == b""


async def test_errors_keep_their_code_also_where_there_is_no_body(data: httpx.AsyncClient) -> None:
    missing = await data.get("/rest/v1/no_such_table")
    assert (missing.status_code, missing.json()["code"]) == (404, "PGRST205")
    head = await data.head("/rest/v1/vehicle_images", params={"select": "no_such_column"})
    assert (head.status_code, head.headers["proxy-status"]) == (400, "PostgREST; error=42703")


async def test_row_level_security_hides_the_rows_from_the_anon_key(sandbox: Sandbox, settings: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=sandbox.url, headers={"apikey": settings["SUPABASE_ANON_KEY"]}) as client:
        assert (await client.get("/rest/v1/vehicle_images")).json() == []
        refused = await client.post("/rest/v1/vehicle_images", json={"image_url": "x"})
    assert (refused.status_code, refused.json()["code"]) == (401, "42501")


async def test_a_conditional_update_says_which_rows_it_changed(data: httpx.AsyncClient) -> None:
    row = (await pending(data))["image_id"]
    once = {"id": f"eq.{row}", "category": "eq.exterior", "select": "id"}
    returned = {"Prefer": "return=representation"}
    first = await data.patch("/rest/v1/vehicle_images", params=once, json={"category": "other"}, headers=returned)
    second = await data.patch("/rest/v1/vehicle_images", params=once, json={"category": "other"}, headers=returned)
    assert first.json() == [{"id": row}]
    assert second.json() == []


def test_the_management_api_wants_its_token(sandbox: Sandbox, settings: dict[str, str]) -> None:
    url = f"{sandbox.management_url}/v1/projects/{sandbox.ref}"
    for token in ("", "Bearer sbp_" + "0" * 40, f"Bearer {settings['SUPABASE_SERVICE_ROLE_KEY']}"):
        refused = httpx.get(url, headers={"Authorization": token})
        assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})


def test_the_management_api_knows_one_project(management: httpx.Client, sandbox: Sandbox) -> None:
    found = management.get(f"{sandbox.management_url}/v1/projects/{sandbox.ref}")
    assert (found.json()["ref"], found.json()["status"]) == (sandbox.ref, "ACTIVE_HEALTHY")
    assert found.headers["x-ratelimit-limit"] == "120"
    other = f"{sandbox.management_url}/v1/projects/{'a' * 20}"
    assert management.get(other).status_code == 404


def test_secrets_are_listed_by_digest_alone(management: httpx.Client, sandbox: Sandbox) -> None:
    listed = {each["name"]: each["value"] for each in management.get("/secrets").json()}
    assert listed["AWS_REGION"] == hashlib.sha256(b"us-east-1").hexdigest()
    assert listed["SUPABASE_URL"] == hashlib.sha256(sandbox.url.encode()).hexdigest()
    assert {"OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SERVICE_ROLE_KEY"} <= set(listed)


async def test_a_secret_that_is_set_mends_the_function(
    play: Callable[[str], Sandbox], management: httpx.Client, data: httpx.AsyncClient
) -> None:
    play("paused")
    row = await pending(data)
    paused = await data.post("/functions/v1/analyze-image", json=row)
    assert paused.json()["paused"] is True
    deleted = management.request("DELETE", "/secrets", json=["NUKE_ANALYSIS_PAUSED"])
    assert (deleted.status_code, deleted.content) == (200, b"")
    mended = await data.post("/functions/v1/analyze-image", json=row)
    assert mended.json()["success"] is True
    assert mended.headers["x-deno-execution-id"] != paused.headers["x-deno-execution-id"]


@pytest.mark.parametrize(
    "secrets",
    [
        [{"name": "SUPABASE_URL", "value": "x"}],
        [{"name": "A" * 257, "value": "x"}],
        [{"name": "A", "value": "x" * 24_577}],
        [{"name": f"N{number}", "value": "x"} for number in range(101)],
        {"name": "A"},
    ],
)
def test_secrets_beyond_the_rules_are_refused_and_nothing_is_set(management: httpx.Client, secrets: object) -> None:
    before = management.get("/secrets").json()
    refused = management.post("/secrets", json=secrets)
    assert refused.status_code == 400
    assert refused.json()["message"]
    assert management.get("/secrets").json() == before


def test_a_secret_is_created_with_an_empty_201(management: httpx.Client) -> None:
    created = management.post("/secrets", json=[{"name": "supabase_lower_case_is_fine", "value": ""}])
    assert (created.status_code, created.content) == (201, b"")
    listed = {each["name"]: each["value"] for each in management.get("/secrets").json()}
    assert listed["supabase_lower_case_is_fine"] == hashlib.sha256(b"").hexdigest()


def test_the_deployed_function_is_described(management: httpx.Client) -> None:
    [found] = management.get("/functions").json()
    assert (found["slug"], found["status"], found["verify_jwt"]) == ("analyze-image", "ACTIVE", True)
    assert found["created_at"] > 1_700_000_000_000  # milliseconds
    assert management.get("/functions/analyze-image").json() == found
    assert management.get("/functions/nowhere").status_code == 404


def test_health_needs_its_services_named(management: httpx.Client) -> None:
    assert management.get("/health").status_code == 400
    assert [each["name"] for each in management.get("/health", params={"services": "db,rest"}).json()] == ["db", "rest"]


def test_a_secret_key_is_cut_unless_it_is_to_be_revealed(management: httpx.Client) -> None:
    def secret(**query: str) -> str:
        keys = management.get("/api-keys", params=query).json()
        return next(each["api_key"] for each in keys if each["type"] == "secret")

    assert "·" in secret()
    assert "·" not in secret(reveal="true")


def test_a_scenario_sets_the_callers_key_and_the_deployment(play: Callable[[str], Sandbox]) -> None:
    anon = settings_of(play("anon-key"))
    assert anon["SUPABASE_SERVICE_ROLE_KEY"] == anon["SUPABASE_ANON_KEY"]
    gone = play("not-deployed")
    answer = httpx.post(f"{gone.url}/functions/v1/analyze-image", json={})
    assert (answer.status_code, answer.headers["sb-error-code"]) == (404, "NOT_FOUND")


def test_the_cached_scenario_takes_its_data_fault_back(
    play: Callable[[str], Sandbox], settings: dict[str, str]
) -> None:
    def rows(sandbox: Sandbox, **where: str) -> int:
        url, headers = f"{sandbox.url}/rest/v1/vehicle_images", {"apikey": settings["SUPABASE_SERVICE_ROLE_KEY"]}
        return len(httpx.get(url, params={"select": "id", **where}, headers=headers).json())

    assert rows(play("cached"), ai_processing_status="eq.pending") == 0
    unmarked = rows(play("healthy"), ai_last_scanned="is.null")  # those that another test left half done are among them
    assert rows(play("healthy"), ai_processing_status="eq.pending") == unmarked > 0
