"""Calls that are made beside workers: never for a row that a worker is calling, and no worker takes theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from backfill.worlds import KEY, TIMEOUT
from doubles import SupabaseDouble
from sandboxes import settings_of

from diag.config import load
from diag.diagnosis import Diagnosis
from diag.fleet.claims import claims
from diag.fleet.direct import Direct
from diag.fleet.install import run
from diag.fleet.queue import Queue
from diag.fleet.state import Work
from diag.project import Project, ProjectError
from diag.rows.outcome import Outcome, Row
from diag.sandbox.state import Sandbox
from diag.secret import Secret

from .databases import WORK, Sql


@pytest.fixture
async def project(sandbox: Sandbox, sql: Sql) -> AsyncIterator[Project]:
    """The shared sandbox with the functions, which the data API knows of."""
    configuration = load(environ={}, folder=sandbox.folder, sandbox_env=sandbox.env_file, flags={})
    async with Project(configuration) as found:
        direct = Direct(Secret(settings_of(sandbox)["DATABASE_URL"]))
        await run("install", direct, found.data)
        await direct.aclose()
        sql.do("delete from nukediag.queues")
        yield found


@pytest.fixture
async def shared(project: Project, queue: str) -> Queue:
    """A queue of the table's rows."""
    found = Queue(project.data, queue)
    await found.begin("run-1", Work(**WORK))
    return found


def pending(sql: Sql, count: int) -> list[str]:
    query = "select id::text from vehicle_images where ai_last_scanned is null and vehicle_id is not null"
    return [row[0] for row in sql.connection.execute(f"{query} order by id limit {count}")]


def outcome(row_id: str, diagnosis: Diagnosis) -> Outcome:
    return Outcome(Row(row_id, None), diagnosis, called=True)


@pytest.mark.sandbox
async def test_a_row_that_a_worker_holds_is_not_called_and_no_worker_gets_one_that_is(
    project: Project, shared: Queue, sql: Sql
) -> None:
    theirs, ours = pending(sql, 2)
    await shared.claim("worker", [theirs])
    async with claims(project, project.configuration.settings) as held:
        assert await held.hold([theirs, ours]) == {ours}
        assert (await shared.claim("worker", [ours])).taken == (ours,)
    assert (await shared.claim("worker", [ours])).ids == (ours,)


@pytest.mark.sandbox
async def test_a_row_whose_call_may_still_be_running_stays_claimed_and_others_do_not(
    project: Project, shared: Queue, sql: Sql
) -> None:
    running, ended = pending(sql, 2)
    async with claims(project, project.configuration.settings) as held:
        await held.hold([running, ended])
        held.ended(outcome(running, TIMEOUT))
        held.ended(outcome(ended, KEY))
    assert (await shared.claim("worker", [running, ended])).ids == (ended,)


@pytest.mark.sandbox
async def test_queues_of_another_table_have_no_say(project: Project, queue: str, sql: Sql) -> None:
    [row] = pending(sql, 1)
    other = Queue(project.data, queue)
    await other.begin("run-1", Work(**{**WORK, "table": "vehicles", "where": {}, "marker": "id"}))
    await other.claim("worker", [row])
    async with claims(project, project.configuration.settings) as held:
        assert await held.hold([row]) == {row}


async def test_where_there_is_no_queue_every_row_may_be_called(tmp_path: Path) -> None:
    missing = SupabaseDouble.with_rows(1).project(tmp_path)
    async with missing as project, claims(project, project.configuration.settings) as held:
        assert await held.hold(["a", "b"]) == {"a", "b"}


async def test_where_nobody_can_say_whose_a_row_is_it_is_not_called(tmp_path: Path) -> None:
    away = SupabaseDouble.with_rows(
        1, special={"/rest/v1/rpc": lambda request: httpx.Response(503, text="no database")}
    )
    async with away.project(tmp_path) as project, claims(project, project.configuration.settings) as held:
        with pytest.raises(ProjectError):
            await held.hold(["a"])
