"""A world in memory for the engine: rows, markers, results, a worker that calls nothing, and time that does not pass
by itself. The journal is the real one."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

from diag.backfill.controls import Controls
from diag.backfill.journal import Journal
from diag.backfill.options import Options
from diag.backfill.parts import Run
from diag.backfill.plan import Plan
from diag.backfill.run import as_result, assemble, go
from diag.config.settings import BackfillSettings, Settings
from diag.diagnosis import Answer, Diagnosis, Scope, Verdict
from diag.rows.outcome import Outcome, Row

EPOCH = 1_700_000_000.0


class VirtualSelector(selectors.DefaultSelector):
    """Waits for nothing: where the loop would sleep, its clock jumps ahead, unless the journal is at work."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.busy: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.busy():
            return super().select(0.002 if self.busy() else 1)
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on virtual time."""

    def __init__(self) -> None:
        self.selector = VirtualSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now

    async def shutdown_default_executor(self, *patience) -> None:
        """The patience that newer Pythons have with threads is over at once where time is virtual."""
        self.selector.busy = lambda: True
        await super().shutdown_default_executor(*patience)


def run_virtually(coroutine: Awaitable):
    """``asyncio.run`` on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def diagnosis(signature: str, scope: Scope | None = Scope.TRANSIENT, verdict: Verdict = Verdict.FAILED) -> Diagnosis:
    """A diagnosis by its words."""
    return Diagnosis(verdict, signature, scope, signature)


OK = Diagnosis(Verdict.OK, "function.ok", None, "ok")
DEAD = diagnosis("image.not-found", Scope.ITEM)
KEY = diagnosis("openai.key-invalid", Scope.PROJECT)
BUSY = diagnosis("openai.overloaded")
TIMEOUT = diagnosis("network.timeout")
CACHED = diagnosis("function.cached", None, Verdict.INCONCLUSIVE)
LIMITED = replace(diagnosis("openai.rate-limited"), retry_after=2.0)


def with_backfill(**settings) -> Settings:
    """Settings with these in their ``[backfill]``; at most 32 calls in flight where nothing else is said."""
    return Settings(backfill=BackfillSettings(**{"concurrency": 32, **settings}))


Judge = Callable[["World", Row], Diagnosis]


@dataclass
class World:
    """``judge`` decides each call; where it says ok, results and marker are written. ``latency`` in seconds."""

    rows: dict[str, bool]
    judge: Judge = lambda world, row: OK
    latency: Callable[[], float] = lambda: 7.5
    settings: Settings = field(default_factory=lambda: with_backfill())
    calls: Counter = field(default_factory=Counter)
    forced: Counter = field(default_factory=Counter)
    in_flight: int = 0
    peak: int = 0
    results: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, count: int, judge: Judge | None = None, **more) -> World:
        rows = {f"{number:06d}": False for number in range(count)}
        return cls(rows, judge or (lambda world, row: OK), **more)

    @property
    def pending(self) -> list[str]:
        return [row_id for row_id, marked in self.rows.items() if not marked]

    async def run(self, row: Row, *, force: bool = False) -> Outcome:
        """As ``RowWorker.run``."""
        self.calls[row.id] += 1
        self.forced[row.id] += force
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            verdict = self.judge(self, row)
            await asyncio.sleep(0.3 if verdict is LIMITED else self.latency())
            if verdict.verdict is Verdict.OK:
                self.results.add(row.id)
                self.rows[row.id] = True
            called = verdict is not DEAD
            return Outcome(row, verdict, called, marked=self.rows[row.id], answer=Answer(status=200))
        finally:
            self.in_flight -= 1

    async def find(self, row: Row, *, force: bool = False) -> Outcome | None:
        """As ``Finder.find``."""
        if row.id not in self.results:
            return None
        self.rows[row.id] = True
        return Outcome(row, OK, called=False, marked=True)

    async def confirm(self, outcome: Outcome) -> Outcome:
        """As ``Finder.confirm``: what is said here is so."""
        return outcome

    async def accept(self, outcome: Outcome) -> Outcome:
        """As ``Finder.accept``."""
        if outcome.diagnosis.verdict is not Verdict.DEGRADED:
            return outcome
        self.rows[outcome.row.id] = True
        return replace(outcome, marked=True)


class FakeRun(Run):
    """A run on a world in memory."""

    def __init__(self, world: World, options: Options, controls: Controls, journal: Journal) -> None:
        plan = Plan(len(world.pending), 0, len(world.pending), 0.0, 0.0)
        project = SimpleNamespace(configuration=SimpleNamespace(url="https://x.supabase.co"))
        super().__init__(project, world.settings, options, plan, controls, journal)
        self.world = world

    async def rows(self, after: str | None) -> AsyncIterator[Row]:
        for row_id in [row_id for row_id in self.world.pending if after is None or row_id > after]:
            if not self.world.rows[row_id]:
                yield Row(row_id, f"https://pictures.example/{row_id}.jpg")

    async def still_pending(self, row_ids: list[str]) -> set[str]:
        return {row_id for row_id in row_ids if not self.world.rows[row_id]}

    async def pending_now(self) -> int:
        return len(self.world.pending)


async def backfill(
    world: World,
    path: Path,
    *,
    options: Options | None = None,
    preflight=None,
    controls: Controls | None = None,
    observers=(),
    run: str = "run-1",
    at: float = 0.0,
    seed: int = 1,
):
    """One run on the world in memory; ``at`` shifts the wall clock (seconds)."""
    options, controls = options or Options(), controls or Controls()
    async with opened(path, run, at) as journal:
        this = FakeRun(world, options, controls, journal)
        await journal.begin(len(world.pending), {})
        await go(this, assemble(this, world, world, observers, uniform=random.Random(seed).uniform), preflight)
        result = as_result(this)
        await journal.finish(result)
        return result


@asynccontextmanager
async def opened(path: Path, run: str, at: float) -> AsyncIterator[Journal]:
    """A journal; where time is virtual it stands still while the journal is at work."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop):
        loop.selector.busy = lambda: True
    journal = await Journal.open(path, "analyze-image", run, now=lambda: EPOCH + at + loop.time())
    if isinstance(loop, VirtualLoop):
        loop.selector.busy = lambda: journal.busy
    try:
        yield journal
    finally:
        if isinstance(loop, VirtualLoop):
            loop.selector.busy = lambda: True  # the journal's thread ends in real time
        await journal.close()


def virtually(world: World, path: Path, **more):
    """``backfill`` on virtual time, from beginning to end."""
    return run_virtually(backfill(world, path, **more))
