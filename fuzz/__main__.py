"""``python -m fuzz [--minutes N] [--seed N] [TARGET ...]``: every target for its share of the time. What breaks one is
kept under ``fuzz/seeds/<target>/``, where the tests find it from then on."""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from collections.abc import Callable

from fuzz.mutate import mutated
from fuzz.seeding import SEEDS, seeds
from fuzz.targets import TARGETS

SLOW = 5.0
"""Seconds of processor time that no input of at most 200 kB may take."""


def main() -> int:
    """0: nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    parser.add_argument("targets", nargs="*", metavar="TARGET", choices=[[], *TARGETS])
    wishes = parser.parse_args()
    names = wishes.targets or list(TARGETS)
    found = [fault for name in names if (fault := _fuzz(name, wishes.minutes * 60 / len(names), wishes.seed))]
    return 1 if found else 0


def _fuzz(name: str, seconds: float, seed: int) -> str | None:
    dice, known, begun, count = random.Random(f"{name} {seed}"), seeds(name), time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        data = mutated(dice, known)
        count += 1
        fault = tried(TARGETS[name], data)
        if fault:
            _keep(name, data, fault)
            return fault
    print(f"{name}: {count:,} inputs, nothing found (seed {seed})", flush=True)
    return None


def tried(target: Callable[[bytes], None], data: bytes) -> str | None:
    """What went wrong with these bytes, or None."""
    begun = time.process_time()
    try:
        target(data)
    except Exception:
        return traceback.format_exc()
    took = time.process_time() - begun
    return f"it took {took:.1f} s" if took > SLOW else None


def _keep(name: str, data: bytes, fault: str) -> None:
    path = SEEDS / name / f"found-{hashlib.sha256(data).hexdigest()[:12]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    print(f"{name}: {path}\n{fault}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
