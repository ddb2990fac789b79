"""The sure way to try a mutant: imported in the place of its module, in a process of its own, before all tests run."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType
from typing import Any

from quality.mutant import ROOT, Mutant

_TIMEOUT = 120  # seconds; an endless loop counts as noticed
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


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
    import pytest

    signal.alarm(_TIMEOUT)
    be_quiet()
    sys.meta_path.insert(0, _Finder(mutant))
    try:
        return int(pytest.main([*OPTIONS, *tests]))
    except BaseException:
        return 1


def be_quiet() -> None:
    """What the tests print is nobody's affair; and the same mutant meets the same examples every time."""
    import hypothesis

    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    found = (hypothesis.Phase.explicit, hypothesis.Phase.generate)  # that it fails is enough: no smaller example
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True, max_examples=50, phases=found)
    hypothesis.settings.load_profile("mutants")
