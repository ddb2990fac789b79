from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from running import nukediag
from sandboxes import BASIC_SCENARIOS

from diag.backfill.journal import Journal, journal_path
from diag.config import load
from diag.report.documents import TestImageDocument
from diag.sandbox import launch
from diag.sandbox.scenarios import SCENARIOS
from diag.sandbox.state import Sandbox

Play = Callable[[str], Sandbox]
pytestmark = pytest.mark.sandbox

CODES = {"ok": 0, "failed": 3, "degraded": 4, "inconclusive": 5}
BY_CHANCE = {"healthy", "dead-images", "flaky"}


def pending(sandbox: Sandbox) -> int:
    return int(launch.status(sandbox)["rows"]["pending"])


def test_one_call_brings_a_full_answer_and_marks_its_row(sandbox: Sandbox, tmp_path: Path) -> None:
    before = pending(sandbox)
    ran = nukediag(tmp_path, "test-image", "--next", "--json", sandbox=sandbox)
    document = TestImageDocument.model_validate_json(ran.out)
    assert (ran.code, document.verdict, document.signature) == (0, "ok", "function.ok")
    assert document.http.status == 200
    assert document.http.execution_id
    assert document.parts == {"tags": True, "appraisal": True}
    assert document.writes["image_tags"] > 0
    assert pending(sandbox) == before - 1
    assert launch.status(sandbox)["calls"]["openai_accepted"] == 1


@pytest.mark.parametrize("name", [name for name in BASIC_SCENARIOS if name not in BY_CHANCE])
def test_the_fault_of_every_scenario_is_named(play: Play, tmp_path: Path, name: str) -> None:
    sandbox = play(name)
    before = pending(sandbox)
    ran = nukediag(tmp_path, "test-image", "--next", "--json", sandbox=sandbox)
    document = ran.document
    assert document["signature"] == SCENARIOS[name].signature
    assert ran.code == document["exit_code"] == CODES[document["verdict"]]
    assert pending(sandbox) == before


def test_a_row_that_is_done_is_answered_from_the_store_unless_forced(sandbox: Sandbox, tmp_path: Path) -> None:
    first: dict[str, Any] = nukediag(tmp_path, "test-image", "--next", "--json", sandbox=sandbox).document
    again = nukediag(tmp_path, "test-image", first["row"], "--json", sandbox=sandbox)
    assert (again.code, again.document["signature"]) == (5, "function.cached")
    assert "--force" in again.err
    anew = nukediag(tmp_path, "test-image", first["row"], "--force", "--json", sandbox=sandbox)
    assert (anew.code, anew.document["signature"]) == (0, "function.ok")


def test_without_marking_the_row_stays_pending(sandbox: Sandbox, tmp_path: Path) -> None:
    before = pending(sandbox)
    assert nukediag(tmp_path, "test-image", "--next", "--no-mark", sandbox=sandbox).code == 0
    assert pending(sandbox) == before


def test_a_row_whose_call_was_cut_off_by_a_kill_is_not_the_next_one(sandbox: Sandbox, tmp_path: Path) -> None:
    shown = nukediag(tmp_path, "test-image", "--next", "--no-mark", "--json", sandbox=sandbox).document
    settings = {key: value for key, value in dotenv_values(sandbox.env_file).items() if value}
    configuration = load(environ=settings, folder=tmp_path)
    leave_in_flight(journal_path(configuration.state_dir, "vehicle_images"), "analyze-image", shown["row"])
    other = nukediag(tmp_path, "test-image", "--next", "--no-mark", "--json", sandbox=sandbox).document
    assert other["row"] not in ("", shown["row"])


def leave_in_flight(path: Path, function: str, row_id: str) -> None:
    """A journal as a killed run leaves it."""

    async def write() -> None:
        held = await Journal.open(path, function, "killed")
        await held.intent(row_id)
        await held.close()

    asyncio.run(write())


@pytest.mark.parametrize("unknown", ["00000000-0000-0000-0000-000000000000", "no-uuid-at-all"])
def test_an_unknown_row_is_a_usage_error(sandbox: Sandbox, tmp_path: Path, unknown: str) -> None:
    ran = nukediag(tmp_path, "test-image", unknown, "--json", sandbox=sandbox)
    assert ran.code == 2
    assert unknown in ran.document["error"]["message"]
    assert launch.status(sandbox)["calls"]["function"] == 0


@pytest.mark.parametrize("words", [[], ["--next", "some-id"], ["--next", "--url", "http://x/y.jpg"]])
def test_exactly_one_picture_has_to_be_named(tmp_path: Path, words: list[str]) -> None:
    ran = nukediag(tmp_path, "test-image", *words)
    assert ran.code == 2
    assert "--next" in ran.err


def test_a_bare_picture_that_is_gone_costs_no_call(sandbox: Sandbox, tmp_path: Path) -> None:
    url = f"{sandbox.url}/storage/v1/object/public/vehicle-images/none/none.jpg"
    ran = nukediag(tmp_path, "test-image", "--url", url, "--json", sandbox=sandbox)
    assert (ran.code, ran.document["signature"], ran.document["row"]) == (3, "image.not-found", None)
    assert launch.status(sandbox)["calls"]["function"] == 0


def test_the_report_says_what_was_saved(sandbox: Sandbox, tmp_path: Path) -> None:
    ran = nukediag(tmp_path, "test-image", "--next", "--force", sandbox=sandbox)
    assert ran.code == 0
    for words in ("function.ok", "image_tags", "marked as done", "status 200"):
        assert words in ran.out
