"""The checks of keys and secrets: what is set, what is meant, what the code reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import REF, SECRETS, SERVICE_KEY, TOKEN, SupabaseDouble

from diag.errors import ExitCode
from diag.preflight import Status

from .asked import answering, jwt, of, preflight


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
