"""Workers that are killed, frozen, cut off and told to end at random: what must hold all the same."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from diag.sandbox import launch
from diag.sandbox.state import Sandbox

from .fleets import LEASE, Fleet, fleet
from .front import Front

TROUBLES = ("kill", "freeze", "cut", "term")


@dataclass(frozen=True)
class Troubled:
    """``troubles`` by kind; ``calls`` of the function for ``rows``, ``again`` rows that were called more than once,
    ``twice`` rows that were paid for twice, ``lost`` rows without a result, ``left`` messages."""

    rows: int
    troubles: dict[str, int]
    calls: int
    again: int
    twice: int
    lost: int
    left: int
    seconds: float


class Chaos:
    """``count`` workers, each with its own way to the project; one that has ended is started again."""

    def __init__(self, workers: Fleet, fronts: list[Front], rng: random.Random) -> None:
        self._fleet, self._fronts, self._rng = workers, fronts, rng
        self._live = [workers.start(front.url) for front in fronts]
        self.troubles: Counter[str] = Counter()

    def trouble(self) -> None:
        """Something befalls one of them."""
        number = self._rng.randrange(len(self._live))
        if self._live[number].poll() is not None:
            self._live[number] = self._fleet.start(self._fronts[number].url)
            return
        what = self._rng.choice(TROUBLES)
        self.troubles[what] += 1
        self._befall(what, number)

    def calm(self) -> None:
        """Everybody runs, until all is done."""
        for number, worker in enumerate(self._live):
            if worker.poll() is not None:
                self._live[number] = self._fleet.start(self._fronts[number].url)
        self._fleet.wait(self._live)

    def _befall(self, what: str, number: int) -> None:
        worker, front = self._live[number], self._fronts[number]
        if what == "kill":
            worker.kill()
        elif what == "term":
            worker.send_signal(signal.SIGTERM)
        elif what == "freeze":
            os.kill(worker.pid, signal.SIGSTOP)
            time.sleep(self._rng.choice((1.0, LEASE + 3)))
            os.kill(worker.pid, signal.SIGCONT)
        else:
            front.cut()
            time.sleep(self._rng.uniform(0.5, 6.0))
            front.mend()


def play(sandbox: Sandbox, folder: Path, rows: int, seconds: float, seed: int) -> Troubled:
    """Four workers in trouble for so long, then in peace until the queue is empty."""
    rng, began = random.Random(seed), time.monotonic()
    with fleet(sandbox, folder, "chaos") as workers, ExitStack() as stack:
        workers.fill(rows)
        fronts = [stack.enter_context(Front(sandbox.url, 0.3, 0.7).serving()) for _ in range(4)]
        chaos = Chaos(workers, fronts, rng)
        while workers.pending and time.monotonic() - began < seconds:
            time.sleep(rng.uniform(0.5, 2.5))
            chaos.trouble()
        chaos.calm()
        calls = Counter(row for front in fronts for row, times in front.calls.items() for _ in times)
        twice = launch.status(sandbox)["twice"]
        return Troubled(
            rows, dict(chaos.troubles), calls.total(), sum(count > 1 for count in calls.values()), twice,
            workers.pending, workers.state().messages, time.monotonic() - began,
        )  # fmt: skip
