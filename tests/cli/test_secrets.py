from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from running import Ran, nukediag

from diag.report.secrets_document import SecretsDocument
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
pytestmark = pytest.mark.sandbox


def run(folder: Path, sandbox: Sandbox, *words: str) -> Ran:
    """With the function's secrets where a user keeps them."""
    home = folder / "supabase/functions"
    home.mkdir(parents=True, exist_ok=True)
    (home / ".env").write_text(sandbox.functions_env.read_text())
    connection = dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())
    return nukediag(folder, "secrets", *words, **connection)


def states(ran: Ran) -> dict[str, str]:
    return {one.name: one.state for one in SecretsDocument.model_validate_json(ran.out).secrets}


def test_equal_copies_end_in_0(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = run(tmp_path, sandbox, "diff", "--json")
    assert ran.code == 0
    assert set(states(ran).values()) == {"same"}
    assert ran.document["digests"] == "sha256"


def test_a_missing_and_a_different_secret_end_in_3(play: Play, tmp_path: Path) -> None:
    missing = run(tmp_path, play("openai-key-missing"), "diff", "--json")
    assert (missing.code, states(missing)["OPENAI_API_KEY"]) == (3, "missing")
    wrong = run(tmp_path, play("openai-key-invalid"), "diff", "--json")
    assert (wrong.code, states(wrong)["OPENAI_API_KEY"]) == (3, "differs")


def test_a_push_shows_its_plan_and_changes_nothing_without_yes(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-missing")
    planned = run(tmp_path, sandbox, "push", "--json")
    assert planned.document["applied"] is False
    assert [one["name"] for one in planned.document["plan"] if one["action"] == "set"] == ["OPENAI_API_KEY"]
    assert run(tmp_path, sandbox, "diff").code == 3
    done = run(tmp_path, sandbox, "push", "--yes", "--json")
    assert [one["done"] for one in done.document["plan"] if one["action"] == "set"] == [True]
    assert run(tmp_path, sandbox, "diff").code == 0


def test_what_is_set_and_differs_is_only_replaced_when_asked(play: Play, tmp_path: Path) -> None:
    sandbox = play("aws-signature-mismatch")
    run(tmp_path, sandbox, "push", "--yes")
    assert run(tmp_path, sandbox, "diff").code == 3
    run(tmp_path, sandbox, "push", "AWS_SECRET_ACCESS_KEY", "--overwrite", "--yes")
    assert run(tmp_path, sandbox, "diff").code == 0


def test_no_value_and_no_digest_is_shown(play: Play, tmp_path: Path) -> None:
    sandbox = play("openai-key-invalid")
    values = [line.partition("=")[2] for line in sandbox.functions_env.read_text().splitlines()]
    outputs = [
        run(tmp_path, sandbox, *words) for words in (["list"], ["diff", "-vv"], ["push", "--json"], ["list", "--json"])
    ]
    shown = "".join(ran.out + ran.err for ran in outputs)
    assert not [value for value in values if len(value) > 12 and value[-12:] in shown]

    assert not re.search(r"\b[0-9a-f]{64}\b", shown)
