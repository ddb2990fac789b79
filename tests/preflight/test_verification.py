"""The checks that ask the providers, with local copies at hand."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from doubles import REF, Handler, SupabaseDouble

from diag.credentials import Copies, Copy, State
from diag.errors import ExitCode
from diag.preflight import CheckResult, PreflightResult, Status, run
from diag.preflight.checks.secrets import stale_names
from diag.project import StoredSecret
from diag.rows import Pictures
from diag.verify import Verifier
from diag.verify.probe import ProbeReport, Seen

from .asked import Photos, of

KEYS = {
    "OPENAI_API_KEY": "sk-proj-" + "Zx9Qw8Er7Ty6Ui5Op4" * 2,
    "AWS_ACCESS_KEY_ID": "AKIA0123456789ABCDEF",
    "AWS_SECRET_ACCESS_KEY": "wUz0R0lY8b5rWcYx3l9Qm1n2b3v4c5x6z7a8s9d0",
    "AWS_REGION": "us-east-1",
}


class Providers:
    """OpenAI and AWS as they answer good keys; ``special`` answers go first."""

    def __init__(self, **special: httpx.Response) -> None:
        self.special = special
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        for part, reply in self.special.items():
            if part in str(request.url):
                return reply
        if "rekognition" in request.url.host:
            return httpx.Response(400, json={"__type": "InvalidImageFormatException"})
        if "sts" in request.url.host:
            return httpx.Response(200, text="<Account>123456789012</Account>")
        paid = request.method == "POST" and request.content != b"{}"
        ok = request.method == "GET" or paid
        body = {} if ok else {"error": {"code": "missing_required_parameter", "message": "model"}}
        return httpx.Response(200 if ok else 400, json=body, headers={"x-ratelimit-limit-requests": "500"})

    def paid(self) -> list[httpx.Request]:
        return [one for one in self.requests if "chat/completions" in str(one.url) and one.content != b"{}"]


async def preflight(
    providers: Providers,
    folder: Path,
    stored: dict[str, str] | None = None,
    *,
    call: bool = True,
    max_cost: float = 0.0,
    special: dict[str, Handler] | None = None,
) -> PreflightResult:
    home = folder / "supabase/functions"
    home.mkdir(parents=True, exist_ok=True)
    (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in KEYS.items()))
    double = SupabaseDouble.with_rows(3, secrets=dict(stored or KEYS), special=special or {})
    pictures = Pictures(transport=httpx.MockTransport(Photos()))
    verifier = Verifier(transport=httpx.MockTransport(providers))
    async with double.project(folder) as project:
        return await run(project, call=call, pictures=pictures, verifier=verifier, max_cost=max_cost)


def refused(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": code}})


async def test_good_keys_pass_with_what_their_providers_said(tmp_path: Path) -> None:
    result = await preflight(Providers(), tmp_path)
    assert result.exit_code is ExitCode.OK
    assert of(result, "verify.openai").finding.summary == "accepted, 500 requests a minute"
    assert of(result, "verify.aws").finding.summary == "accepted, account 123456789012"
    assert [one.where for one in of(result, "verify.aws").evidence] == ["aws", "aws"]


async def test_a_refused_key_fails_before_anything_is_paid(tmp_path: Path) -> None:
    result = await preflight(Providers(models=refused(401, "invalid_api_key")), tmp_path)
    assert (result.exit_code, result.signature) == (ExitCode.UNHEALTHY, "openai.key-invalid")
    assert of(result, "call.test").status is Status.SKIP
    assert result.cost_usd == 0


async def test_keys_that_may_not_detect_labels_fail_and_the_way_without_aws_is_named(tmp_path: Path) -> None:
    denied = httpx.Response(400, json={"__type": "AccessDeniedException"})
    result = await preflight(Providers(rekognition=denied), tmp_path)
    assert (result.exit_code, result.signature) == (ExitCode.UNHEALTHY, "aws.access-denied")
    commands = [one.command for one in of(result, "verify.aws").remedies]
    assert "nukediag backfill --if-healthy --function analyze-image-simple" in commands


@pytest.mark.parametrize("reply", [httpx.Response(503), httpx.Response(429, json={}), httpx.Response(302)])
async def test_a_provider_that_does_not_answer_leaves_the_verdict_to_the_call(
    tmp_path: Path, reply: httpx.Response
) -> None:
    result = await preflight(Providers(models=reply, sts=reply), tmp_path)
    assert {of(result, id).status for id in ("verify.openai", "verify.aws")} == {Status.UNKNOWN}
    assert result.exit_code is ExitCode.OK
    assert not of(result, "verify.openai").required


async def test_another_stored_value_is_not_judged_by_the_local_one(tmp_path: Path) -> None:
    providers = Providers(models=refused(401, "invalid_api_key"))
    result = await preflight(providers, tmp_path, {**KEYS, "OPENAI_API_KEY": "sk-proj-another-one-0123456789"})
    assert of(result, "verify.openai").status is Status.SKIP
    assert of(result, "secrets.copies").status is Status.WARN
    assert result.exit_code is ExitCode.OK
    assert not [one for one in providers.requests if "openai" in one.url.host]


async def test_a_value_with_a_line_break_is_named_as_such(tmp_path: Path) -> None:
    result = await preflight(
        Providers(), tmp_path, {**KEYS, "AWS_SECRET_ACCESS_KEY": KEYS["AWS_SECRET_ACCESS_KEY"] + "\n"}
    )
    found: CheckResult = of(result, "secrets.copies")
    assert found.evidence[0].text.endswith("with a line break at its end")
    assert found.remedies[0].command == "nukediag secrets push AWS_SECRET_ACCESS_KEY --overwrite --yes"


async def test_without_the_call_the_paid_endpoints_are_left_alone(tmp_path: Path) -> None:
    providers = Providers()
    await preflight(providers, tmp_path, call=False)
    assert {one.method for one in providers.requests if "openai" in one.url.host} == {"GET"}
    assert not [one for one in providers.requests if "rekognition" in one.url.host]


async def test_money_is_only_spent_on_the_quota_where_that_is_allowed(tmp_path: Path) -> None:
    frugal = Providers()
    await preflight(frugal, tmp_path)
    assert frugal.paid() == []
    allowed = Providers()
    result = await preflight(allowed, tmp_path, max_cost=0.01)
    assert len(allowed.paid()) == 1
    assert json.loads(allowed.paid()[0].content)["max_completion_tokens"] == 16
    assert of(result, "verify.openai").finding.cost_usd > 0


async def test_a_placeholder_is_known_by_its_digest(tmp_path: Path) -> None:
    result = await preflight(Providers(), tmp_path, {**KEYS, "OPENAI_API_KEY": "your-openai-api-key"})
    found = of(result, "secrets.OPENAI_API_KEY.present")
    assert (found.status, found.finding.summary) == (Status.FAIL, "OPENAI_API_KEY holds a placeholder")
    assert [one.command for one in found.remedies] == ["nukediag secrets push OPENAI_API_KEY --overwrite --yes"]


def test_a_function_that_sees_another_value_than_the_stored_one_is_stale() -> None:
    stored = StoredSecret("OPENAI_API_KEY", "0123abcd" + "0" * 56)
    compared = Copies("sha256", (Copy("OPENAI_API_KEY", State.SAME, "", True, stored),))
    seen = {name: Seen("OPENAI_API_KEY", True, name) for name in ("0123abcd", "ffff0000")}
    assert stale_names(compared, ProbeReport({"OPENAI_API_KEY": seen["ffff0000"]})) == ("OPENAI_API_KEY",)
    assert stale_names(compared, ProbeReport({"OPENAI_API_KEY": seen["0123abcd"]})) == ()
    assert stale_names(compared, None) == ()


async def test_the_deployed_probes_word_counts_in_place_of_this_machines(tmp_path: Path) -> None:
    verdict = {"provider": "openai", "names": ["OPENAI_API_KEY"], "step": "GET", "status": 401,
               "code": "invalid_api_key", "verdict": "invalid", "finding": "openai.key-invalid"}  # fmt: skip
    body = {"schema": "nukediag/probe/1", "secrets": [], "verdicts": [verdict]}
    providers = Providers()
    special = {
        f"/v1/projects/{REF}/functions/nukediag-probe": lambda _: httpx.Response(200, json={"slug": "nukediag-probe"}),
        "/functions/v1/nukediag-probe": lambda _: httpx.Response(200, json=body),
    }
    result = await preflight(providers, tmp_path, special=special)
    assert (result.signature, of(result, "verify.openai").status) == ("openai.key-invalid", Status.FAIL)
    assert "asked by nukediag-probe" in of(result, "verify.openai").evidence[0].where
    assert not [one for one in providers.requests if "openai" in one.url.host]


async def test_a_key_that_only_stale_workers_hold_is_mended_by_a_deployment_first(tmp_path: Path) -> None:
    verdict = {
        "provider": "openai", "names": ["OPENAI_API_KEY"], "step": "GET /v1/models", "verdict": "invalid",
        "finding": "openai.key-invalid", "status": 401,
    }  # fmt: skip
    seen = {"name": "OPENAI_API_KEY", "present": True, "fingerprint": "00000000"}
    body = {"schema": "nukediag/probe/1", "secrets": [seen], "verdicts": [verdict]}
    special = {
        f"/v1/projects/{REF}/functions/nukediag-probe": lambda _: httpx.Response(200, json={"slug": "nukediag-probe"}),
        "/functions/v1/nukediag-probe": lambda _: httpx.Response(200, json=body),
    }
    result = await preflight(Providers(), tmp_path, special=special)
    found = of(result, "verify.openai")
    assert found.status is Status.FAIL
    assert (found.remedies[0].command or "").startswith("supabase functions deploy analyze-image")
