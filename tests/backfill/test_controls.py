"""The words that a run listens to, on virtual time."""

import asyncio

from diag.backfill import Controls, Stopped

from .worlds import LIMITED, TIMEOUT, World, backfill, run_virtually, virtually

STOP = Stopped("signal", None, "told to stop")


def test_a_paused_run_starts_nothing_until_it_is_told_to_go_on(journal):
    world, controls, seen = World.of(200), Controls(), []

    async def paused():
        loop = asyncio.get_running_loop()
        loop.call_later(10, controls.pause)
        loop.call_later(30, lambda: seen.append(sum(world.calls.values())))
        loop.call_later(500, lambda: seen.append(sum(world.calls.values())))
        loop.call_later(501, controls.resume)
        result = await backfill(world, journal, controls=controls)
        return result, loop.time()

    result, ended = run_virtually(paused())
    assert 0 < seen[0] == seen[1] < 200
    assert result.succeeded == 200
    assert ended > 501


def test_a_stop_word_ends_a_paused_run(journal):
    world, controls = World.of(200), Controls()

    async def paused():
        loop = asyncio.get_running_loop()
        loop.call_later(10, controls.pause)
        loop.call_later(100, lambda: controls.drain(STOP))
        result = await backfill(world, journal, controls=controls)
        return result, loop.time()

    result, ended = run_virtually(paused())
    assert result.stopped == STOP
    assert 100 <= ended < 110
    assert world.in_flight == 0


async def test_the_first_reason_to_stop_is_the_one_that_is_told():
    controls, heard = Controls(), []
    controls.on_stop(lambda: heard.append(controls.at_once))
    controls.drain(STOP)
    controls.now(Stopped("max-calls", None, "later"))
    assert (controls.stopped, controls.stopping, controls.at_once, heard) == (STOP, True, True, [False, True])


def test_waiting_ends_with_a_change_or_with_the_time():
    async def waits():
        controls, loop = Controls(), asyncio.get_running_loop()
        await controls.wait(0)
        now = [loop.time()]
        await controls.wait(-1)
        now.append(loop.time())
        await controls.wait(5)
        now.append(loop.time())
        loop.call_later(2, controls.pause)
        await controls.wait(None)
        return [*now, loop.time()]

    assert run_virtually(waits()) == [0, 0, 5, 7]


async def test_who_is_not_paused_does_not_wait():
    controls = Controls()
    await asyncio.wait_for(controls.resumed(), 1)
    assert not controls.paused


def test_nothing_but_refusals_for_minutes_stops_the_run(journal):
    world = World.of(400, lambda world, row: LIMITED)
    result = virtually(world, journal)
    assert (result.stopped.reason, result.stopped.signature) == ("guard", "openai.rate-limited")
    assert "nothing but refusals" in result.stopped.why
    assert result.succeeded == 0


def test_stopped_at_once_nothing_is_left_in_flight_and_what_was_is_unresolved(journal):
    world, controls = World.of(50, lambda world, row: TIMEOUT, latency=lambda: 100.0), Controls()

    async def stopped():
        loop = asyncio.get_running_loop()
        loop.call_later(20, lambda: controls.now(STOP))
        result = await backfill(world, journal, controls=controls)
        return result, loop.time()

    result, ended = run_virtually(stopped())
    assert 20 <= ended < 30
    assert (result.succeeded, world.in_flight) == (0, 0)
    assert result.unresolved == len(world.calls) > 0
