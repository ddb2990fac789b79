from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as XML

import pytest
from running import nukediag
from sandboxes import settings_of

from diag.sandbox import launch
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
pytestmark = pytest.mark.sandbox
MISSING = "secrets.OPENAI_API_KEY.present"


def test_a_name_that_is_no_check_is_a_usage_error_with_the_near_one(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--allow", "secrets.OPENAI_KEY.present", "--json", sandbox=sandbox)
    assert (ran.code, ran.document["exit_code"]) == (2, 2)
    assert MISSING in ran.document["error"]["remedy"]
    assert launch.status(sandbox)["calls"]["function"] == 0


def test_only_looks_at_the_chosen_checks_and_vouches_for_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--only", "secrets", "--json", sandbox=sandbox)
    looked_at = {check["id"] for check in ran.document["checks"] if check["status"] != "skip"}
    left_out = {check["because"] for check in ran.document["checks"] if check["status"] == "skip"}
    assert {"settings.token", "project.token", MISSING} <= looked_at
    assert "data.table" not in looked_at
    assert (ran.code, left_out) == (5, {"--only"})
    assert launch.status(sandbox)["calls"]["openai"] == 0


def test_only_still_finds_what_is_wrong(play: Play, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--only", MISSING, "--json", sandbox=play("openai-key-missing"))
    assert (ran.code, ran.document["signature"]) == (3, "openai.key-missing")


def test_skipping_what_is_not_required_changes_no_verdict(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--skip", "secrets.copies,verify", "--json", sandbox=sandbox)
    status = {check["id"]: check["because"] for check in ran.document["checks"] if check["status"] == "skip"}
    assert (ran.code, status["secrets.copies"]) == (0, "--skip")


def test_an_allowed_failure_is_shown_as_one_and_bars_nothing(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    ran = nukediag(tmp_path, "preflight", "--allow", MISSING, "--no-call", "--json", sandbox=sandbox)
    found = next(check for check in ran.document["checks"] if check["id"] == MISSING)
    assert (found["status"], found["allowed"], found["signature"]) == ("warn", True, "openai.key-missing")
    assert (ran.code, ran.document["verdict"]) == (5, "unknown")  # nobody called the function
    text = nukediag(tmp_path, "preflight", "--allow", MISSING, "--no-call", sandbox=sandbox).out
    assert "with --allow it counts as a warning" in text


def test_an_allowed_failure_does_not_hide_the_call_that_fails_by_it(play: Play, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--allow", MISSING, "--json", sandbox=play("openai-key-missing"))
    assert (ran.code, ran.document["signature"]) == (3, "openai.key-missing")


def test_nothing_is_called_after_the_deadline(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "preflight", "--deadline", "0", "--json", sandbox=sandbox)
    assert (ran.code, ran.document["counts"]["pass"]) == (5, 0)
    assert launch.status(sandbox)["calls"]["function"] == 0


def test_every_format_ends_in_the_same_exit_code_and_goes_where_it_is_sent(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    files = {"json": "p.json", "junit": "p.xml", "markdown": "p.md", "github": "p.txt"}
    words = [word for name, file in files.items() for word in ("--format", f"{name}={file}")]
    ran = nukediag(tmp_path, "preflight", *words, sandbox=sandbox)
    assert (ran.code, ran.out.splitlines()[-1][-11:]) == (3, "exit code 3")
    failure = XML.parse(tmp_path / "p.xml").find(".//failure")
    assert failure is not None
    assert failure.get("type") == "openai.key-missing"
    assert '"exit_code": 3' in (tmp_path / "p.json").read_text()
    assert (tmp_path / "p.md").read_text().startswith("# Preflight of ")
    assert (tmp_path / "p.txt").read_text().startswith("::error title=nukediag preflight%3A unhealthy")
    for name in files:
        assert nukediag(tmp_path, "preflight", "--format", name, sandbox=sandbox).code == 3


def on_github(folder: Path, sandbox: Sandbox, *words: str, runner: str = "true") -> str:
    """Standard output of a preflight in a step of a workflow."""
    environ = {"GITHUB_ACTIONS": runner, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    ran = nukediag(folder, "preflight", "--no-call", *words, sandbox=sandbox, **environ)
    assert ran.code == 3
    return ran.out


def test_a_step_on_github_gets_its_annotations_and_its_summary(play: Play, tmp_path: Path) -> None:
    (tmp_path / "summary.md").write_text("what stood there before\n")
    out = on_github(tmp_path, play("openai-key-missing"), "--format", "github")
    assert f"::error title=fail%3A {MISSING} (openai.key-missing)::OPENAI_API_KEY is not set%0A" in out
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("what stood there before\n# Preflight of ")


def test_values_from_files_are_given_to_githubs_runner_to_hide_and_to_nobody_else(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    settings = settings_of(sandbox)
    secrets = {name: value for name, value in settings.items() if name.endswith(("_KEY", "_TOKEN"))}
    lines = on_github(tmp_path, sandbox, "--format", "github").splitlines()
    masks = {line.removeprefix("::add-mask::") for line in lines if line.startswith("::add-mask::")}
    assert secrets["SUPABASE_SERVICE_ROLE_KEY"] in masks
    assert secrets["SUPABASE_ACCESS_TOKEN"] in masks
    assert "us-east-1" not in masks
    others = "\n".join(line for line in lines if not line.startswith("::add-mask::"))
    others += (tmp_path / "summary.md").read_text()
    for words, runner in (
        (("--format", "github", "--no-mask"), "true"),
        (("--format", "github"), "false"),
        (("--format", "markdown"), "true"),
        (("--format", "github=annotations.txt"), "true"),
    ):
        others += on_github(tmp_path, sandbox, *words, runner=runner)
    others += (tmp_path / "annotations.txt").read_text()
    assert [name for name, value in secrets.items() if value in others] == []
    assert "::add-mask::" not in others
