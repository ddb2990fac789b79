"""``preflight --fix`` against real refusals: planned first, mended on request, judged by a second look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import Ran, nukediag

from diag.report.preflight_document import PreflightDocument
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
pytestmark = pytest.mark.sandbox


def preflight(folder: Path, sandbox: Sandbox, *words: str) -> Ran:
    """With the function's secrets where a user keeps them."""
    home = folder / "supabase/functions"
    home.mkdir(parents=True, exist_ok=True)
    (home / ".env").write_text(sandbox.functions_env.read_text())
    connection = dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())
    return nukediag(folder, "preflight", *words, **connection)


def fixed(ran: Ran) -> list[tuple[Any, ...]]:
    document = PreflightDocument.model_validate_json(ran.out)
    return [(one.action.value, one.name, one.done) for one in document.fixed]


def test_the_plan_alone_changes_nothing_and_keeps_the_exit_code(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    first = preflight(tmp_path, sandbox, "--fix", "--no-call")
    assert first.code == 3
    assert "set         OPENAI_API_KEY from supabase/functions/.env" in first.out
    assert "nothing was changed" in first.out
    again = preflight(tmp_path, sandbox, "--fix", "--json", "--no-call")
    assert (again.code, fixed(again)) == (3, [("set", "OPENAI_API_KEY", None)])


@pytest.mark.parametrize(
    ("scenario", "action", "name"),
    [
        ("openai-key-missing", "set", "OPENAI_API_KEY"),
        ("openai-key-invalid", "overwrite", "OPENAI_API_KEY"),
        ("openai-key-quoted", "overwrite", "OPENAI_API_KEY"),
        ("aws-signature-mismatch", "overwrite", "AWS_SECRET_ACCESS_KEY"),
        ("function-key-anon", "overwrite", "SERVICE_ROLE_KEY"),
    ],
)
def test_a_bad_secret_is_mended_and_the_second_look_is_healthy(
    play: Play, tmp_path: Path, scenario: str, action: str, name: str
) -> None:
    ran = preflight(tmp_path, play(scenario), "--fix", "--yes", "--json")
    assert fixed(ran) == [(action, name, True)]
    assert (ran.code, ran.document["verdict"], ran.document["signature"]) == (0, "healthy", None)


def test_a_shipped_function_is_deployed_and_called(sandbox: Sandbox, tmp_path: Path) -> None:
    chosen = ("--function", "analyze-image-simple")
    ran = preflight(tmp_path, sandbox, *chosen, "--fix", "--yes", "--json")
    connection = dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())
    nukediag(tmp_path, "functions", "delete", "analyze-image-simple", **connection)
    assert fixed(ran) == [("deploy", "analyze-image-simple", True)]
    assert ran.code == 0


def test_what_nobody_here_can_mend_is_left_with_its_reason(play: Play, tmp_path: Path) -> None:
    ran = preflight(tmp_path, play("not-deployed"), "--fix", "--yes")
    assert ran.code == 3
    assert "left        analyze-image" in ran.out
    assert "looking again" not in ran.out


def test_yes_alone_is_a_usage_error(tmp_path: Path, sandbox: Sandbox) -> None:
    ran = preflight(tmp_path, sandbox, "--yes")
    assert ran.code == 2
    assert "--fix" in ran.err
