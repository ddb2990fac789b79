"""The queue as workers see it: the same over the data API with the service key and over a direct connection."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sandboxes import settings_of

from diag.config import load
from diag.errors import SettingsError, UsageError
from diag.fleet.direct import Direct
from diag.fleet.install import VERSION, NotSeen, installed, require, run
from diag.fleet.queue import Functions, Queue, fleet_state
from diag.fleet.state import Again, Ended, Pace, State, Work
from diag.gate import Reading
from diag.project import Project, ProjectError
from diag.sandbox.state import Sandbox
from diag.secret import Secret

from .databases import WORK, Sql

pytestmark = pytest.mark.sandbox


@pytest.fixture(params=["data API", "direct"])
async def functions(request: pytest.FixtureRequest, sandbox: Sandbox, sql: Sql) -> AsyncIterator[Functions]:
    """Both ways to the functions in the database."""
    configuration = load(environ={}, folder=sandbox.folder, sandbox_env=sandbox.env_file, flags={})
    async with Project(configuration) as project:
        direct = Direct(Secret(settings_of(sandbox)["DATABASE_URL"]))
        await run("install", direct, project.data)
        yield direct if request.param == "direct" else project.data
        await direct.aclose()


async def test_a_worker_takes_reads_claims_reports_and_settles(functions: Functions, queue: str) -> None:
    shared = Queue(functions, queue)
    begun = await shared.begin("run-1", Work(**WORK), Pace(most=100, pauses=(1.5,)))
    assert (begun.state, begun.rate) == (State.CLOSED, 95)
    filled = await shared.fill(None, 70)
    assert (filled.rows, filled.messages) == (70, 2)
    grant = await shared.take("w", 5)
    assert (grant.granted, grant.first, grant.state) == (5, 1, State.CLOSED)
    message = (await shared.read("w")).message
    assert message is not None
    assert (len(message.ids), message.attempt, message.lease) == (50, 0, 600)
    claim = await shared.claim("w", message.ids[:4])
    assert claim.ids == message.ids[:4]
    assert (await shared.claim("other", message.ids[:4])).taken == tuple(sorted(claim.ids))
    ended = [Ended(call=1, reading=Reading.SUCCESS, signature="function.ok")]
    assert (await shared.report("w", 1, ended, {"in_flight": 3})).state is State.CLOSED
    assert (await shared.extend("w", message.id, claim.ids)).ids == claim.ids
    assert await shared.settle("w", message.id, message.ids, [Again(ids=message.ids[:2], delay=0.2, attempt=1)])
    assert not await shared.settle("w", message.id, message.ids)
    state = (await fleet_state(functions, queue)).queues[0]
    assert (state.messages, state.visible, state.started, state.run) == (2, 1, 5, "run-1")
    assert state.work == Work(**WORK)
    assert state.counts == {Reading.SUCCESS: 1}
    assert [(worker.worker, worker.claims, worker.about) for worker in state.workers] == [
        ("w", 0, {"in_flight": 3}),
        ("other", 0, {}),
    ]
    await shared.leave("w")
    assert len((await fleet_state(functions, queue)).queues[0].workers) == 1


async def test_the_breaker_is_seen_by_every_worker(functions: Functions, queue: str) -> None:
    shared = Queue(functions, queue)
    await shared.begin("run-1", Work(**WORK))
    lost = [Ended(call=n, reading=Reading.PROJECT, signature="openai.key-invalid") for n in (1, 2)]
    assert (await shared.report("a", 1, lost, {})).state is State.STOPPED
    grant = await shared.take("b", 4)
    assert (grant.granted, grant.state, grant.signature) == (0, State.STOPPED, "openai.key-invalid")
    assert (await shared.probed("b", True)).state is State.STOPPED
    assert (await shared.begin("run-2", Work(**WORK))).state is State.CLOSED
    assert (await shared.control("rate", 7.5)).rate == 7.5
    assert (await shared.control("pause")).state is State.PAUSED


async def test_added_rows_come_back_after_their_delay(functions: Functions, queue: str) -> None:
    shared = Queue(functions, queue)
    await shared.begin("run-1", Work(**WORK))
    ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(60)]
    assert (await shared.add(ids, delay=30)).messages == 2
    lease = await shared.read("w")
    assert (lease.message, lease.left) == (None, 2)
    assert lease.next_in is not None
    assert 20 < lease.next_in <= 30


async def test_what_the_database_refuses_is_a_usage_error_with_its_words(functions: Functions, queue: str) -> None:
    with pytest.raises(UsageError, match="no table nowhere"):
        await Queue(functions, queue).begin("run-1", Work(**{**WORK, "table": "nowhere"}))
    with pytest.raises(UsageError, match="no such queue"):
        await Queue(functions, queue).fill()


async def test_a_missing_function_is_told_from_a_missing_database(functions: Functions) -> None:
    with pytest.raises(ProjectError) as missing:
        await functions.rpc("nukediag_nothing", {})
    assert missing.value.diagnosis.signature == "supabase.schema-mismatch"


async def test_without_a_database_nothing_is_granted() -> None:
    nobody = Direct(Secret("postgresql://nobody:secret-word@127.0.0.1:9/none"))
    with pytest.raises(ProjectError) as lost:
        await Queue(nobody, "cars").take("w", 5)
    assert lost.value.diagnosis.component == "network"
    assert "secret-word" not in str(lost.value)


async def test_a_direct_connection_that_is_swallowed_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diag.fleet.direct._LONGEST", 0.2)
    connections: list[object] = []  # newer Pythons close one that nobody holds
    silent = await asyncio.start_server(lambda *pair: connections.append(pair), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    direct = Direct(Secret(f"postgresql://nobody:secret-word@127.0.0.1:{port}/none"))
    with pytest.raises(ProjectError) as lost:
        await direct.rpc("nukediag_take", {})
    silent.close()
    assert lost.value.diagnosis.signature == "network.timeout"


class Answers:
    """Functions that always answer the same."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    async def rpc(self, name: str, arguments: object, *, again: bool = False) -> object:
        """The answer."""
        return self.answer


