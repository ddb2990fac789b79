"""The way from preflight over the canaries to the run."""

import asyncio
from dataclasses import dataclass

import pytest

from diag.backfill import Controls, Options, Stopped
from diag.backfill.events import Notice, RowAnswered
from diag.errors import ExitCode
from diag.rows.outcome import Row

from .worlds import BUSY, DEAD, KEY, OK, World, virtually


@dataclass
class Health:
    exit_code: ExitCode
    verdict: str
    signature: str | None
    outcomes: tuple
    requests_per_second: float | None = None


def preflight_on(world, code=ExitCode.OK, signature=None, limit=None):
    """A preflight whose test call is made in this world."""

    async def preflight():
        row_id = world.pending[0]
        outcome = await world.run(Row(row_id, "https://pictures.example/x.jpg"))
        return Health(code, "healthy" if code is ExitCode.OK else "unhealthy", signature, (outcome,), limit)

    return preflight


def gated(world, journal, **more):
    more.setdefault("options", Options(if_healthy=True))
    return virtually(world, journal, preflight=preflight_on(world), **more)


def test_a_healthy_project_takes_seven_canaries_the_test_call_among_them(journal):
    world = World.of(100)
    result = gated(world, journal)
    assert (result.gate.decision, result.gate.canaries, result.gate.successes) == ("open", 7, 7)
    assert (result.succeeded, result.calls) == (100, 100)
    assert max(world.calls.values()) == 1


def left_in_flight(world, journal, finished):
    """A run that was cut off at once, whose calls came to their end in the function if ``finished``."""
    controls = Controls()

    def cut(event):
        if isinstance(event, RowAnswered) and len(world.pending) == 50:
            controls.now(Stopped("interrupted"))

    virtually(world, journal, controls=controls, observers=[cut])
    begun = [row_id for row_id, count in world.calls.items() if count and not world.rows[row_id]]
    world.results.update(begun if finished else ())
    return begun


def test_what_an_earlier_run_left_in_flight_is_looked_up_before_preflight_calls_anything(journal):
    world = World.of(100)
    begun = left_in_flight(world, journal, finished=True)
    assert begun
    result = gated(world, journal, run="run-2", at=1000)
    assert (result.gate.decision, result.exit_code, world.pending) == ("open", ExitCode.OK, [])
    assert max(world.calls.values()) == 1


@pytest.mark.parametrize(("ago", "waits"), [(1, True), (1000, False)])
def test_preflight_waits_for_calls_that_were_sent_just_before(journal, ago, waits):
    world, told, begins = World.of(100), [], []
    assert left_in_flight(world, journal, finished=False)

    async def preflight():
        begins.append(asyncio.get_running_loop().time())
        return Health(ExitCode.UNHEALTHY, "unhealthy", "openai.key-missing", ())

    tell = [lambda event: told.append(event.text) if isinstance(event, Notice) else None]
    virtually(world, journal, run="run-2", at=ago, preflight=preflight, observers=tell)
    assert any(text.startswith("waiting") for text in told) is waits
    assert (begins[0] > 1) is waits


@pytest.mark.parametrize("code", [ExitCode.UNHEALTHY, ExitCode.DEGRADED, ExitCode.CANNOT_VOUCH, ExitCode.BUG])
def test_the_gate_opens_on_exit_code_0_alone(journal, code):
    world = World.of(20)
    preflight = preflight_on(world, code, "openai.key-missing")
    result = virtually(world, journal, preflight=preflight)
    assert (result.exit_code, result.gate.decision) == (ExitCode.UNHEALTHY, "shut")
    assert (result.stopped.reason, result.stopped.signature) == ("gate", "openai.key-missing")
    assert sum(world.calls.values()) == 1


def test_a_key_that_dies_after_the_test_call_costs_two_more(journal):
    world = World.of(100, lambda world, row: OK if sum(world.calls.values()) == 1 else KEY)
    result = gated(world, journal)
    assert result.exit_code is ExitCode.UNHEALTHY
    assert result.stopped.signature == "openai.key-invalid"
    assert "openai.key-invalid came" in result.gate.why
    assert result.calls <= 1 + 4


def test_an_upstream_that_always_fails_costs_few_calls(journal):
    world = World.of(100, lambda world, row: OK if sum(world.calls.values()) == 1 else BUSY)
    result = gated(world, journal)
    assert result.gate.decision == "shut"
    assert result.calls <= 7
    assert result.exit_code is ExitCode.UNHEALTHY


def test_dead_pictures_do_not_shut_the_gate(journal):
    world = World.of(300, lambda world, row: DEAD if int(row.id) % 2 else OK)
    result = gated(world, journal)
    assert result.gate.decision == "open"
    assert (result.succeeded, result.failed) == (150, 150)


def test_pictures_that_are_all_dead_leave_the_gate_undecided_and_cost_nothing(journal):
    world = World.of(300, lambda world, row: OK if sum(world.calls.values()) == 1 else DEAD)
    result = gated(world, journal)
    assert (result.gate.decision, result.exit_code) == ("undecided", ExitCode.UNHEALTHY)
    assert result.calls == 1


def test_fewer_rows_than_the_gate_wants_are_simply_done(journal):
    world = World.of(3)
    result = gated(world, journal)
    assert (result.gate.decision, result.succeeded, result.exit_code) == ("open", 3, ExitCode.OK)


def test_the_limit_counts_test_call_and_canaries(journal):
    world = World.of(100)
    result = gated(world, journal, options=Options(if_healthy=True, limit=5))
    assert (result.attempted, sum(world.calls.values())) == (5, 5)


def test_canaries_that_failed_for_a_passing_cause_are_called_again_in_the_run(journal):
    world = World.of(100, lambda world, row: BUSY if sum(world.calls.values()) == 4 else OK)
    result = gated(world, journal)
    assert (result.succeeded, result.failed) == (100, 0)


def test_accepting_half_runs_on_half(journal):
    world = World.of(60, lambda world, row: BUSY if sum(world.calls.values()) % 2 == 0 else OK)
    options = Options(if_healthy=True, accept_rate=0.5)
    assert gated(world, journal, options=options).gate.decision == "open"


def test_a_limit_that_preflight_learnt_is_where_the_rate_begins(journal):
    def seconds(limit):
        times = []
        world = World.of(60, lambda world, row: times.append(asyncio.get_running_loop().time()) or OK)
        virtually(world, journal.with_name(f"{limit}.db"), preflight=preflight_on(world, limit=limit))
        return times[-1] - times[0]

    assert seconds(1.0) > 60  # virtual ones: one call a second, feeling its way
    assert seconds(None) < 50
