"""Real worker processes on one queue: what holds when they are killed, frozen, cut off, or told to end."""

import json
import os
import signal
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cli.running import nukediag
from sandboxes import settings_of

from diag.fleet.state import Pace, State
from diag.gate import Reading
from diag.sandbox import launch
from diag.sandbox.state import Sandbox

from .fleets import Fleet, eventually, fleet, restart_database, sql
from .front import Front

pytestmark = [pytest.mark.sandbox, pytest.mark.xdist_group("workers")]
Start = Callable[..., Fleet]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox for the workers of this module, with the queue installed."""
    root = tmp_path_factory.mktemp("workers")
    sandbox = launch.up(images=400, name="workers", state_dir=root)
    installed = nukediag(root, "queue", "install", "--yes", "--direct", NUKEDIAG_ENV_FILE=str(sandbox.env_file))
    assert installed.code == 0, installed.err
    yield sandbox
    launch.down("workers", root)


@pytest.fixture
def new_fleet(home: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Start]:
    """``new_fleet(rows)``: a filled queue of the test's own."""
    launch.switch(home, "healthy")
    name = "q" + str(abs(hash(request.node.name)) % 10**9)
    with fleet(home, tmp_path, name) as found:

        def start(rows: int, **how: object) -> Fleet:
            found.fill(rows, **how)  # type: ignore[arg-type]
            return found

        yield start


def front(home: Sandbox, before: float = 0.0, after: float = 0.0) -> Front:
    return Front(home.url, before, after)


def called_once(one: Front) -> bool:
    return all(len(times) == 1 for times in one.calls.values())


