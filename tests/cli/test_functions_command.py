from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from running import nukediag

from diag.report.functions_document import FunctionsDocument
from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox


def run(folder: Path, sandbox: Sandbox, *words: str) -> FunctionsDocument:
    ran = nukediag(folder, "functions", words[0], *words[1:], "--json", "--env-file", str(sandbox.env_file))
    assert ran.code == 0, ran.err
    return FunctionsDocument.model_validate_json(ran.out)


def test_a_shipped_function_is_deployed_starts_and_can_be_removed(
    new_sandbox: Callable[..., Sandbox], tmp_path: Path
) -> None:
    sandbox = new_sandbox()
    deployed = run(tmp_path, sandbox, "deploy", "nukediag-probe")
    assert (deployed.functions[0].slug, deployed.functions[0].verify_jwt, deployed.starts) == (
        "nukediag-probe",
        False,
        True,
    )
    listed = run(tmp_path, sandbox, "list")
    assert {one.slug: one.shipped for one in listed.functions} == {"analyze-image": False, "nukediag-probe": True}
    left = run(tmp_path, sandbox, "delete", "nukediag-probe")
    assert [one.slug for one in left.functions] == ["analyze-image"]


def test_somebody_elses_function_is_not_deleted_by_the_way(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "functions", "delete", "analyze-image", "--env-file", str(sandbox.env_file))
    assert ran.code == 2
    assert "--yes" in ran.err


def test_a_function_that_is_not_shipped_cannot_be_deployed(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "functions", "deploy", "nothing", "--env-file", str(sandbox.env_file))
    assert ran.code == 2
    assert "analyze-image-simple" in ran.err


def test_without_a_token_the_error_names_it(tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "functions", "list", "--project-url", "https://abcdefghijklmnopqrst.supabase.co")
    assert ran.code == 2
    assert "SUPABASE_ACCESS_TOKEN" in ran.err
