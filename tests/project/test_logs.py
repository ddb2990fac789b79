from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from diag.project import ProjectError
from diag.project.logs import LogLine, Window, escaped, lines, query

from .odd_servers import REF, Script
from .test_management import opened

BEGAN = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
WINDOW = Window.around(BEGAN, BEGAN + timedelta(seconds=3))


def row(seconds: float, text: str, event: str = "Log", level: str = "error") -> dict[str, object]:
    moment = int((BEGAN.timestamp() + seconds) * 1000)
    return {"ts_ms": str(moment), "event_message": text, "event_type": event, "level": level, "reason": ""}


async def test_the_query_goes_to_the_endpoint_that_still_exists(tmp_path: Path) -> None:
    service = Script(httpx.Response(200, json={"result": [row(1, "boom")], "error": None}))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        rows = await project.management.logs(query(execution_id="e-1"), WINDOW)
    assert [line.text for line in lines(rows, WINDOW)] == ["boom"]
    url = service.requests[0].url
    assert url.path == f"/v1/projects/{REF}/analytics/endpoints/logs"
    assert url.params["iso_timestamp_start"] == "2026-11-22T11:59:50Z"
    assert "log_attributes['execution_id'] = 'e-1'" in url.params["sql"]


async def test_a_query_that_fails_with_status_200_is_a_failure(tmp_path: Path) -> None:
    service = Script(httpx.Response(200, json={"result": None, "error": {"message": "no such column"}}))
    async with opened(tmp_path, service) as project:
        assert project.management is not None
        with pytest.raises(ProjectError):
            await project.management.logs(query(function_id="f"), WINDOW)


def test_lines_of_other_calls_of_the_same_worker_are_left_out() -> None:
    rows = [row(600, "later"), row(2, "second"), row(1, "first"), row(-600, "before")]
    assert [line.text for line in lines(rows, WINDOW)] == ["first", "second"]


def test_a_value_cannot_end_the_text_that_it_stands_in() -> None:
    assert escaped("a'b\\c") == "a''b\\\\c"


@pytest.mark.parametrize(
    ("event", "level", "text", "telling"),
    [
        ("Log", "error", "AWS said no", True),
        ("Log", "info", "starting", False),
        ("BootFailure", "", "worker boot error", True),
        ("UncaughtException", "", "TypeError", True),
        ("Shutdown", "", "Memory", True),
        ("Shutdown", "", "shutdown (EarlyDrop)", False),
        ("Boot", "info", "booted", False),
    ],
)
def test_only_what_speaks_of_a_failure_is_telling(event: str, level: str, text: str, telling: bool) -> None:
    assert LogLine(BEGAN, text, event, level).is_telling is telling
