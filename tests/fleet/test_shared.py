"""One worker and the answers of the shared state, which may come late, out of order, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backfill.worlds import FakeRun, World, opened

from diag.backfill.controls import Controls
from diag.backfill.options import Options
from diag.backfill.run import assemble
from diag.fleet.contact import Contact
from diag.fleet.queue import Queue
from diag.fleet.shared import Shared
from diag.fleet.slots import Slots
from diag.fleet.state import State

CLOSED = {"state": "closed", "epoch": 1, "granted": 9, "first": 1, "gap": 0.05}
OPEN = {"state": "open", "epoch": 2, "signature": "runtime.crashed"}
STOPPED = {"state": "stopped", "epoch": 2, "signature": "openai.key-invalid", "why": "it came 2 times"}


class Answers:
    """The functions in the database, each of which answers when it is told to."""

    def __init__(self) -> None:
        self.asked: dict[str, asyncio.Future[Any]] = {}

    async def rpc(self, name: str, arguments: Mapping[str, Any], *, again: bool = False) -> Any:
        self.asked[name.removeprefix("nukediag_")] = asked = asyncio.get_running_loop().create_future()
        return await asked

    async def answer(self, name: str, value: Mapping[str, Any]) -> None:
        """To the last such question, which may not have been asked yet."""
        while name not in self.asked:
            await asyncio.sleep(0)
        self.asked.pop(name).set_result(value)
        for _ in range(5):
            await asyncio.sleep(0)


class Case:
    """A worker's share in the state, with a real engine that calls nothing."""

    def __init__(self, journal: Any) -> None:
        self.controls, self.answers = Controls(), Answers()
        run = FakeRun(World.of(1), Options(), self.controls, journal)
        self.engine = assemble(run, run.world, run.world, ())
        self.slots = Slots(self.controls.changed.set)
        contact = Contact(self.controls, lambda event: None, self.engine.caller.clock)
        queue = Queue(self.answers, "cars")
        self.shared = Shared(queue, "w", self.engine, self.slots, contact, dict, lambda: 9)
        self.slots.needed.set()

    @property
    def may_start_one(self) -> bool:
        return self.slots.turn(self.engine.caller.clock()) is not None


async def test_an_answer_that_was_overtaken_by_news_of_a_pause_starts_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path / "j", "run-1", 0.0) as journal:
        case = Case(journal)
        taking = asyncio.create_task(case.shared.take_starts())
        await asyncio.sleep(0)
        telling = asyncio.create_task(case.shared.flush())
        await case.answers.answer("report", OPEN)
        await telling
        await case.answers.answer("take", CLOSED)  # decided before the pause, and late
        taking.cancel()
        assert (case.shared.standing.state, case.may_start_one) == (State.OPEN, False)


async def test_a_queue_that_was_made_anew_is_believed_though_its_count_begins_again(tmp_path: Path) -> None:
    async with opened(tmp_path / "j", "run-1", 0.0) as journal:
        case = Case(journal)
        for answer in ({**OPEN, "epoch": 7}, {"state": "closed", "epoch": 1}):
            telling = asyncio.create_task(case.shared.flush())
            await case.answers.answer("report", answer)
            await telling
        assert (case.shared.standing.state, case.shared.standing.epoch) == (State.CLOSED, 1)


async def test_what_was_granted_is_forfeited_and_the_worker_ends_once_it_hears_that_all_stop(tmp_path: Path) -> None:
    async with opened(tmp_path / "j", "run-1", 0.0) as journal:
        case = Case(journal)
        taking = asyncio.create_task(case.shared.take_starts())
        await case.answers.answer("take", CLOSED)
        assert case.may_start_one
        telling = asyncio.create_task(case.shared.flush())
        await case.answers.answer("report", STOPPED)
        await telling
        taking.cancel()
        assert not case.may_start_one
        assert case.controls.stopped is not None
        assert (case.controls.stopped.reason, case.controls.stopped.signature) == ("guard", "openai.key-invalid")
