"""``python -m fuzz [--minutes N] [--seed N] [--by-chance] [TARGET ...]``: every target for its share of the time.

Where there is atheris, the search learns from what it reaches; elsewhere it goes by chance. What breaks a target is
kept under ``fuzz/seeds/<target>/``, where the tests find it from then on. Exit code 0: nothing was found; 1: something.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

from fuzz import chance, guided
from fuzz.seeding import SEEDS, seeds
from fuzz.targets import TARGETS
from fuzz.trial import Find, Target

_ROUND = 500  # inputs between two looks at the clock


def main(arguments: list[str]) -> int:
    """0: nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    parser.add_argument("--by-chance", action="store_true", help="without atheris")
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[[], *TARGETS])
    wishes = parser.parse_args(arguments)
    names = wishes.targets or list(TARGETS)
    by_chance = wishes.by_chance or not guided.here()
    if by_chance and not wishes.by_chance:
        print(
            "no atheris here: the inputs are drawn by chance (Hypothesis), without feedback from coverage", flush=True
        )
    search, share = _by_chance if by_chance else _guided, wishes.minutes * 60 / len(names)
    return max([search(name, share, wishes.seed) for name in names])


def _guided(name: str, seconds: float, number: int) -> int:
    found = guided.search(name, seeds(name), seconds=max(1, round(seconds)), number=number)
    print(f"{name}: {found.inputs:,} inputs, {found.reached:,} places in the code reached", end="", flush=True)
    return _told(name, found.find, number)


def _by_chance(name: str, seconds: float, number: int) -> int:
    count, found = search_by_chance(name, TARGETS[name], seconds, number)
    print(f"{name}: {count:,} inputs by chance", end="", flush=True)
    return _told(name, found, number)


def search_by_chance(name: str, target: Target, seconds: float, number: int) -> tuple[int, Find | None]:
    """Rounds of new inputs until the time is over or something is found."""
    count, known, until = 0, seeds(name), time.monotonic() + seconds
    while True:
        found = chance.search(target, known, number=number + count, examples=_ROUND)
        count += _ROUND
        if found or time.monotonic() > until:
            return count, found


def _told(name: str, found: Find | None, number: int) -> int:
    if found is None:
        print(f", nothing found (seed {number})", flush=True)
        return 0
    where = kept(SEEDS / name, found.data) if found.data is not None else "no input to blame"
    print(f"\n{name}: {where} (seed {number})\n{found.fault}", flush=True)
    return 1


def kept(folder: Path, data: bytes) -> Path:
    """Where the input that broke something lies from now on."""
    path = folder / f"found-{hashlib.sha256(data).hexdigest()[:12]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
