from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate
from running import Ran, nukediag
from sandboxes import settings_of

from diag.report.schemas import schema
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
LOG = "[12:00:01] Batch 1/2: 10 images\n[12:00:02] Error: Missing credentials: Region is missing\n" * 3

COMMANDS = [
    ("nukediag/preflight/1", ("preflight",)),
    ("nukediag/diagnosis/1", ("test-image", "--next")),
    ("nukediag/backfill/1", ("backfill", "--if-healthy", "--yes", "--limit", "3")),
    ("nukediag/backfill/1", ("backfill", "--dry-run")),
    ("nukediag/status/1", ("status",)),
    ("nukediag/verify/1", ("verify",)),
    ("nukediag/report/1", ("report",)),
    ("nukediag/runs/1", ("report", "--list")),
    ("nukediag/secrets/1", ("secrets", "list")),
    ("nukediag/secrets/1", ("secrets", "diff")),
    ("nukediag/secrets/1", ("secrets", "push")),
    ("nukediag/functions/1", ("functions", "list")),
    ("nukediag/config/1", ("config", "show")),
    ("nukediag/init/1", ("init", "--stdout")),
    ("nukediag/queue/1", ("queue", "status")),
]
OFFLINE = [
    ("nukediag/diagnosis/1", ("explain", "Region is missing")),
    ("nukediag/diagnosis/1", ("explain", "backfill.log")),
    ("nukediag/diagnosis/1", ("explain", "openai.quota-exhausted")),
    ("nukediag/catalogue/1", ("explain", "--list")),
    ("nukediag/scenarios/1", ("sandbox", "scenarios")),
    ("nukediag/error/1", ("preflight",)),
    ("nukediag/error/1", ("no-such-command",)),
    ("nukediag/error/1", ("explain", "no/such/file.log")),
]


def check(name: str, document: dict[str, Any], code: int) -> None:
    """The document is the one that its schema describes, without a field that the schema does not name."""
    assert document["schema"] == name, document
    validate(document, schema(name, strict=True))
    assert document["exit_code"] == code


def run(folder: Path, *words: str, sandbox: Sandbox | None = None) -> Ran:
    """A run with ``--json``; settings of a sandbox go through the environment, where every command finds them."""
    environ = {"NUKEDIAG_STATE_DIR": str(folder / "state")}
    if sandbox:
        environ |= settings_of(sandbox)
    return nukediag(folder, *words, "--json", **environ)


@pytest.mark.sandbox
def test_every_command_prints_the_document_that_its_schema_describes(sandbox: Sandbox, tmp_path: Path) -> None:
    for name, words in COMMANDS:
        ran = run(tmp_path, *words, sandbox=sandbox)
        check(name, ran.document, ran.code)


@pytest.mark.sandbox
def test_the_sandbox_prints_the_document_that_its_schema_describes(
    sandbox: Sandbox, sandbox_root: Path, tmp_path: Path
) -> None:
    ran = nukediag(tmp_path, "sandbox", "status", "--name", "tests", "--json", NUKEDIAG_STATE_DIR=str(sandbox_root))
    check("nukediag/sandbox/1", ran.document, ran.code)


@pytest.mark.sandbox
@pytest.mark.parametrize("scenario", ["openai-key-missing", "anon-key"])
def test_a_document_of_a_broken_project_keeps_its_schema(play: Play, tmp_path: Path, scenario: str) -> None:
    sandbox = play(scenario)
    for name, words in COMMANDS[:3]:
        ran = run(tmp_path, *words, sandbox=sandbox)
        check(name, ran.document, ran.code)


@pytest.mark.parametrize(
    ("name", "words"), OFFLINE, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_command_that_needs_no_project_prints_its_document(name: str, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "backfill.log").write_text(LOG)
    ran = run(tmp_path, *words)
    check(name, ran.document, ran.code)


def test_each_line_of_a_batch_is_a_document_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "batch.jsonl").write_text(
        '{"id": 7, "body": "Region is missing"}\nno json\n{"body": {"success": true}}\n'
    )
    ran = nukediag(tmp_path, "explain", "--jsonl", "batch.jsonl")
    documents = [json.loads(line) for line in ran.out.splitlines()]
    assert [document["schema"] for document in documents] == [
        "nukediag/diagnosis/1", "nukediag/error/1", "nukediag/diagnosis/1",
    ]  # fmt: skip
    for document in documents:
        validate(document, schema(document["schema"], strict=True))
    assert (ran.code, documents[0]["id"]) == (2, 7)
