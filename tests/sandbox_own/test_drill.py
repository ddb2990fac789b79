"""The drill as a process, on functions of different conduct."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diag.report.drill_document import DrillDocument

PROJECTS = Path(__file__).parent / "projects"
FAULTS = ("openai-key-invalid", "function-key-wrong", "not-deployed", "aws-signature-mismatch")


def _drill(folder: Path, project: str, *words: str) -> tuple[int, str, str]:
    scenarios = [word for name in FAULTS for word in ("--scenario", name)]
    command = [sys.executable, "-m", "diag", "sandbox", "drill", "--functions", str(PROJECTS / project), *scenarios]
    environ = {**os.environ, "NUKEDIAG_STATE_DIR": str(folder / "state")}
    done = subprocess.run([*command, *words], cwd=folder, env=environ, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, DrillDocument, str]:
    code, out, _ = _drill(tmp_path_factory.mktemp("classic"), "classic", "--json")
    return code, DrillDocument.model_validate_json(out), out


def _of(document: DrillDocument, scenario: str) -> dict[str, Any]:
    return next(each for each in document.scenarios if each.scenario == scenario).model_dump()


def _kinds(document: DrillDocument, scenario: str) -> set[str]:
    return {str(each["kind"]) for each in _of(document, scenario)["weaknesses"]}


def test_a_function_that_swallows_errors_is_found_out(classic: tuple[int, DrillDocument, str]) -> None:
    code, document, _ = classic
    assert code == document.exit_code == 4
    assert {"claims-success", "stores-failure"} <= _kinds(document, "openai-key-invalid")
    assert {"claims-success", "pays-for-nothing"} <= _kinds(document, "function-key-wrong")


def test_the_leak_is_placed_and_no_piece_of_the_key_is_printed(classic: tuple[int, DrillDocument, str]) -> None:
    _, document, out = classic
    [leak] = _of(document, "healthy")["leaks"]
    assert leak == {"where": "debug.openai", "secret": "OPENAI_KEY", "characters": 10}
    assert _of(document, "healthy")["body"].count("…") >= 1
    assert "sk-proj-" not in out


def test_what_it_wrote_and_what_it_paid_are_told(classic: tuple[int, DrillDocument, str]) -> None:
    healthy, refused = _of(classic[1], "healthy"), _of(classic[1], "openai-key-invalid")
    assert healthy["paid"]["openai"] == 1
    assert refused["paid"]["openai"] == 0
    assert refused["wrote"] == {"image_tags": 1, "vehicle_images": 1}
    assert refused["columns"] == ["ai_last_scanned"]


def test_faults_that_are_not_the_functions_are_not_held_against_it(classic: tuple[int, DrillDocument, str]) -> None:
    assert _of(classic[1], "not-deployed")["conduct"] == "platform"
    assert "claims-success" not in _kinds(classic[1], "aws-signature-mismatch")


def test_an_honest_function_passes_with_its_causes_named(tmp_path: Path) -> None:
    code, out, _ = _drill(tmp_path, "modern", "--function", "analyze-image", "--json")
    document = DrillDocument.model_validate_json(out)
    assert {each.scenario: [str(weak.kind) for weak in each.weaknesses] for each in document.scenarios} == {
        name: [] for name in ("healthy", *FAULTS)
    }
    assert code == 0
    assert _of(document, "openai-key-invalid")["told"] == "openai.key-invalid"
    assert not (tmp_path / "state" / "sandbox").exists() or not list((tmp_path / "state" / "sandbox").iterdir())


def test_a_function_that_does_not_work_at_all_is_not_drilled(tmp_path: Path) -> None:
    code, out, _ = _drill(tmp_path, "modern", "--function", "lost", "--json")
    document = DrillDocument.model_validate_json(out)
    assert (code, document.healthy, len(document.scenarios)) == (3, False, 1)
    assert "nothing_of_the_kind" in document.log


def test_an_unknown_function_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    code, _, complaint = _drill(tmp_path, "modern", "--function", "analyse-image")
    assert code == 2
    assert "analyze-image | hello | lost" in complaint
