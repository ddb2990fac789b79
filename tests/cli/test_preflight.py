from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from running import nukediag
from sandboxes import BASIC_SCENARIOS, settings_of

from diag.report.preflight_document import PreflightDocument
from diag.sandbox import launch
from diag.sandbox.scenarios import SCENARIOS
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
pytestmark = pytest.mark.sandbox

PROJECT_SCOPE = [name for name in BASIC_SCENARIOS if 3 in SCENARIOS[name].preflight_exit and name != "flaky"]


@pytest.mark.parametrize("name", BASIC_SCENARIOS)
def test_every_scenario_is_named_with_the_right_exit_code(play: Play, tmp_path: Path, name: str) -> None:
    ran = nukediag(tmp_path, "preflight", "--json", sandbox=play(name))
    scenario, document = SCENARIOS[name], ran.document
    assert ran.code in scenario.preflight_exit, ran.out
    assert document["exit_code"] == ran.code
    named = {check["signature"] for check in document["checks"]} | {document["signature"]}
    if ran.code:
        assert document["signature"] == scenario.signature
    elif name == "dead-images":
        assert scenario.signature in named
    assert document["verdict"] == {0: "healthy", 3: "unhealthy", 4: "unhealthy", 5: "unknown"}[ran.code]


@pytest.mark.parametrize("name", PROJECT_SCOPE)
def test_a_broken_project_costs_two_paid_calls_at_most(play: Play, tmp_path: Path, name: str) -> None:
    sandbox = play(name)
    nukediag(tmp_path, "preflight", sandbox=sandbox)
    calls = launch.status(sandbox)["calls"]
    assert calls["openai_accepted"] + calls["aws_accepted"] <= 2


def test_the_document_keeps_its_schema(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--json", "--no-call", sandbox=sandbox)
    document = PreflightDocument.model_validate_json(ran.out)
    assert document.schema_ == "nukediag/preflight/1"
    assert document.project.ref == sandbox.ref
    assert set(document.counts) == {"pass", "warn", "fail", "unknown", "skip", "error"}
    assert sum(document.counts.values()) == len(document.checks)


def test_without_a_call_nothing_is_spent_and_nobody_vouches(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--no-call", "--json", sandbox=sandbox)
    assert (ran.code, ran.document["verdict"], ran.document["cost_usd"]) == (5, "unknown", 0)
    assert launch.status(sandbox)["calls"]["openai"] == 0


def test_every_problem_is_shown_with_its_evidence_and_its_command(play: Play, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", sandbox=play("openai-key-missing"))
    assert ran.code == 3
    for words in ("openai.key-missing", "no secret OPENAI_API_KEY", "supabase secrets set --env-file", "skip"):
        assert words in ran.out
    assert ran.err == ""


def test_the_report_fits_80_columns_without_colour_and_in_ascii(play: Play, tmp_path: Path) -> None:
    plain = {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    ran = nukediag(tmp_path, "preflight", "-v", sandbox=play("anon-key"), **plain)
    assert ran.code == 3
    assert ran.out.isascii()
    assert "\x1b" not in ran.out
    too_long = [
        line for line in ran.out.splitlines() if len(line) > 80 and "://" not in line and "/sandbox" not in line
    ]
    assert too_long == []


def test_quiet_is_one_line(play: Play, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "-q", sandbox=play("not-deployed"))
    assert ran.out.startswith("UNHEALTHY: gateway.function-not-found")
    assert len(ran.out.splitlines()) == 1


def test_no_value_of_a_secret_is_ever_printed(play: Play, tmp_path: Path) -> None:
    sandbox = play("anon-key")
    settings = settings_of(sandbox)
    secrets = [settings[name] for name in settings if name.endswith(("_KEY", "_TOKEN"))]
    for words in (["-vv"], ["--json"], ["-q"]):
        ran = nukediag(tmp_path, "preflight", *words, sandbox=sandbox)
        pieces = {secret[start : start + 12] for secret in secrets for start in range(20, len(secret) - 12)}
        assert not [piece for piece in pieces if piece in ran.out + ran.err]


def test_without_any_setting_the_error_names_them_and_the_next_step(tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--json")
    assert ran.code == 2
    assert ran.document["exit_code"] == 2
    assert "SUPABASE_URL" in ran.document["error"]["message"]
    assert ran.document["error"]["remedy"]


def changed_settings(sandbox: Sandbox, folder: Path, **changes: str | None) -> Path:
    """The sandbox's env file with some settings changed, or taken away (None)."""
    settings: dict[str, str | None] = {**settings_of(sandbox), **changes}
    file = folder / "changed.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items() if value is not None))
    return file


def test_without_a_token_a_full_call_is_proof_enough(sandbox: Sandbox, tmp_path: Path) -> None:
    file = changed_settings(sandbox, tmp_path, SUPABASE_ACCESS_TOKEN=None)
    ran = nukediag(tmp_path, "preflight", "--env-file", str(file), "--json")
    assert (ran.code, ran.document["verdict"]) == (0, "healthy")
    assert ran.document["counts"]["skip"] > 0
    assert nukediag(tmp_path, "preflight", "--env-file", str(file), "--no-call").code == 5


def test_a_management_api_that_does_not_answer_is_no_verdict(sandbox: Sandbox, tmp_path: Path) -> None:
    file = changed_settings(sandbox, tmp_path, NUKEDIAG_MANAGEMENT_URL="http://127.0.0.1:1")
    ran = nukediag(tmp_path, "preflight", "--env-file", str(file), "--json")
    status = {check["id"]: check["status"] for check in ran.document["checks"]}
    assert (ran.code, status["project.token"], status["call.test"]) == (0, "unknown", "pass")


def test_a_token_that_is_refused_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    file = changed_settings(sandbox, tmp_path, SUPABASE_ACCESS_TOKEN="sbp_" + "0" * 40)
    ran = nukediag(tmp_path, "preflight", "--env-file", str(file), "--json")
    status = {check["id"]: check["status"] for check in ran.document["checks"]}
    assert (ran.code, status["project.token"], ran.document["signature"]) == (3, "fail", "gateway.auth-invalid")
