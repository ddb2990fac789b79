from __future__ import annotations

import base64
import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from doubles import FULL, JPEG, REF, SECRETS, SERVICE_KEY, TOKEN, SupabaseDouble

from diag.errors import ExitCode
from diag.preflight import CheckResult, PreflightResult, Status, run
from diag.rows import Pictures


def jwt(**claims: Any) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part({'iss': 'supabase', 'exp': 4102444800, **claims})}.c2lnbmF0dXJl"


class Photos:
    """Serves every picture but those whose URL names one of the ``dead``."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        gone = any(name in request.url.path for name in self.dead)
        return httpx.Response(404) if gone else httpx.Response(200, content=JPEG)


async def preflight(
    double: SupabaseDouble, folder: Path, *, photos: Photos | None = None, call: bool = True, **environ: str
) -> PreflightResult:
    pictures = Pictures(transport=httpx.MockTransport(photos or Photos()))
    async with double.project(folder, **environ) as project:
        return await run(project, call=call, pictures=pictures)


def of(result: PreflightResult, id: str) -> CheckResult:
    return next(one for one in result.checks if one.check.id == id)


def answering(status: int, body: object, headers: dict[str, str] | None = None) -> Any:
    return lambda request: httpx.Response(status, json=body, headers=headers)


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


async def test_without_a_call_nothing_is_spent_and_nobody_vouches(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(5)
    result = await preflight(double, tmp_path, call=False)
    assert (result.verdict, result.exit_code) == ("unknown", ExitCode.CANNOT_VOUCH)
    assert of(result, "call.test").finding.because == "--no-call"
    assert double.calls() == []


async def test_without_a_token_the_call_alone_can_vouch(tmp_path: Path) -> None:
    result = await preflight(SupabaseDouble.with_rows(5), tmp_path, SUPABASE_ACCESS_TOKEN="")
    skipped = {one.check.id for one in result.checks if one.status is Status.SKIP}
    assert {"project.token", "project.active", "function.deployed", "secrets.OPENAI_API_KEY.present"} <= skipped
    assert result.exit_code is ExitCode.OK
    again = await preflight(SupabaseDouble.with_rows(5), tmp_path, call=False, SUPABASE_ACCESS_TOKEN="")
    assert again.exit_code is ExitCode.CANNOT_VOUCH


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("OPENAI_API_KEY", "openai.key-missing"),
        ("AWS_ACCESS_KEY_ID", "aws.credentials-missing"),
        ("AWS_SECRET_ACCESS_KEY", "aws.credentials-missing"),
        ("AWS_REGION", "aws.region-invalid"),
    ],
)
async def test_a_missing_secret_is_named_with_its_command_and_nothing_is_called(
    tmp_path: Path, name: str, signature: str
) -> None:
    double = SupabaseDouble.with_rows(5)
    del double.secrets[name]
    result = await preflight(double, tmp_path)
    assert (result.signature, result.exit_code) == (signature, ExitCode.UNHEALTHY)
    missing = of(result, f"secrets.{name}.present")
    assert "supabase secrets set" in (missing.remedies[0].command or "")
    assert of(result, "call.test").finding.because == missing.check.id
    assert double.calls() == []


async def test_an_empty_secret_counts_as_missing(tmp_path: Path) -> None:
    result = await preflight(SupabaseDouble.with_rows(1, secrets={**SECRETS, "OPENAI_API_KEY": ""}), tmp_path)
    assert result.signature == "openai.key-missing"
    assert "empty" in of(result, "secrets.OPENAI_API_KEY.present").finding.summary


async def test_a_name_that_is_nearly_right_is_pointed_out(tmp_path: Path) -> None:
    secrets = {name: value for name, value in SECRETS.items() if name != "OPENAI_API_KEY"}
    double = SupabaseDouble.with_rows(1, secrets={**secrets, "OpenAI_Api_Key": "x"})
    result = await preflight(double, tmp_path)
    assert "OpenAI_Api_Key" in str(of(result, "secrets.OPENAI_API_KEY.present").evidence)


@pytest.mark.parametrize(
    ("value", "hint"), [("eu-west-1", ""), ("us-east-1\n", "line break"), ('"us-east-1"', "quotes")]
)
async def test_an_unexpected_region_is_found_by_its_digest(tmp_path: Path, value: str, hint: str) -> None:
    result = await preflight(SupabaseDouble.with_rows(1, secrets={**SECRETS, "AWS_REGION": value}), tmp_path)
    assert result.signature == "aws.region-invalid"
    assert hint in str(of(result, "secrets.AWS_REGION.expected").evidence)


async def test_an_anon_key_that_sees_no_row_is_not_all_done(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(5, hidden=True)
    result = await preflight(double, tmp_path, SUPABASE_SERVICE_ROLE_KEY=jwt(role="anon", ref=REF))
    assert (result.signature, result.exit_code) == ("supabase.permission-denied", ExitCode.UNHEALTHY)
    assert of(result, "data.visible").status is Status.FAIL
    assert double.calls() == []


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (jwt(role="service_role", ref="zzzzzzzzzzzzzzzzzzzz"), "supabase.key-invalid"),
        (jwt(role="service_role", ref=REF, exp=1_000_000), "supabase.key-invalid"),
        ("sb_publishable_Ab3dEf6hIj9lMn2pQr5tUv_12345678", "supabase.permission-denied"),
        (jwt(role="authenticated", sub="u1"), "supabase.permission-denied"),
        (TOKEN, "supabase.key-invalid"),
        ("sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz", "supabase.key-invalid"),
    ],
)
async def test_a_key_of_the_wrong_kind_or_project_is_found_offline(tmp_path: Path, key: str, signature: str) -> None:
    result = await preflight(SupabaseDouble.with_rows(1), tmp_path, SUPABASE_SERVICE_ROLE_KEY=key)
    found = of(result, "settings.key")
    assert (found.status, found.signature) == (Status.FAIL, signature)
    assert key not in str(found)
    assert found.finding.source


@pytest.mark.parametrize("key", [SERVICE_KEY, jwt(role="service_role", ref=REF)])
async def test_a_service_key_of_either_family_is_right(tmp_path: Path, key: str) -> None:
    result = await preflight(SupabaseDouble.with_rows(1), tmp_path, SUPABASE_SERVICE_ROLE_KEY=key)
    assert of(result, "settings.key").status is Status.PASS


async def test_a_new_key_behind_a_jwt_check_is_warned_about(tmp_path: Path) -> None:
    function = {"slug": "analyze-image", "status": "ACTIVE", "version": 3, "verify_jwt": True}
    path = f"/v1/projects/{REF}/functions"
    result = await preflight(SupabaseDouble.with_rows(1, special={path: answering(200, function)}), tmp_path)
    assert of(result, "function.jwt").status is Status.WARN
    again = SupabaseDouble.with_rows(1, special={path: answering(200, function)})
    legacy = await preflight(again, tmp_path, SUPABASE_SERVICE_ROLE_KEY=jwt(role="service_role", ref=REF))
    assert of(legacy, "function.jwt").status is Status.PASS


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


async def test_a_function_that_is_not_deployed_is_found_without_a_call(tmp_path: Path) -> None:
    not_found = {"code": "NOT_FOUND", "message": "Requested function was not found"}
    path = f"/v1/projects/{REF}/functions"
    missing = answering(404, {"message": "Function not found"})
    gateway = answering(404, not_found, {"sb-error-code": "NOT_FOUND"})
    double = SupabaseDouble.with_rows(1, special={path: missing, "/functions/v1/": gateway})
    result = await preflight(double, tmp_path)
    assert result.signature == "gateway.function-not-found"
    assert of(result, "function.deployed").status is Status.FAIL
    assert of(result, "function.boots").status is Status.FAIL
    assert double.calls() == []


async def test_a_missing_table_is_a_schema_mismatch(tmp_path: Path) -> None:
    result = await preflight(SupabaseDouble.with_rows(1), tmp_path, NUKEDIAG_TABLE="photos")
    assert result.signature == "supabase.schema-mismatch"
    assert of(result, "data.visible").finding.because == "data.table"


async def test_a_missing_result_table_is_found_before_anything_is_paid_for(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    del double.tables["image_tags"]
    result = await preflight(double, tmp_path)
    assert of(result, "data.results").signature == "supabase.schema-mismatch"
    assert double.calls() == []


async def test_nothing_pending_proves_nothing(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    double.rows["row-000"]["ai_last_scanned"] = "2026-01-01"
    result = await preflight(double, tmp_path)
    assert result.exit_code is ExitCode.CANNOT_VOUCH
    assert of(result, "call.test").finding.because == "data.pending"


async def test_a_dead_picture_is_passed_over_and_told(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(3)
    result = await preflight(double, tmp_path, photos=Photos("/0.jpg"))
    assert of(result, "data.pictures").status is Status.WARN
    assert of(result, "data.pictures").signature == "image.not-found"
    assert result.exit_code is ExitCode.OK
    assert result.outcome is not None
    assert result.outcome.row.id == "row-001"


async def test_a_project_whose_pictures_are_all_dead_is_not_healthy(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(3)
    result = await preflight(double, tmp_path, photos=Photos(".jpg"))
    assert (result.signature, result.exit_code) == ("image.not-found", ExitCode.UNHEALTHY)
    assert double.calls() == []


async def test_pictures_that_only_the_function_can_reach_leave_it_open(tmp_path: Path) -> None:
    class Unreachable(Photos):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectTimeout("timed out")

    result = await preflight(SupabaseDouble.with_rows(3), tmp_path, photos=Unreachable())
    assert of(result, "data.pictures").status is Status.UNKNOWN
    assert of(result, "call.test").finding.because == "data.pictures"
    assert result.exit_code is ExitCode.CANNOT_VOUCH


class Answers:
    """Answers the calls one after the other; the last one for ever."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, json=body)


