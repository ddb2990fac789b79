from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from running import nukediag
from sandboxes import settings_of

from diag.sandbox import launch
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
pytestmark = pytest.mark.sandbox
GATED = ("backfill", "--if-healthy", "--yes", "--limit", "2")


def test_a_test_call_is_an_annotation_a_page_and_a_document_at_once(play: Play, tmp_path: Path) -> None:
    words = ("--format", "github", "--format", "markdown=t.md", "--format", "json=t.json")
    ran = nukediag(tmp_path, "test-image", "--next", *words, sandbox=play("openai-key-invalid"))
    assert ran.code == 3
    assert ran.out.startswith("::error title=nukediag test-image%3A failed (openai.key-invalid)::")
    assert len(ran.out.splitlines()) == 1
    assert "❌ **FAILED**" in (tmp_path / "t.md").read_text()
    assert json.loads((tmp_path / "t.json").read_text())["signature"] == "openai.key-invalid"


@pytest.mark.parametrize(("scenario", "code", "word"), [("healthy", 0, "notice"), ("openai-key-missing", 3, "error")])
def test_a_backfill_is_an_annotation(play: Play, tmp_path: Path, scenario: str, code: int, word: str) -> None:
    state = {"NUKEDIAG_STATE_DIR": str(tmp_path / "state")}
    ran = nukediag(tmp_path, *GATED, "--format", "github", sandbox=play(scenario), **state)
    assert ran.code == code
    assert ran.out.startswith(f"::{word} title=nukediag backfill%3A ")


def test_a_dry_run_prints_its_plan_once(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "backfill", "--dry-run", sandbox=sandbox)
    assert ran.code == 0
    assert ran.out.count("rows") >= 1
    assert "NOT STARTED" not in ran.out


def test_what_is_for_the_gate_needs_one(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "backfill", "--yes", "--allow", "data.pictures", sandbox=sandbox)
    assert ran.code == 2
    assert "--if-healthy" in ran.err
    assert launch.status(sandbox)["calls"]["function"] == 0


def test_an_allowed_failure_opens_the_gate_where_the_call_works(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = {**settings_of(sandbox), "NUKEDIAG_STATE_DIR": str(tmp_path / "state")}
    (tmp_path / "nukediag.toml").write_text(
        '[secrets]\nrequired = ["OPENAI_API_KEY", "NOBODY_READS_THIS"]\nexpected = {}\n'
    )
    shut = nukediag(tmp_path, *GATED, "--json", **settings)
    assert (shut.code, shut.document["attempted"]) == (3, 0)
    opened = nukediag(tmp_path, *GATED, "--json", "--allow", "secrets.NOBODY_READS_THIS.present", **settings)
    assert (opened.code, opened.document["succeeded"]) == (0, 2), opened.err
