from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from doubles import SupabaseDouble

from diag.catalogue import classify
from diag.diagnosis import Answer
from diag.project.logs import LogLine
from diag.rows import Outcome, Row
from diag.rows.cause import explained, is_mute, with_cause

BARE = Answer(500, {"sb-error-code": "EDGE_FUNCTION_ERROR", "x-deno-execution-id": "e-1"}, "Internal Server Error")
BOOT = Answer(503, {"sb-error-code": "BOOT_ERROR"}, '{"code":"BOOT_ERROR","message":"Function failed to start"}')
NAMED = Answer(500, {"x-deno-execution-id": "e-1"}, '{"error":"OpenAI API error: 401 Incorrect API key provided"}')
AWS_LINE = "InvalidSignatureException: The request signature we calculated does not match the signature you provided"


def outcome(answer: Answer) -> Outcome:
    return Outcome(Row("row-001", None), classify(answer, requires=()), called=True, answer=answer)


def row(text: str, *, event: str = "UncaughtException", seconds: float = 0) -> dict[str, object]:
    milliseconds = int((datetime.now(UTC).timestamp() + seconds) * 1000)
    return {"ts_ms": milliseconds, "event_message": text, "event_type": event, "level": "error", "reason": ""}


class Logs:
    """The logs endpoint: its rows come after ``late`` looks."""

    def __init__(self, *rows: dict[str, object], late: int = 0, status: int = 200) -> None:
        self.rows, self.late, self.status = rows, late, status
        self.queries: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.queries.append(request.url.params["sql"])
        shown = self.rows if len(self.queries) > self.late else ()
        return httpx.Response(self.status, json={"result": list(shown), "error": None})


async def explained_by(logs: Logs, answer: Answer, folder: Path, **environ: str) -> tuple[Outcome, list[float]]:
    double = SupabaseDouble(special={f"/v1/projects/{'abcdefghijklmnopqrst'}/analytics": logs})
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with double.project(folder, **environ) as project:
        found = await with_cause(project, outcome(answer), function="analyze-image", context={}, sleep=sleep)
    return found, pauses


async def test_a_bare_500_gets_the_cause_that_its_log_names(tmp_path: Path) -> None:
    logs = Logs(row(AWS_LINE))
    found, _ = await explained_by(logs, BARE, tmp_path)
    assert found.diagnosis.signature == "aws.signature-mismatch"
    assert outcome(BARE).diagnosis.signature in found.diagnosis.others
    assert found.diagnosis.evidence[0].where == "log"
    assert "'execution_id'] = 'e-1'" in logs.queries[0]


async def test_lines_are_waited_for_but_not_for_long(tmp_path: Path) -> None:
    late, pauses = await explained_by(Logs(row(AWS_LINE), late=2), BARE, tmp_path)
    assert late.diagnosis.signature == "aws.signature-mismatch"
    assert len(pauses) == 3
    logs = Logs()
    never, pauses = await explained_by(logs, BARE, tmp_path)
    assert never.diagnosis == outcome(BARE).diagnosis
    assert sum(pauses) <= 15


async def test_lines_of_another_time_are_not_this_calls(tmp_path: Path) -> None:
    found, _ = await explained_by(Logs(row(AWS_LINE, seconds=-3600)), BARE, tmp_path)
    assert found.diagnosis.signature == outcome(BARE).diagnosis.signature


async def test_the_line_of_the_call_just_before_is_not_this_calls(tmp_path: Path) -> None:
    dated = replace(BARE, headers={**BARE.headers, "Date": format_datetime(datetime.now(UTC), usegmt=True)})
    found, _ = await explained_by(Logs(row(AWS_LINE, seconds=-3)), dated, tmp_path)
    assert found.diagnosis == outcome(dated).diagnosis


async def test_a_clock_of_ours_that_is_wrong_does_not_hide_the_line(tmp_path: Path) -> None:
    theirs = datetime.now(UTC) + timedelta(minutes=20)
    dated = replace(BARE, headers={**BARE.headers, "Date": format_datetime(theirs, usegmt=True)})
    found, _ = await explained_by(Logs(row(AWS_LINE, seconds=1200)), dated, tmp_path)
    assert found.diagnosis.signature == "aws.signature-mismatch"


async def test_an_answer_whose_date_no_calendar_holds_was_answered_by_our_clock(tmp_path: Path) -> None:
    for date in ("Wed, 21 Oct 99999999999999999999 07:28:30 GMT", "Wed, 21 Oct 9999 07:28:30 GMT"):
        found, _ = await explained_by(
            Logs(row(AWS_LINE)), replace(BARE, headers={**BARE.headers, "Date": date}), tmp_path
        )
        assert found.diagnosis.signature == "aws.signature-mismatch"


@pytest.mark.parametrize("code", ["LOAD_FUNCTION_ERROR", "NOT_FOUND_FUNCTION_BLOB"])
async def test_a_function_that_was_not_even_tried_has_no_lines(tmp_path: Path, code: str) -> None:
    logs, answer = Logs(row(AWS_LINE)), Answer(500, {"sb-error-code": code}, f'{{"code":"{code}"}}')
    found, pauses = await explained_by(logs, answer, tmp_path)
    assert (found.diagnosis.signature, logs.queries, pauses) == ("runtime.load-error", [], [])


async def test_a_function_that_did_not_start_is_explained_by_its_failure_to_start_alone(tmp_path: Path) -> None:
    logs = Logs(row("worker boot error: supabaseKey is required.", event="BootFailure"))
    found, _ = await explained_by(logs, BOOT, tmp_path)
    assert found.diagnosis.signature == "supabase.key-missing"
    assert "log_attributes['event_type'] = 'BootFailure'" in logs.queries[0]


async def test_what_its_own_lines_do_not_name_stays_with_the_lines_as_evidence(tmp_path: Path) -> None:
    found, _ = await explained_by(Logs(row("worker limit: memory", event="Shutdown")), BARE, tmp_path)
    assert found.diagnosis.signature == outcome(BARE).diagnosis.signature
    assert found.diagnosis.evidence[0].text == "worker limit: memory"


async def test_an_answer_that_names_its_cause_needs_no_logs(tmp_path: Path) -> None:
    logs = Logs(row(AWS_LINE))
    found, _ = await explained_by(logs, NAMED, tmp_path)
    assert (found.diagnosis.signature, logs.queries) == ("openai.key-invalid", [])


@pytest.mark.parametrize("status", [403, 410, 429, 500])
async def test_logs_that_cannot_be_read_change_nothing(tmp_path: Path, status: int) -> None:
    found, _ = await explained_by(Logs(row(AWS_LINE), status=status), BARE, tmp_path)
    assert found.diagnosis == outcome(BARE).diagnosis


async def test_without_a_token_nothing_is_asked(tmp_path: Path) -> None:
    logs = Logs(row(AWS_LINE))
    await explained_by(logs, BARE, tmp_path, SUPABASE_ACCESS_TOKEN="")
    assert logs.queries == []


def test_only_failures_without_a_cause_are_mute() -> None:
    assert is_mute(outcome(BARE))
    assert is_mute(outcome(BOOT))
    assert not is_mute(outcome(NAMED))
    assert not is_mute(outcome(Answer(200, {}, '{"success": true, "tags": ["x"]}')))


def test_a_credential_in_a_log_line_is_not_shown() -> None:
    line = LogLine(datetime.now(UTC), "refused key sk-proj-" + "a1B2c3D4" * 5, "Log", "error")
    found = explained(outcome(BARE).diagnosis, [line], {})
    assert "a1B2c3D4" not in found.evidence[0].text