def test_three_workers_do_all_rows_and_call_each_once(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(60)
    for _ in range(3):
        workers.start()
    assert workers.wait() == [0, 0, 0]
    documents = [workers.document(number) for number in range(3)]
    assert sum(document["succeeded"] for document in documents) == 60
    assert workers.pending == 0
    found = launch.status(home)
    assert (found["calls"]["function"], found["twice"]) == (60, 0)
    after = workers.state()
    assert (after.messages, after.workers, after.counts) == (0, (), {Reading.SUCCESS: 60})
    assert after.started >= 60


def test_the_rows_of_a_killed_worker_are_done_by_the_others_within_a_lease(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(40)
    with front(home, after=1.0).serving() as slow:
        killed = workers.start(slow.url)
        eventually(lambda: len(slow.answers) >= 2)
        killed.kill()
        killed.wait()
        workers.start()
        workers.start()
        assert workers.wait(workers.workers[1:]) == [0, 0]
    assert workers.pending == 0
    found = launch.status(home)
    assert (found["calls"]["function"], found["twice"]) == (40, 0)


def test_a_frozen_worker_starts_nothing_that_has_become_somebody_elses(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(40)
    with front(home, after=0.5).serving() as slow, front(home).serving() as quick:
        frozen = workers.start(slow.url)
        eventually(lambda: len(slow.answers) >= 2)
        os.kill(frozen.pid, signal.SIGSTOP)
        workers.start(quick.url)
        assert workers.wait(workers.workers[1:]) == [0]
        assert workers.pending == 0
        before = slow.called
        os.kill(frozen.pid, signal.SIGCONT)
        assert workers.wait([frozen]) == [0]
        assert slow.called == before
        assert not set(slow.calls) & set(quick.calls)
        assert called_once(slow)
        assert called_once(quick)


def test_a_worker_that_is_cut_off_starts_nothing_and_comes_back(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(50)
    with front(home, before=0.4).serving() as cut, front(home, before=0.4).serving() as whole:
        workers.start(cut.url)
        workers.start(whole.url)
        eventually(lambda: cut.called >= 4 and whole.called >= 4)
        cut.cut()
        arrived = cut.called
        eventually(lambda: any("cannot be reached" in line.get("text", "") for line in workers.log(0)))
        assert cut.called == arrived
        cut.mend()
        assert sorted(workers.wait()) == [0, 0]
        twice = [row for row in {**cut.calls, **whole.calls} if len(cut.calls[row]) + len(whole.calls[row]) > 1]
        assert not twice
    assert workers.pending == 0
    assert launch.status(home)["twice"] == 0


def test_sigterm_finishes_what_is_in_flight_and_gives_the_rest_back(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(30)
    with front(home, before=1.0).serving() as slow:
        told = workers.start(slow.url, until_empty=False)
        eventually(lambda: slow.called >= 2)
        told.send_signal(signal.SIGTERM)
        assert workers.wait() == [130]
        called = slow.called
        assert len(slow.answers) == called
    document = workers.document(0)
    assert (document["succeeded"], document["unresolved"]) == (called, 0)
    assert workers.pending == 30 - called
    left = workers.state()
    assert left.visible == left.messages > 0
    workers.start()
    assert workers.wait(workers.workers[1:]) == [0]
    assert (workers.pending, launch.status(home)["calls"]["function"]) == (0, 30)


def test_a_key_that_breaks_stops_all_workers_after_a_few_calls(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(60)
    with front(home, before=0.3).serving() as slow:
        for _ in range(3):
            workers.start(slow.url)
        eventually(lambda: slow.called >= 9)
        launch.switch(home, "openai-key-invalid")
        broken = slow.called
        assert workers.wait() == [6, 6, 6]
        # Bounded: what was in flight or granted until all had heard of the second failure. None of it costs anything.
        assert slow.called - broken <= 3 * 4 + 20
    signatures = {workers.document(number)["stopped"]["signature"] for number in range(3)}
    assert signatures == {"openai.key-invalid"}
    state = workers.state()
    assert (state.state, state.signature) == (State.STOPPED, "openai.key-invalid")
    assert state.messages > 0
    assert workers.pending > 0


def test_when_the_breaker_opens_one_worker_probes_for_all_and_the_flow_goes_on(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(60, pace=Pace(rate=40.0, pauses=(2.0,)))
    with front(home, before=0.2).serving() as slow:
        for _ in range(3):
            workers.start(slow.url)
        eventually(lambda: slow.called >= 9)
        launch.switch(home, "openai-overloaded")
        eventually(lambda: workers.state().state in (State.OPEN, State.PROBING))
        launch.switch(home, "healthy")
        assert workers.wait() == [0, 0, 0]
    assert workers.pending == 0
    said = [line.get("text", "") for number in range(3) for line in workers.log(number)]
    assert sum("probing for all workers" in text for text in said) == 1
    assert any("the probe says go on" in text for text in said)


def test_a_message_that_was_leased_too_often_is_put_aside_and_reported(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(12, chunk=6)
    sql(home, f"update pgmq.q_{workers.queue} set read_ct = 5 where msg_id = 1")
    workers.start()
    assert workers.wait() == [7]
    [archived] = workers.document(0)["archived"]
    assert (archived["ids"], archived["reads"]) == (list(workers.ids[:6]), 6)
    assert (workers.pending, workers.state().archived) == (6, 1)


def test_a_worker_tells_its_health_and_its_log_lines_are_json_objects(
    home: Sandbox, new_fleet: Start, tmp_path: Path
) -> None:
    workers = new_fleet(6)
    file = workers.folder / "health.json"
    waiting = workers.start(None, "--health-file", str(file), "--health-port", "0", until_empty=False)
    eventually(lambda: file.exists() and json.loads(file.read_text())["succeeded"] == 6)
    said = json.loads(file.read_text())
    assert (said["ready"], said["queue"], said["state"], said["pid"]) == (True, workers.queue, "closed", waiting.pid)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [where] = [line["text"] for line in workers.log(0) if "health at" in line.get("text", "")]
    url = where.removeprefix("health at ")
    assert httpx.get(url).json()["worker"] == said["worker"]
    assert httpx.get(url.replace("healthz", "readyz")).status_code == 200
    found = nukediag(tmp_path, "status", "--json", sandbox=home).document["queues"]
    [mine] = [one for one in found if one["queue"] == workers.queue]
    assert [one["worker"] for one in mine["workers"]] == [said["worker"]]
    assert workers.queue in nukediag(tmp_path, "status", sandbox=home).out
    waiting.send_signal(signal.SIGTERM)
    assert workers.wait() == [130]
    assert not file.exists()
    lines = workers.log(0)
    assert {line["row"] for line in lines if line["event"] == "row" and line["fate"] == "done"} == set(workers.ids)
    key = settings_of(home)["SUPABASE_SERVICE_ROLE_KEY"]
    assert key not in (workers.folder / "0.log").read_text()


def test_the_second_signal_stops_at_once_and_the_cut_off_rows_are_looked_up_first(
    home: Sandbox, new_fleet: Start
) -> None:
    workers = new_fleet(10)
    with front(home, after=3.0).serving() as slow:
        told = workers.start(slow.url, until_empty=False)
        eventually(lambda: slow.called >= 2)
        time.sleep(1.0)  # the function's work is done by then; its answer is still on the way
        told.send_signal(signal.SIGTERM)
        eventually(lambda: any("finishing" in line.get("text", "") for line in workers.log(0)))
        told.send_signal(signal.SIGTERM)
        assert workers.wait() == [130]
        assert workers.document(0)["unresolved"] > 0
    workers.start()
    assert workers.wait(workers.workers[1:]) == [0]
    assert (workers.pending, launch.status(home)["calls"]["function"]) == (0, 10)


def test_all_workers_are_paused_slowed_resumed_and_stopped_by_words_from_anywhere(
    home: Sandbox, new_fleet: Start, tmp_path: Path
) -> None:
    workers = new_fleet(40)

    def tell(*words: str) -> int:
        return nukediag(tmp_path, "control", *words, NUKEDIAG_ENV_FILE=str(home.env_file)).code

    assert tell("pause", "--queue", workers.queue) == 0
    workers.start(until_empty=False)
    eventually(lambda: any("paused" in line.get("text", "") for line in workers.log(0)))
    assert launch.status(home)["calls"]["function"] == 0
    assert tell("set", "rate=30", "--queue", workers.queue) == 0
    assert tell("resume", "--queue", workers.queue) == 0
    eventually(lambda: launch.status(home)["calls"]["function"] >= 4)
    assert tell("stop", "--queue", workers.queue) == 0
    assert workers.wait() == [6]
    assert workers.document(0)["stopped"]["reason"] == "control"
    assert workers.state().rate == pytest.approx(30, rel=0.05)
    assert tell("set", "concurrency=3", "--queue", workers.queue) == 2
    assert tell("pause", "--queue", "nosuch") == 2


def test_a_restart_of_the_database_costs_no_row(home: Sandbox, new_fleet: Start) -> None:
    workers = new_fleet(40, pace=Pace(rate=40.0, pauses=(2.0,)))
    with front(home, before=0.5).serving() as slow:
        workers.start(slow.url)
        workers.start(slow.url)
        eventually(lambda: slow.called >= 6)
        restart_database(home)
        assert workers.wait() == [0, 0], workers.said()
    assert workers.pending == 0
    lines = [line for number in range(2) for line in workers.log(number) if line["event"] == "row"]
    failed = {line["row"] for line in lines if line["fate"] != "done"}
    # What was being saved just then is lost with its call, and is called again; nothing else is.
    assert {row for row, times in slow.calls.items() if len(times) > 1} <= failed
    assert launch.status(home)["restarted"]["postgres"] == 1
