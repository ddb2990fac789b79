"""A user's own signatures decide what becomes of a row, as they decide what ``explain`` says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import httpx
from doubles import JPEG, SupabaseDouble

from diag.catalogue import classify
from diag.catalogue.own import compile_own
from diag.diagnosis import Answer, Scope
from diag.project.logs import LogLine
from diag.rows import Outcome, Pictures, RowWorker, pending_rows
from diag.rows.cause import explained

OWN = """
[[signature]]
id = "mine.licence"
pattern = "licence has ended"
scope = "project"
title = "the licence of the plate reader has ended"
remedy = "Renew it."
"""


async def run(double: SupabaseDouble, folder: Path) -> Outcome:
    pictures = Pictures(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=JPEG)))
    async with double.project(folder) as project:
        settings = project.configuration.settings
        async with RowWorker(project, settings, pictures=pictures) as worker:
            return await worker.run(await anext(pending_rows(project, settings)))


async def test_a_rows_failure_is_named_by_the_users_own_signature(tmp_path: Path) -> None:
    (tmp_path / "nukediag.toml").write_text(OWN)
    double = SupabaseDouble.with_rows(
        1, saves=False, answer=lambda request: httpx.Response(500, json={"error": "Plate reader: licence has ended"})
    )
    diagnosis = (await run(double, tmp_path)).diagnosis
    assert (diagnosis.signature, diagnosis.scope) == ("mine.licence", Scope.PROJECT)
    assert diagnosis.remedies[0].text == "Renew it."


async def test_without_own_signatures_the_same_failure_is_not_theirs(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(
        1, saves=False, answer=lambda request: httpx.Response(500, json={"error": "Plate reader: licence has ended"})
    )
    assert (await run(double, tmp_path)).diagnosis.signature == "runtime.uncaught-exception"


def test_a_log_line_is_named_by_the_users_own_signature() -> None:
    own = compile_own([{"id": "mine.licence", "pattern": "licence has ended"}])
    line = LogLine(datetime(2026, 3, 1, tzinfo=UTC), "plate reader: licence has ended", "UncaughtException", "error")
    bare = classify(Answer(500, {}, "Internal Server Error"))
    found = explained(bare, [line], {}, own)
    assert found.signature == "mine.licence"
    assert found.others[0] == "runtime.uncaught-exception"
