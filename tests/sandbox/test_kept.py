"""Parts that are started again: how patiently, and when no more."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from diag.errors import SandboxError
from diag.private import private_folder
from diag.sandbox.children import Child, Family
from diag.sandbox.kept import Keeper, patience

SHORT, LONG = 0.5, 600.0


@pytest.mark.parametrize(
    ("lives", "seconds"),
    [
        ([], 1),
        ([LONG], 1),
        ([SHORT], 1),
        ([SHORT, SHORT], 2),
        ([SHORT] * 5, 16),
        ([SHORT] * 6, None),
        ([SHORT] * 5 + [LONG], 1),
        ([SHORT] * 5 + [LONG, SHORT, SHORT], 2),
        ([LONG] * 50, 1),
        ([4.9] * 6, None),
        ([5.0] * 6, 1),
    ],
)
def test_the_wait_grows_with_short_lives_in_a_row_and_ends_after_five(
    lives: list[float], seconds: float | None
) -> None:
    assert patience(lives, first=1.0) == seconds


class Parts:
    """Children that live as long as ``scripts`` says, one after the other; the last one for all that follow."""

    def __init__(self, folder: Path, *scripts: str) -> None:
        self.family, self.folder = Family(private_folder(folder / "logs")), folder
        self._scripts = list(scripts)
        self.started: list[Child] = []

    async def start(self) -> Child:
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        if script == "fail":
            raise SandboxError("it did not start", "")
        command = [sys.executable, "-c", script]
        child = await self.family.start("part", command, env={}, cwd=self.folder, watched=False)
        self.started.append(child)
        return child


STAYS, ENDS = "import time; time.sleep(600)", "raise SystemExit(3)"


@pytest.fixture
async def keep(tmp_path: Path) -> AsyncIterator[Callable[..., Parts]]:
    """``keep(*scripts)``: parts with these lives, to be begun with ``begin``."""
    begun: list[Parts] = []

    def made(*scripts: str) -> Parts:
        begun.append(Parts(tmp_path, *scripts))
        return begun[-1]

    yield made
    for parts in begun:
        await parts.family.stop_all()


async def begin(parts: Parts) -> Keeper:
    keeper = Keeper(parts.family, first=0.001)
    keeper.keep(await parts.start(), parts.start)
    return keeper


async def eventually(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not question():
            await asyncio.sleep(0.01)


async def test_what_ended_unasked_runs_again_and_is_counted(keep: Callable[..., Parts]) -> None:
    parts = keep(ENDS, ENDS, STAYS)
    keeper = await begin(parts)
    await eventually(lambda: len(parts.started) == 3)
    assert parts.family.members["part"] is parts.started[2]
    assert (parts.family.restarts, parts.family.obituaries) == ({"part": 2}, [])
    await keeper.close()


async def test_what_was_ended_on_purpose_runs_again_and_is_not_counted(keep: Callable[..., Parts]) -> None:
    parts = keep(STAYS)
    keeper = await begin(parts)
    await parts.started[0].stop()
    await eventually(lambda: len(parts.started) == 2)
    assert parts.family.restarts == {}
    await keeper.close()


@pytest.mark.parametrize(("script", "condition"), [(ENDS, "ended with 3"), ("fail", "does not start")])
async def test_what_ends_again_and_again_is_given_up_and_reported(
    keep: Callable[..., Parts], script: str, condition: str
) -> None:
    parts = keep(ENDS, script)
    keeper = await begin(parts)
    await eventually(lambda: bool(parts.family.obituaries))
    assert parts.family.obituaries == [f"part {condition}, again and again"]
    assert parts.family.restarts == {"part": 5}
    await keeper.close()


async def test_a_start_that_fails_is_tried_again(keep: Callable[..., Parts]) -> None:
    parts = keep(ENDS, "fail", "fail", STAYS)
    keeper = await begin(parts)
    await eventually(lambda: len(parts.started) == 2)
    assert parts.started[1].alive
    assert parts.family.obituaries == []
    await keeper.close()


async def test_nothing_is_started_again_once_the_keeper_is_closed(keep: Callable[..., Parts]) -> None:
    parts = keep(STAYS)
    keeper = await begin(parts)
    await keeper.close()
    await parts.started[0].stop()
    assert len(parts.started) == 1
    assert parts.family.members == {}