OVERLOADED = (503, {"error": "OpenAI: The server is currently overloaded with other requests"})
WRONG_KEY = (500, {"error": "OpenAI 401: Incorrect API key provided: sk-abc"})
CACHED = (200, {**FULL, "cached": True})
PAUSED = (200, {"success": False, "paused": True})


@pytest.mark.parametrize(
    ("answers", "calls", "status", "signature", "code"),
    [
        ([WRONG_KEY], 1, Status.FAIL, "openai.key-invalid", ExitCode.UNHEALTHY),
        ([PAUSED], 1, Status.UNKNOWN, "function.paused", ExitCode.CANNOT_VOUCH),
        ([(200, {"success": True, "tags": ["a"]})], 1, Status.WARN, "function.partial", ExitCode.DEGRADED),
        ([CACHED], 8, Status.UNKNOWN, "function.cached", ExitCode.CANNOT_VOUCH),
        ([CACHED] * 5 + [(200, FULL)], 6, Status.PASS, None, ExitCode.OK),
    ],
)
async def test_the_call_is_repeated_only_where_another_row_may_teach_more(
    tmp_path: Path, answers: list[tuple[int, object]], calls: int, status: Status, signature: str, code: ExitCode
) -> None:
    double = SupabaseDouble.with_rows(9, answer=Answers(*answers))
    result = await preflight(double, tmp_path)
    found = of(result, "call.test")
    assert (len(double.calls()), found.finding.attempts) == (calls, calls)
    assert (found.status, found.signature, result.exit_code) == (status, signature, code)
    bodies = [json.loads(one.content)["image_id"] for one in double.calls()]
    assert len(set(bodies)) == len(bodies)


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


