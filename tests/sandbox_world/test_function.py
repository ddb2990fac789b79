"""analyze-image as it really runs: under Deno, against the stand-ins, writing to the real database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from dotenv import dotenv_values
from sandboxes import BASIC_SCENARIOS

from diag.sandbox import launch
from diag.sandbox.state import Sandbox
from diag.sandbox.upstreams.photos import BUCKET
from diag.sandbox.world.analysis import analysis_of
from diag.sandbox.world.rows import PlannedRow, planned_rows

pytestmark = pytest.mark.sandbox
PENDING = 120


@dataclass
class Project:
    """A sandbox's project: its function, its tables, and pending rows that no test has used yet."""

    sandbox: Sandbox
    unused: Iterator[PlannedRow]

    def __post_init__(self) -> None:
        settings = dotenv_values(self.sandbox.env_file)
        key = str(settings["SUPABASE_SERVICE_ROLE_KEY"])
        headers = {"apikey": key, "Authorization": f"Bearer {key}"}
        self.client = httpx.Client(base_url=self.sandbox.url, headers=headers, timeout=60)
        self.first_answers = asyncio.run(burst(f"{self.sandbox.url}/rest/v1/vehicle_images?limit=1", key))

    def play(self, scenario: str) -> None:
        launch.switch(self.sandbox, scenario)

    def row(self, kind: str | None = None) -> PlannedRow:
        return next(row for row in self.unused if kind in (None, row.kind))

    def call(self, row: PlannedRow, **changes: Any) -> httpx.Response:
        url = f"{self.sandbox.url}{BUCKET}/{row.path}"
        job = {"image_url": url, "vehicle_id": row.vehicle_id, "image_id": row.id, **changes}
        return self.client.post("/functions/v1/analyze-image", json={k: v for k, v in job.items() if v is not None})

    def stored(self, table: str, row: PlannedRow, column: str = "image_id") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(f"/rest/v1/{table}?{column}=eq.{row.id}").json()
        return found

    def image(self, row: PlannedRow) -> dict[str, Any]:
        return self.stored("vehicle_images", row, "id")[0]

    def paid(self) -> tuple[int, int]:
        calls = launch.status(self.sandbox)["calls"]
        return calls["openai_accepted"], calls["aws_accepted"]


async def burst(url: str, key: str) -> list[int]:
    """The statuses of 40 requests at the same moment."""
    async with aiohttp.ClientSession(headers={"apikey": key}) as session:

        async def status() -> int:
            async with session.get(url) as answer:
                return answer.status

        return await asyncio.gather(*(status() for _ in range(40)))


def project(variant: str, folder: Path) -> Iterator[Project]:
    sandbox = launch.up(name=variant, variant=variant, images=PENDING, state_dir=folder)
    try:
        yield Project(sandbox, (row for row in planned_rows(PENDING) if not row.analysed))
    finally:
        launch.down(variant, folder)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project("strict", tmp_path_factory.mktemp("strict"))


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield from project("lenient", tmp_path_factory.mktemp("lenient"))


def test_first_requests_of_a_fresh_project_may_come_all_at_once(strict):
    assert strict.first_answers == [200] * 40


@pytest.mark.parametrize("kind", ["exterior", "spid"])
def test_full_answer_stands_in_every_table_that_the_photo_has_something_for(strict, kind):
    strict.play("healthy")
    row = strict.row(kind)
    answer = strict.call(row).json()
    said = analysis_of(row.id)
    assert (answer["success"], answer["cached"], answer["appraisal"]) == (True, False, said["appraisal"])
    assert {tag["tag_name"] for tag in strict.stored("image_tags", row)} == {tag["name"] for tag in answer["tags"]}
    assert len(strict.stored("component_conditions", row)) == len(said["components"])
    assert len(strict.stored("paint_quality_assessments", row)) == (kind == "exterior")
    assert [found["vin"] for found in strict.stored("vehicle_spid_data", row)] == (
        [said["spid"]["vin"]] if kind == "spid" else []
    )
    image = strict.image(row)
    assert image["ai_scan_metadata"]["appraiser"] == said["appraisal"]
    assert (image["ai_processing_status"], image["ai_last_scanned"]) == ("completed", None)
    assert strict.paid() == (1, 1)


def test_completed_row_is_answered_from_the_store_without_paying(strict):
    strict.play("healthy")
    row = strict.row()
    strict.call(row)
    again = strict.call(row).json()
    assert (again["cached"], again["analysis"]["appraiser"]) == (True, analysis_of(row.id)["appraisal"])
    assert strict.paid() == (1, 1)


def test_forced_call_works_anew_and_leaves_the_same_records(strict):
    strict.play("healthy")
    row = strict.row()
    strict.call(row)
    before = len(strict.stored("image_tags", row))
    assert strict.call(row, force_reprocess=True).json()["cached"] is False
    assert (len(strict.stored("image_tags", row)), strict.paid()) == (before, (2, 2))
    assert launch.status(strict.sandbox)["twice"] == 1


def test_bare_picture_is_analysed_and_not_stored(strict):
    strict.play("healthy")
    row = strict.row()
    answer = strict.call(row, image_id=None, vehicle_id=None).json()
    assert answer["appraisal"] == analysis_of(row.id)["appraisal"]
    assert strict.image(row)["ai_scan_metadata"] is None


