"""Small wrongs put into the code that decides, one at a time: a test must fail for each of them.

``python -m quality.mutants [TARGET...] [--minutes N]`` prints the survivors that nobody has explained
(``equivalent.py``) and ends with 1 where there are any. No file is changed: each mutant lives in a forked process of
its own. It is tried in place (``in_place.py``); where it cannot be, it is imported in the place of the real module and
meets all tests of its target (``fresh.py``).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from quality.equivalent import EQUIVALENT
from quality.fresh import survives
from quality.in_place import Finding, findings
from quality.mutant import ROOT, Mutant, mutants
from quality.targets import PRELOADED, TARGETS, Target


def examine(target: Target, until: float, counts: Counter[str]) -> Iterator[Mutant]:
    """The survivors of one target that nobody has explained."""
    every = [mutant for path in target.modules for mutant in mutants(path)]
    unexplained = [mutant for mutant in every if mutant.key not in EQUIVALENT]
    counts["explained"] += len(every) - len(unexplained)
    for mutant, finding in zip_longest(unexplained, findings(unexplained, target.tests, until)):
        if finding is Finding.NOTICED:
            counts["noticed"] += 1
        elif finding is None or time.monotonic() > until:
            counts["not tried"] += 1
        elif finding is Finding.SURVIVED or survives(mutant, target.tests):
            counts["survived"] += 1
            yield mutant
        else:
            counts["noticed"] += 1


def main() -> int:
    """Examine the targets, print what survived."""
    parser = argparse.ArgumentParser(prog="quality.mutants")
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS])
    parser.add_argument("--minutes", type=float, default=120)
    wanted = parser.parse_args()
    for module in PRELOADED:
        importlib.import_module(module)
    os.chdir(ROOT)
    until, survived = time.monotonic() + 60 * wanted.minutes, 0
    for name in wanted.targets or TARGETS:
        counts = Counter[str]()
        for mutant in examine(TARGETS[name], until, counts):
            print(f"{mutant.path}:{mutant.number}: {mutant.operator}: {mutant.line}", flush=True)
        print(f"{name}: {', '.join(f'{count} {word}' for word, count in counts.items())}", flush=True)
        survived += counts["survived"] + counts["not tried"]
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
