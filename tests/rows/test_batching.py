from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from diag.rows.batching import Batch, Tick


class Asked:
    """Answers each key with itself in capitals, and remembers how it was asked."""

    def __init__(self) -> None:
        self.lists: list[list[str]] = []

    async def __call__(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.lists.append(sorted(keys))
        return {key: key.upper() for key in keys if key != "unknown"}


async def test_keys_that_arrive_together_are_asked_for_once() -> None:
    asked = Asked()
    batch = Batch(asked, "", window=0)
    assert await asyncio.gather(batch.get("a"), batch.get("b"), batch.get("a")) == ["A", "B", "A"]
    assert asked.lists == [["a", "b"]]


async def test_a_key_without_an_answer_gets_the_missing_value() -> None:
    assert await Batch(Asked(), "nothing", window=0).get("unknown") == "nothing"


async def test_a_full_batch_does_not_wait_for_its_window() -> None:
    asked = Asked()
    batch = Batch(asked, "", window=3600, most=2)
    assert await asyncio.gather(batch.get("a"), batch.get("b")) == ["A", "B"]


async def test_later_keys_are_a_batch_of_their_own() -> None:
    asked = Asked()
    batch = Batch(asked, "", window=0)
    await batch.get("a")
    await batch.get("b")
    assert asked.lists == [["a"], ["b"]]


async def test_a_failure_reaches_everyone_who_waits() -> None:
    async def refuse(keys: Sequence[str]) -> Mapping[str, str]:
        raise ConnectionError("gone")

    batch = Batch(refuse, "", window=0)
    results = await asyncio.gather(batch.get("a"), batch.get("b"), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError, ConnectionError]


async def test_a_cancelled_caller_leaves_the_answer_to_the_others() -> None:
    batch = Batch(Asked(), "", window=0)
    first, second = asyncio.create_task(batch.get("a")), asyncio.create_task(batch.get("a"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == "A"


async def test_all_who_wait_for_a_tick_go_on_in_the_same_moment_and_the_next_wait_for_another() -> None:
    tick, order = Tick(0.01), list[str]()

    async def waiting(name: str) -> None:
        await tick.wait()
        order.append(name)

    first = [asyncio.create_task(waiting(name)) for name in "abc"]
    await asyncio.sleep(0)
    assert order == []
    first[1].cancel()
    await asyncio.wait(first)
    assert order == ["a", "c"]
    late = asyncio.create_task(waiting("d"))
    await asyncio.sleep(0)
    assert order == ["a", "c"]
    await late
    assert order == ["a", "c", "d"]