def test_request_without_a_picture_is_refused(strict):
    strict.play("healthy")
    answer = strict.call(strict.row(), image_url=None)
    assert (answer.status_code, answer.json()) == (400, {"error": "image_url is required"})


@pytest.mark.parametrize(
    ("scenario", "said", "paid"),
    [
        ("openai-key-missing", "OpenAI API key not configured", (0, 0)),
        ("openai-key-invalid", "invalid_api_key", (0, 0)),
        ("openai-quota-exhausted", "insufficient_quota", (0, 0)),
        ("aws-credentials-missing", "AWS credentials not configured", (0, 0)),
        ("aws-signature-mismatch", "InvalidSignatureException", (1, 0)),
        ("function-key-wrong", "Invalid API key", (0, 0)),
    ],
)
def test_strict_function_names_the_cause_in_a_500_and_stores_nothing(strict, scenario, said, paid):
    strict.play(scenario)
    row = strict.row()
    answer = strict.call(row)
    assert answer.status_code == 500
    assert said in answer.json()["error"]
    assert strict.image(row)["ai_scan_metadata"] is None
    assert strict.stored("image_tags", row) == []
    assert strict.paid() == paid


def test_row_that_failed_succeeds_once_the_fault_is_mended(strict):
    row = strict.row()
    for scenario, status in (("openai-key-invalid", 500), ("healthy", 200)):
        strict.play(scenario)
        assert strict.call(row).status_code == status
    assert strict.image(row)["ai_processing_status"] == "completed"


def test_paused_function_says_so_and_does_nothing(strict):
    strict.play("paused")
    answer = strict.call(strict.row())
    assert (answer.status_code, answer.json()["success"], answer.json()["paused"]) == (200, False, True)
    assert strict.paid() == (0, 0)


def test_cached_scenario_answers_for_rows_with_nothing_behind_them_and_can_be_left(strict):
    strict.play("cached")
    row = strict.row()
    assert strict.call(row).json() == {"success": True, "cached": True, "image_id": row.id, "analysis": None}
    strict.play("healthy")
    assert strict.call(row).json()["cached"] is False


def test_partial_answer_lacks_the_appraisal_and_the_row_is_not_completed(strict):
    strict.play("partial")
    row = strict.row()
    answer = strict.call(row).json()
    assert answer["success"] is True
    assert answer["tags"]
    assert "appraisal" not in answer
    assert strict.stored("component_conditions", row) == []
    assert strict.image(row)["ai_processing_status"] == "partial"


def test_dead_photo_costs_nothing(strict):
    strict.play("healthy")
    gone = strict.call(strict.row(), image_url=f"{strict.sandbox.url}{BUCKET}/none/none.jpg")
    assert (gone.status_code, gone.json()) == (500, {"error": "Failed to download image: 404"})
    assert strict.paid() == (0, 0)


def test_flaky_calls_cost_nothing_when_they_fail(strict):
    strict.play("flaky")
    answers = [strict.call(strict.row()) for _ in range(12)]
    worked = sum(answer.status_code == 200 for answer in answers)
    assert all("server_error" in answer.text for answer in answers if answer.status_code != 200)
    assert strict.paid() == (worked, worked)


@pytest.mark.parametrize(
    ("scenario", "subject", "description"),
    [
        ("openai-key-missing", "api_key_missing", "No OpenAI API key available"),
        ("openai-key-invalid", "openai_failed", "OpenAI returned status 401"),
        ("openai-quota-exhausted", "openai_failed", "OpenAI returned status 429"),
    ],
)
def test_lenient_function_claims_success_and_stores_the_failure_as_completed(lenient, scenario, subject, description):
    lenient.play(scenario)
    row = lenient.row()
    answer = lenient.call(row)
    error = {"category": "error", "subject": subject, "description": description}
    assert (answer.status_code, answer.json()["success"], answer.json()["appraisal"]) == (200, True, error)
    image = lenient.image(row)
    assert (image["ai_processing_status"], image["ai_scan_metadata"]["appraiser"]) == ("completed", error)


@pytest.mark.parametrize("scenario", ["aws-credentials-missing", "aws-signature-mismatch"])
def test_lenient_function_loses_the_labels_without_a_word(lenient, scenario):
    lenient.play(scenario)
    answer = lenient.call(lenient.row()).json()
    assert (answer["success"], answer["tags"], lenient.paid()) == (True, [], (1, 0))


def test_lenient_function_pays_and_saves_nothing_with_a_wrong_database_key(lenient):
    lenient.play("function-key-wrong")
    row = lenient.row()
    answer = lenient.call(row)
    assert (answer.status_code, answer.json()["success"], lenient.paid()) == (200, True, (1, 1))
    assert (lenient.image(row)["ai_scan_metadata"], lenient.stored("image_tags", row)) == (None, [])


def test_only_faults_outside_the_function_leave_its_answer_whole(strict):
    row, whole = strict.row(), []
    for name in set(BASIC_SCENARIOS) - {"flaky"}:
        strict.play(name)
        answer = strict.call(row, image_id=None, vehicle_id=None)
        if answer.status_code == 200 and "appraisal" in answer.json():
            whole.append(name)
    # Without an id the function does not look into its store, and uses its database key for nothing.
    assert sorted(whole) == ["anon-key", "cached", "dead-images", "function-key-wrong", "healthy"]
