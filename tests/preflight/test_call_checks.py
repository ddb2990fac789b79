"""The checks of tables, pictures and the one real call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from doubles import FULL, REF, SupabaseDouble

from diag.errors import ExitCode
from diag.preflight import Status
from diag.rows import Outcome

from .asked import Photos, answering, jwt, of, preflight


async def test_without_a_call_nothing_is_spent_and_nobody_vouches(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(5)
    result = await preflight(double, tmp_path, call=False)
    assert (result.verdict, result.exit_code) == ("unknown", ExitCode.CANNOT_VOUCH)
    assert of(result, "call.test").finding.because == "--no-call"
    assert double.calls() == []


async def test_an_anon_key_that_sees_no_row_is_not_all_done(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(5, hidden=True)
    result = await preflight(double, tmp_path, SUPABASE_SERVICE_ROLE_KEY=jwt(role="anon", ref=REF))
    assert (result.signature, result.exit_code) == ("supabase.permission-denied", ExitCode.UNHEALTHY)
    assert of(result, "data.visible").status is Status.FAIL
    assert double.calls() == []


async def test_a_function_that_is_not_deployed_is_found_without_a_call(tmp_path: Path) -> None:
    not_found = {"code": "NOT_FOUND", "message": "Requested function was not found"}
    path = f"/v1/projects/{REF}/functions"
    missing = answering(404, {"message": "Function not found"})
    gateway = answering(404, not_found, {"sb-error-code": "NOT_FOUND"})
    double = SupabaseDouble.with_rows(1, special={path: missing, "/functions/v1/": gateway})
    result = await preflight(double, tmp_path)
    assert result.signature == "gateway.function-not-found"
    assert of(result, "function.deployed").status is Status.FAIL
    assert of(result, "function.boots").status is Status.FAIL
    assert double.calls() == []


async def test_a_missing_table_is_a_schema_mismatch(tmp_path: Path) -> None:
    result = await preflight(SupabaseDouble.with_rows(1), tmp_path, NUKEDIAG_TABLE="photos")
    assert result.signature == "supabase.schema-mismatch"
    assert of(result, "data.visible").finding.because == "data.table"


async def test_a_missing_result_table_is_found_before_anything_is_paid_for(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    del double.tables["image_tags"]
    result = await preflight(double, tmp_path)
    assert of(result, "data.results").signature == "supabase.schema-mismatch"
    assert double.calls() == []


async def test_nothing_pending_proves_nothing(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(1)
    double.rows["row-000"]["ai_last_scanned"] = "2026-01-01"
    result = await preflight(double, tmp_path)
    assert result.exit_code is ExitCode.CANNOT_VOUCH
    assert of(result, "call.test").finding.because == "data.pending"


async def test_a_dead_picture_is_passed_over_and_told(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(3)
    result = await preflight(double, tmp_path, photos=Photos("/0.jpg"))
    assert of(result, "data.pictures").status is Status.WARN
    assert of(result, "data.pictures").signature == "image.not-found"
    assert result.exit_code is ExitCode.OK
    assert result.outcome is not None
    assert result.outcome.row.id == "row-001"


async def test_a_project_whose_pictures_are_all_dead_is_not_healthy(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(3)
    result = await preflight(double, tmp_path, photos=Photos(".jpg"))
    assert (result.signature, result.exit_code) == ("image.not-found", ExitCode.UNHEALTHY)
    assert double.calls() == []


async def test_pictures_that_only_the_function_can_reach_leave_it_open(tmp_path: Path) -> None:
    class Unreachable(Photos):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectTimeout("timed out")

    result = await preflight(SupabaseDouble.with_rows(3), tmp_path, photos=Unreachable())
    assert of(result, "data.pictures").status is Status.UNKNOWN
    assert of(result, "call.test").finding.because == "data.pictures"
    assert result.exit_code is ExitCode.CANNOT_VOUCH


class Answers:
    """Answers the calls one after the other; the last one for ever."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, json=body)


OVERLOADED = (503, {"error": "OpenAI: The server is currently overloaded with other requests"})


WRONG_KEY = (500, {"error": "OpenAI 401: Incorrect API key provided: sk-abc"})


CACHED = (200, {**FULL, "cached": True})


PAUSED = (200, {"success": False, "paused": True})


@pytest.mark.parametrize(
    ("answers", "calls", "status", "signature", "code"),
    [
        ([WRONG_KEY], 1, Status.FAIL, "openai.key-invalid", ExitCode.UNHEALTHY),
        ([PAUSED], 1, Status.UNKNOWN, "function.paused", ExitCode.CANNOT_VOUCH),
        ([(200, {"success": True, "tags": ["a"]})], 1, Status.WARN, "function.partial", ExitCode.DEGRADED),
        ([CACHED], 8, Status.UNKNOWN, "function.cached", ExitCode.CANNOT_VOUCH),
        ([CACHED] * 5 + [(200, FULL)], 6, Status.PASS, None, ExitCode.OK),
    ],
)
async def test_the_call_is_repeated_only_where_another_row_may_teach_more(
    tmp_path: Path, answers: list[tuple[int, object]], calls: int, status: Status, signature: str, code: ExitCode
) -> None:
    double = SupabaseDouble.with_rows(9, answer=Answers(*answers))
    result = await preflight(double, tmp_path)
    found = of(result, "call.test")
    assert (len(double.calls()), found.finding.attempts) == (calls, calls)
    assert (found.status, found.signature, result.exit_code) == (status, signature, code)
    bodies = [json.loads(one.content)["image_id"] for one in double.calls()]
    assert len(set(bodies)) == len(bodies)


async def test_the_test_call_leaves_rows_alone_whose_last_call_has_no_known_end(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(3)
    first, *others = sorted(double.rows)
    result = await preflight(double, tmp_path, avoid=frozenset({first}))
    assert result.outcomes[0].row.id in others


async def test_where_every_row_is_to_be_left_alone_the_test_call_is_made_all_the_same(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(2)
    result = await preflight(double, tmp_path, avoid=frozenset(double.rows))
    assert len(result.outcomes) == 1


class HeldByOthers:
    """Somebody else is calling all rows but the ``free``."""

    def __init__(self, *free: str) -> None:
        self.free = frozenset(free)
        self.told: list[str] = []

    async def hold(self, row_ids: Sequence[str]) -> frozenset[str]:
        return self.free & set(row_ids)

    def ended(self, outcome: Outcome) -> None:
        self.told.append(outcome.row.id)


async def test_a_row_that_a_worker_is_calling_is_not_called_and_what_became_of_the_own_one_is_told(
    tmp_path: Path,
) -> None:
    holding = HeldByOthers("row-002")
    result = await preflight(SupabaseDouble.with_rows(3), tmp_path, holding=holding)
    assert [one.row.id for one in result.outcomes] == holding.told == ["row-002"]


async def test_where_workers_are_at_the_first_rows_the_last_one_is_called(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(300)
    result = await preflight(double, tmp_path, holding=HeldByOthers("row-299"))
    assert [one.row.id for one in result.outcomes] == ["row-299"]


async def test_where_workers_call_every_row_nothing_is_called_and_nothing_vouched_for(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(3)
    result = await preflight(double, tmp_path, holding=HeldByOthers())
    assert (of(result, "call.test").status, double.calls()) == (Status.UNKNOWN, [])
    assert result.exit_code is ExitCode.CANNOT_VOUCH