async def test_a_service_key_under_a_public_name_is_warned_about(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    result = await preflight(double, tmp_path, VITE_SUPABASE_SERVICE_ROLE_KEY=SERVICE_KEY)
    assert of(result, "settings.values").status is Status.WARN
    assert SERVICE_KEY not in str(result)


async def test_what_the_code_reads_and_nobody_sets_is_a_warning(tmp_path: Path) -> None:
    home = tmp_path / "supabase/functions/analyze-image"
    home.mkdir(parents=True)
    (home / "index.ts").write_text(
        'const a = Deno.env.get("OPENAI_API_KEY")!;\nconst b = Deno.env.get("WEBHOOK_KEY")!;\n'
    )
    result = await preflight(SupabaseDouble.with_rows(3), tmp_path)
    found = of(result, "secrets.code")
    assert (found.status, result.exit_code) == (Status.WARN, ExitCode.OK)
    assert [one.text for one in found.evidence] == [
        "supabase/functions/analyze-image/index.ts:2 reads WEBHOOK_KEY, which is not set"
    ]


async def test_what_the_code_lacks_is_mended_by_what_is_at_hand_and_a_reserved_name_by_other_code(
    tmp_path: Path,
) -> None:
    home = tmp_path / "supabase/functions/analyze-image"
    home.mkdir(parents=True)
    (home / "index.ts").write_text(
        'const a = Deno.env.get("WEBHOOK_KEY")!;\nconst b = Deno.env.get("SUPABASE_SERVICE_KEY")!;\n'
        'const c = Deno.env.get("MAIL_KEY")!;\n'
    )
    (home.parent / ".env").write_text("WEBHOOK_KEY=w3bh00k-w3bh00k-w3bh00k\n")
    push, code = of(await preflight(SupabaseDouble.with_rows(3), tmp_path), "secrets.code").remedies
    assert push.command == "nukediag secrets push WEBHOOK_KEY MAIL_KEY --yes"
    assert "MAIL_KEY=<value>" in push.text
    assert "WEBHOOK_KEY" not in push.text
    assert (code.command or "").startswith("supabase functions deploy analyze-image")
