from __future__ import annotations

from pathlib import Path

import pytest

from diag.sandbox.own.environment import OwnEnvironment, own_environment

OURS = ("OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "SERVICE_ROLE_KEY")
SECRETS = {"OPENAI_API_KEY": "sk-proj-right", "SERVICE_ROLE_KEY": "eyJ.right.one"}


def _environment(folder: Path, text: str = "", **reads: bool) -> OwnEnvironment:
    (folder / ".env").write_text(text)
    return own_environment(folder / ".env", reads, OURS)


def test_a_known_name_gets_the_sandboxs_value_and_the_rest_stays(tmp_path: Path) -> None:
    found = _environment(tmp_path, "OPENAI_API_KEY=sk-proj-my-real-one\nGREETING=good day\n").over(SECRETS)
    assert found == {**SECRETS, "GREETING": "good day"}


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("OPENAI_KEY=anything", "OPENAI_API_KEY"),
        ("MODEL_KEY=sk-proj-0123456789abcdefghij", "OPENAI_API_KEY"),
        ("AWS_DEFAULT_REGION=eu-west-1", "AWS_REGION"),
        ("REKOGNITION_ID=AKIA0123456789ABCDEF", "AWS_ACCESS_KEY_ID"),
        ("ADMIN=sb_secret_0123456789", "SERVICE_ROLE_KEY"),
    ],
)
def test_a_credential_of_the_users_is_replaced_by_its_name_or_its_look(tmp_path: Path, line: str, source: str) -> None:
    assert _environment(tmp_path, line).aliases == {line.partition("=")[0]: source}


def test_another_vendors_key_is_not_taken_for_openais(tmp_path: Path) -> None:
    found = _environment(tmp_path, "ANTHROPIC_API_KEY=sk-ant-0123456789abcdefghij")
    assert found.aliases == {}
    assert set(found.plain) == {"ANTHROPIC_API_KEY"}


def test_a_name_that_only_the_code_knows_gets_its_value_too(tmp_path: Path) -> None:
    found = _environment(tmp_path, OPENAI_KEY=True)
    assert found.over(SECRETS)["OPENAI_KEY"] == "sk-proj-right"
    assert found.wanted == {"OPENAI_API_KEY"}


def test_a_secret_that_a_scenario_takes_away_misses_under_every_name(tmp_path: Path) -> None:
    found = _environment(tmp_path, "OPENAI_KEY=sk-mine")
    assert "OPENAI_KEY" not in found.over({"SERVICE_ROLE_KEY": "x"})


def test_what_nobody_sets_is_told_only_where_the_code_cannot_do_without(tmp_path: Path) -> None:
    found = _environment(
        tmp_path, "HERE=1", HERE=True, STRIPE_KEY=True, SENTRY_DSN=False, SUPABASE_URL=True, SB_REGION=True
    )
    assert found.unset == ("STRIPE_KEY",)


def test_names_of_the_platform_cannot_be_set(tmp_path: Path) -> None:
    assert _environment(tmp_path, "SUPABASE_URL=https://real.supabase.co").over({}) == {}


def test_no_env_file_is_no_problem(tmp_path: Path) -> None:
    assert own_environment(tmp_path / ".env", {}, OURS) == OwnEnvironment()
