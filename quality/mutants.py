"""Small wrongs put into the code that decides, one at a time: a test must fail for each of them.

``python -m quality.mutants [TARGET...] [--minutes N]`` prints the survivors that nobody has explained
(``equivalent.py``) and ends with 1 where there are any. No file is changed: each mutant lives in a forked process of
its own, into which it is imported in the place of the real module.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

from quality.equivalent import EQUIVALENT
from quality.targets import OPERATORS, PRELOADED, TARGETS, Target

ROOT = Path(__file__).resolve().parent.parent
_TIMEOUT = 120  # seconds; an endless loop counts as noticed
_QUIET = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


@dataclass(frozen=True)
class Mutant:
    """One wrong: ``line`` is what the line ``number`` of ``path`` became."""

    path: str
    operator: str
    number: int
    line: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """How it is named in ``EQUIVALENT``."""
        return self.path, self.line


def mutants(path: str) -> Iterator[Mutant]:
    """All wrongs of one file."""
    source = (ROOT / path).read_text()
    tree = get_ast(source)
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        places = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        for occurrence in range(places):
            mutated = mutate_code(source, operator, occurrence)
            if mutated is not None and not _says_nothing(mutant := _mutant(path, name, source, mutated)):
                yield mutant


def _mutant(path: str, operator: str, source: str, mutated: str) -> Mutant:
    pairs = enumerate(zip(source.splitlines(), mutated.splitlines(), strict=False), 1)
    number, line = next((number, new.strip()) for number, (old, new) in pairs if old != new)
    return Mutant(path, operator, number, line, mutated)


def _says_nothing(mutant: Mutant) -> bool:
    """Cosmic Ray takes the star before keyword-only parameters for a multiplication; and whether a record is frozen is
    the type checker's affair."""
    star = "BinaryOperator" in mutant.operator and mutant.line.startswith(("def ", "async def "))
    return star or mutant.line.startswith("@dataclass(")


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Gives the mutant where its module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = mutant.path.removesuffix(".py").replace("/", ".")
        self._mutant = mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        file = str(ROOT / self._mutant.path)
        return importlib.util.spec_from_file_location(
            fullname, file, loader=_Loader(fullname, file, self._mutant.source)
        )


def survives(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether all tests pass with it."""
    child = os.fork()
    if child == 0:
        os._exit(_run(mutant, tests))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _run(mutant: Mutant, tests: Sequence[str]) -> int:
    import hypothesis
    import pytest

    signal.alarm(_TIMEOUT)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True, max_examples=50)
    hypothesis.settings.load_profile("mutants")
    sys.meta_path.insert(0, _Finder(mutant))
    try:
        return int(pytest.main([*_QUIET, *tests]))
    except BaseException:
        return 1


def examine(name: str, target: Target, until: float, counts: Counter[str]) -> Iterator[Mutant]:
    """The survivors of one target that nobody has explained."""
    path = target.modules[0]
    sound = Mutant(path, "", 0, "", (ROOT / path).read_text())
    if not survives(sound, target.tests):
        raise SystemExit(f"the tests of {name} fail without any mutant")
    for mutant in (each for path in target.modules for each in mutants(path)):
        if time.monotonic() > until:
            counts["not tried"] += 1
        elif mutant.key in EQUIVALENT:
            counts["explained"] += 1
        elif survives(mutant, target.tests):
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
        for mutant in examine(name, TARGETS[name], until, counts):
            print(f"{mutant.path}:{mutant.number}: {mutant.operator}: {mutant.line}", flush=True)
        print(f"{name}: {', '.join(f'{count} {word}' for word, count in counts.items())}", flush=True)
        survived += counts["survived"] + counts["not tried"]
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
