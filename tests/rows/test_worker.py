from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from doubles import FULL, JPEG, SupabaseDouble

from diag.diagnosis import Verdict
from diag.rows import Outcome, Pictures, Row, RowWorker, find_row, pending_rows

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def good_pictures() -> Pictures:
    return Pictures(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=JPEG)))


def dead_pictures() -> Pictures:
    return Pictures(transport=httpx.MockTransport(lambda request: httpx.Response(404)))


async def run(double: SupabaseDouble, folder: Path, pictures: Pictures | None = None, **options: Any) -> Outcome:
    async with double.project(folder) as project:
        settings = project.configuration.settings
        async with RowWorker(project, settings, pictures=pictures or good_pictures(), clock=lambda: NOON) as worker:
            row = await anext(pending_rows(project, settings))
            return await worker.run(row, **options)


async def test_a_full_answer_with_results_behind_it_is_ok_and_marked(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(2)
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "function.ok"
    assert outcome.marked
    assert outcome.writes == {
        "image_tags": 1,
        "component_conditions": 0,
        "paint_quality_assessments": 0,
        "vehicle_spid_data": 0,
        "vehicle_images": 1,
    }
    assert double.rows["row-000"]["ai_last_scanned"] == "2026-03-01T12:00:00+00:00"
    assert double.rows["row-001"]["ai_last_scanned"] is None


async def test_without_mark_the_marker_stays_empty(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    outcome = await run(double, tmp_path, mark=False)
    assert outcome.diagnosis.verdict is Verdict.OK
    assert not outcome.marked
    assert double.rows["row-000"]["ai_last_scanned"] is None


async def test_success_with_nothing_saved_is_a_failure_and_not_marked(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1, saves=False)
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.verdict is Verdict.FAILED
    assert outcome.diagnosis.signature == "function.error-in-200"
    assert "image_tags 0" in str(outcome.diagnosis.evidence)
    assert double.rows["row-000"]["ai_last_scanned"] is None


async def test_a_degraded_answer_is_not_marked(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(
        1, answer=lambda request: httpx.Response(200, json={"success": True, "tags": ["a"]})
    )
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.verdict is Verdict.DEGRADED
    assert outcome.diagnosis.parts == {"tags": True, "appraisal": False}
    assert not outcome.marked


async def test_a_cached_answer_with_results_behind_it_marks_the_row_and_proves_nothing(tmp_path: Path) -> None:
    cached = {**FULL, "cached": True}
    outcome = await run(SupabaseDouble.with_rows(1, answer=lambda request: httpx.Response(200, json=cached)), tmp_path)
    assert outcome.diagnosis.signature == "function.cached"
    assert outcome.diagnosis.verdict is Verdict.INCONCLUSIVE
    assert outcome.marked


async def test_a_cached_answer_with_nothing_behind_it_is_not_marked(tmp_path: Path) -> None:
    cached = {"success": True, "cached": True}
    double = SupabaseDouble.with_rows(1, saves=False, answer=lambda request: httpx.Response(200, json=cached))
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "function.cached"
    assert not outcome.marked


async def test_a_dead_picture_costs_no_call(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    outcome = await run(double, tmp_path, dead_pictures())
    assert outcome.diagnosis.signature == "image.not-found"
    assert not outcome.called
    assert double.calls() == []


async def test_the_picture_is_only_looked_at_when_asked(tmp_path: Path) -> None:
    outcome = await run(SupabaseDouble.with_rows(1), tmp_path, dead_pictures(), look_at_picture=False)
    assert outcome.diagnosis.verdict is Verdict.OK


async def test_a_failed_answer_stays_what_it_is(tmp_path: Path) -> None:
    body = {"error": "Incorrect API key provided: sk-abc***xyz."}
    double = SupabaseDouble.with_rows(1, answer=lambda request: httpx.Response(500, json=body))
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "openai.key-invalid"
    assert not outcome.marked


async def test_results_that_cannot_be_read_back_are_no_success(tmp_path: Path) -> None:
    denied = {"code": "42501", "message": "permission denied for table image_tags"}
    double = SupabaseDouble.with_rows(1, special={"/rest/v1/image_tags": lambda r: httpx.Response(403, json=denied)})
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "supabase.permission-denied"
    assert outcome.diagnosis.verdict is Verdict.FAILED
    assert not outcome.marked
    assert outcome.unverified


class IgnoredUpdates(SupabaseDouble):
    """Row-level security hides an update without any error: 200 and an empty list."""

    def _rest(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[]) if request.method == "PATCH" else super()._rest(request)


async def test_a_marker_that_cannot_be_set_is_a_fault_of_the_project(tmp_path: Path) -> None:
    outcome = await run(IgnoredUpdates.with_rows(1), tmp_path)
    assert outcome.diagnosis.signature == "supabase.permission-denied"
    assert "still null" in str(outcome.diagnosis.evidence)
    assert outcome.unverified


async def test_a_failed_call_is_no_less_failed_where_the_database_is_away_too(tmp_path: Path) -> None:
    away = {"/rest/v1/image_tags": lambda request: httpx.Response(503)}
    double = SupabaseDouble.with_rows(1, answer=lambda request: httpx.Response(500, json={"error": "no"}), special=away)
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.verdict is Verdict.FAILED
    assert not outcome.unverified


async def test_a_row_that_is_marked_already_stays_ok(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    double.rows["row-000"]["ai_last_scanned"] = "2026-01-01"
    async with double.project(tmp_path) as project:
        settings = project.configuration.settings
        found = await find_row(project, settings, "row-000")
        assert found is not None
        row, marker = found
        assert marker == "2026-01-01"
        async with RowWorker(project, settings, pictures=good_pictures()) as worker:
            outcome = await worker.run(row, force=True)
    assert outcome.diagnosis.verdict is Verdict.OK
    assert not outcome.marked
    assert b'"force_reprocess":true' in double.calls()[0].content.replace(b" ", b"")


async def test_a_bare_picture_is_sent_without_a_row(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(0)
    project = double.project(tmp_path)
    settings = project.configuration.settings
    async with project, RowWorker(project, settings, pictures=good_pictures()) as worker:
        outcome = await worker.run_bare("https://pictures.example/1.jpg")
    assert outcome.diagnosis.verdict is Verdict.OK
    assert outcome.writes == {}
    assert double.calls()[0].content.replace(b" ", b"") == b'{"image_url":"https://pictures.example/1.jpg"}'


@pytest.mark.parametrize("page_size", [1, 2, 1000])
async def test_every_pending_row_comes_once_in_order_whatever_the_page(tmp_path: Path, page_size: int) -> None:
    double = SupabaseDouble.with_rows(5)
    double.rows["row-002"]["ai_last_scanned"] = "2026-01-01"
    async with double.project(tmp_path) as project:
        rows = [row async for row in pending_rows(project, project.configuration.settings, page_size=page_size)]
    assert [row.id for row in rows] == ["row-000", "row-001", "row-003", "row-004"]
    assert isinstance(rows[0], Row)
    assert rows[0].url == "https://pictures.example/0.jpg"


async def test_rows_that_finish_together_share_their_queries(tmp_path: Path) -> None:
    import asyncio

    double = SupabaseDouble.with_rows(20)
    async with double.project(tmp_path) as project:
        settings = project.configuration.settings
        async with RowWorker(project, settings, pictures=good_pictures()) as worker:
            rows = [row async for row in pending_rows(project, settings)]
            outcomes = await asyncio.gather(*(worker.run(row, look_at_picture=False) for row in rows))
    assert all(outcome.marked for outcome in outcomes)
    reads = [one for one in double.requests if one.url.path == "/rest/v1/image_tags"]
    assert len(reads) < len(rows)


POISONED = {
    "success": True,
    "cached": True,
    "analysis": {
        "appraiser": {"category": "error", "subject": "openai_failed", "description": "OpenAI returned status 401"}
    },
}


class Remembering(SupabaseDouble):
    """Holds a faulty result for every row and answers with it, unless it is forced to look again."""

    def _function(self, request: httpx.Request) -> httpx.Response:
        self.saves = b"force_reprocess" in request.content
        self.answer = lambda request: httpx.Response(200, json=FULL if self.saves else POISONED)
        return super()._function(request)

    def poison(self) -> None:
        for row in self.rows.values():
            row["ai_scan_metadata"] = POISONED["analysis"]
            self.tables["image_tags"].append({"image_id": row["id"]})


async def test_an_old_fault_in_a_stored_answer_says_nothing_about_today(tmp_path: Path) -> None:
    double = Remembering.with_rows(1)
    double.poison()
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "function.cached"
    assert "openai.key-invalid" in outcome.diagnosis.others
    assert not outcome.marked


async def test_a_faulty_stored_result_is_renewed_when_asked(tmp_path: Path) -> None:
    double = Remembering.with_rows(1)
    double.poison()
    outcome = await run(double, tmp_path, renew=True)
    assert outcome.diagnosis.verdict is Verdict.OK
    assert outcome.marked
    assert len(double.calls()) == 2


async def test_a_short_stored_answer_is_judged_by_what_is_stored(tmp_path: Path) -> None:
    short = {"success": True, "cached": True}
    double = SupabaseDouble.with_rows(1, saves=False, answer=lambda request: httpx.Response(200, json=short))
    double.tables["image_tags"].append({"image_id": "row-000"})
    double.rows["row-000"]["ai_scan_metadata"] = POISONED["analysis"]
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "function.cached"
    assert not outcome.marked
    double.rows["row-000"]["ai_scan_metadata"] = {"appraiser": {"category": "engine_bay"}}
    assert (await run(double, tmp_path)).marked


async def test_old_results_do_not_stand_for_a_call_that_saved_nothing(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1, saves=False)
    double.tables["image_tags"].append({"image_id": "row-000"})
    double.rows["row-000"]["ai_scan_metadata"] = {"appraiser": {"category": "engine_bay"}}
    outcome = await run(double, tmp_path)
    assert outcome.diagnosis.signature == "function.error-in-200"
    assert "older than this call" in str(outcome.diagnosis.evidence)
    assert not outcome.marked
