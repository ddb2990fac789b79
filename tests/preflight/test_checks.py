"""The checks of settings, project, token and function, and what they come to together."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest
from doubles import REF, SupabaseDouble

from diag.errors import ExitCode
from diag.preflight import Status

from .asked import answering, of, preflight


async def test_a_healthy_project_passes_every_check_and_one_call_proves_it(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(5)
    result = await preflight(double, tmp_path)
    assert (result.verdict, result.exit_code, result.signature) == ("healthy", ExitCode.OK, None)
    assert {one.check.id: one.status for one in result.checks if one.status is not Status.PASS} == {
        "function.jwt": Status.UNKNOWN,  # the double does not say whether JWTs are checked
        "verify.openai": Status.SKIP,  # no local copies to ask with
        "verify.aws": Status.SKIP,
    }
    assert len(double.calls()) == 1
    assert result.outcome is not None
    assert result.outcome.marked
    assert result.cost_usd == pytest.approx(0.021)


async def test_without_a_token_the_call_alone_can_vouch(tmp_path: Path) -> None:
    result = await preflight(SupabaseDouble.with_rows(5), tmp_path, SUPABASE_ACCESS_TOKEN="")
    skipped = {one.check.id for one in result.checks if one.status is Status.SKIP}
    assert {"project.token", "project.active", "function.deployed", "secrets.OPENAI_API_KEY.present"} <= skipped
    assert result.exit_code is ExitCode.OK
    again = await preflight(SupabaseDouble.with_rows(5), tmp_path, call=False, SUPABASE_ACCESS_TOKEN="")
    assert again.exit_code is ExitCode.CANNOT_VOUCH


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"message": "Unauthorized"}, Status.FAIL),
        (403, {"message": "Your account does not have the necessary privileges"}, Status.PASS),
    ],
)
async def test_only_a_401_is_a_verdict_on_the_token(
    tmp_path: Path, status: int, body: object, expected: Status
) -> None:
    double = SupabaseDouble.with_rows(1, special={"/v1/": answering(status, body)})
    result = await preflight(double, tmp_path)
    assert of(result, "project.token").status is expected
    forbidden = {of(result, id).status for id in ("project.active", "secrets.OPENAI_API_KEY.present")}
    assert forbidden == ({Status.SKIP} if expected is Status.FAIL else {Status.UNKNOWN})


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("INACTIVE", Status.FAIL),
        ("REMOVED", Status.FAIL),
        ("COMING_UP", Status.UNKNOWN),
        ("SOMETHING_NEW", Status.UNKNOWN),
        ("ACTIVE_UNHEALTHY", Status.WARN),
    ],
)
async def test_a_projects_state_is_read_with_care(tmp_path: Path, state: str, expected: Status) -> None:
    body = {"ref": REF, "name": "n", "status": state, "region": "eu-west-1"}
    double = SupabaseDouble.with_rows(1)
    plain = double._management

    def management(request: httpx.Request) -> httpx.Response:
        is_project = request.url.path.endswith(REF)
        return httpx.Response(200, json=body) if is_project else plain(request.url.path)

    double.special["/v1/"] = management
    assert of(await preflight(double, tmp_path), "project.active").status is expected


async def test_a_key_that_the_data_api_refuses_is_named(tmp_path: Path) -> None:
    refusal = answering(401, {"message": "Invalid API key", "hint": "Double check your Supabase API key."})
    result = await preflight(SupabaseDouble.with_rows(1, special={"/rest/v1/": refusal}), tmp_path)
    assert (result.signature, result.exit_code) == ("supabase.key-invalid", ExitCode.UNHEALTHY)


def no_such_host(request: httpx.Request) -> httpx.Response:
    cause = socket.gaierror(-2, "Name or service not known")
    raise httpx.ConnectError(str(cause)) from cause


@pytest.mark.parametrize(
    ("status", "signature"), [("INACTIVE", "gateway.project-paused"), ("ACTIVE_HEALTHY", "network.dns")]
)
async def test_a_host_that_does_not_resolve_is_that_of_a_paused_project_where_the_management_api_says_so(
    tmp_path: Path, status: str, signature: str
) -> None:
    double = SupabaseDouble.with_rows(1)
    state = answering(200, {"ref": REF, "name": "cars", "status": status, "region": "eu-west-1"})

    def managed(request: httpx.Request) -> httpx.Response:
        return state(request) if request.url.path.endswith(REF) else double._management(request.url.path)

    double.special = {"/functions/": no_such_host, "/rest/": no_such_host, "/v1/": managed}
    result = await preflight(double, tmp_path)
    assert (result.signature, result.exit_code) == (signature, ExitCode.UNHEALTHY)
    assert any("not known" in seen.text for seen in of(result, "project.reachable").evidence)


async def test_a_host_that_does_not_resolve_is_no_pass(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1, special={"/functions/": no_such_host, "/rest/": no_such_host})
    result = await preflight(double, tmp_path)
    assert of(result, "project.reachable").status in (Status.FAIL, Status.UNKNOWN)
    assert of(result, "data.table").finding.because == "project.reachable"
    assert result.exit_code in (ExitCode.UNHEALTHY, ExitCode.CANNOT_VOUCH)
