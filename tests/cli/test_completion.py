"""What a shell is told when somebody presses Tab: by the process, as the shell's script asks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.running import clean_environment, nukediag

from diag.catalogue import SIGNATURES
from diag.cli.check_ids import CHECKS, GROUPS
from diag.config.settings import Settings
from diag.preflight.registry import checks_for
from diag.sandbox.scenarios import SCENARIOS


def offered(folder: Path, *words: str) -> set[str]:
    """The words offered in place of the last one."""
    environ = clean_environment(
        folder,
        _NUKEDIAG_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(("nukediag", *words)),
        COMP_CWORD=str(len(words)),
    )
    ran = subprocess.run(
        [sys.executable, "-m", "diag"], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    return {line.partition(",")[2] for line in ran.stdout.splitlines()}


def test_commands_and_flags_are_offered(tmp_path: Path) -> None:
    assert offered(tmp_path, "pre") == {"preflight"}
    assert {"--stdout", "--state-dir"} <= offered(tmp_path, "init", "--st")


def test_signatures_are_offered_to_explain_and_files_where_none_fits(tmp_path: Path) -> None:
    assert offered(tmp_path, "explain", "openai.key") == {one for one in SIGNATURES if one.startswith("openai.key")}
    assert offered(tmp_path, "explain", "./back") == {"./back"}


def test_scenarios_are_offered(tmp_path: Path) -> None:
    fitting = {name for name in SCENARIOS if name.startswith("openai-q")}
    assert offered(tmp_path, "sandbox", "scenario", "openai-q") == fitting
    assert offered(tmp_path, "sandbox", "up", "--scenario", "openai-q") == fitting


def test_checks_are_offered_with_the_secrets_of_this_folder_and_behind_a_comma(tmp_path: Path) -> None:
    (tmp_path / "nukediag.toml").write_text('[secrets]\nrequired = ["DEEPGRAM_API_KEY"]\n')
    assert "secrets.DEEPGRAM_API_KEY.present" in offered(tmp_path, "preflight", "--only", "secrets.D")
    assert offered(tmp_path, "preflight", "--skip", "data.table,settings.u") == {"data.table,settings.url"}


def test_functions_of_this_folder_are_offered(tmp_path: Path) -> None:
    entry = tmp_path / "supabase" / "functions" / "transcribe" / "index.ts"
    entry.parent.mkdir(parents=True)
    entry.write_text("")
    assert offered(tmp_path, "secrets", "list", "--function", "t") == {"transcribe"}
    assert offered(tmp_path, "functions", "deploy", "nukediag-") == {"nukediag-probe"}


def test_an_unreadable_settings_file_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "nukediag.toml").write_text("[secrets\n")
    assert "secrets.OPENAI_API_KEY.present" in offered(tmp_path, "preflight", "--only", "secrets.O")


def test_the_checks_known_to_the_completion_are_those_of_the_registry() -> None:
    checks = checks_for(Settings(), has_source=True)
    of_secrets = {f"secrets.{name}.{what}" for name in Settings().secrets.required for what in ("present", "expected")}
    assert {check.id for check in checks} - of_secrets == set(CHECKS)
    assert {check.group for check in checks} == set(GROUPS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_variable_by_which_the_program_is_asked(tmp_path: Path, shell: str) -> None:
    ran = nukediag(tmp_path, "completion", shell)
    assert ran.code == 0
    assert f"_NUKEDIAG_COMPLETE={shell}_complete" in ran.out


def test_the_script_is_one_that_bash_takes(tmp_path: Path) -> None:
    script = nukediag(tmp_path, "completion", "bash").out
    bash = shutil.which("bash")
    assert bash is not None
    ran = subprocess.run([bash, "-n"], input=script, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_another_shell_is_a_usage_error(tmp_path: Path) -> None:
    assert nukediag(tmp_path, "completion", "tcsh").code == 2