@pytest.mark.parametrize("answer", [None, [], "text", {"state": "flying"}, {"epoch": 3}])
async def test_an_answer_that_is_none_of_the_functions_grants_nothing(answer: object) -> None:
    with pytest.raises(ProjectError):
        await Queue(Answers(answer), "cars").take("w", 5)


async def test_another_version_in_the_database_is_refused() -> None:
    with pytest.raises(SettingsError, match=f"version {VERSION + 1}"):
        await require(Answers({"version": VERSION + 1, "queues": []}))


class Runs:
    """A database that runs anything."""

    async def query(self, statements: str) -> list[dict[str, object]]:
        """No rows."""
        return []


async def test_a_data_api_that_sees_nothing_of_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diag.fleet.install._BETWEEN", 0.001)
    with pytest.raises(NotSeen) as unseen:
        await run("remove", Runs(), Answers({"version": VERSION, "queues": []}))
    assert unseen.value.exit_code == 5
    assert "notify pgrst" in unseen.value.remedy


async def test_a_refused_key_is_not_taken_for_an_installation_that_is_missing(sandbox: Sandbox, sql: Sql) -> None:
    configuration = load(environ={}, folder=sandbox.folder, sandbox_env=sandbox.env_file, flags={})
    other = dataclasses.replace(configuration, service_key=configuration.anon_key)
    async with Project(other) as project:
        with pytest.raises(ProjectError) as refused:
            await installed(project.data)
    assert refused.value.diagnosis.signature != "supabase.schema-mismatch"


async def test_a_lost_answer_to_take_is_not_asked_for_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503, json={"message": "upstream connect error"})

    configuration = load(environ={}, flags={}, folder=tmp_path)
    known = dataclasses.replace(configuration, url="https://x.test", service_key=Secret("sb_secret_" + "a" * 31))
    async with Project(known, transport=httpx.MockTransport(answer)) as project:
        with pytest.raises(ProjectError):
            await Queue(project.data, "cars").take("w", 5)
    assert asked == ["/rest/v1/rpc/nukediag_take"]
