"""The quick way to try mutants: the tests are collected once, and a mutant is put into the functions that are there.

Each mutant has a process of its own, forked once pytest knows its tests, in which the mutated function has the
mutant's code; only the tests that enter that function are run, those that reach the very line first. What runs
while modules are imported (constants, defaults, what is built from them) cannot be tried so.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import CodeType, FunctionType
from typing import Any

from quality.fresh import OPTIONS, be_quiet
from quality.mutant import ROOT, Mutant

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_PATIENCE = 8.0  # seconds beyond ten times what a test takes: an endless loop counts as noticed


class Finding(StrEnum):
    """``elsewhere``: it cannot be tried in place."""

    NOTICED = "noticed"
    SURVIVED = "survived"
    ELSEWHERE = "elsewhere"


@dataclass
class Reach:
    """Which tests (by number) execute a line of a file, how many seconds each takes, and what importing executes."""

    tests: dict[str, dict[int, list[int]]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    imported: dict[str, set[int]] = field(default_factory=dict)

    def order(self, mutant: Mutant, lines: range) -> list[int]:
        """The tests that enter these lines, the likeliest to notice and the quickest first."""
        by_line = self.tests.get(mutant.path, {})
        near = set(by_line.get(mutant.number, ()))
        entering = {test for line in lines for test in by_line.get(line, ())}
        return sorted(entering, key=lambda test: (test not in near, self.seconds[test]))


def function_around(source: str, number: int) -> range | None:
    """The lines of the body of the outermost function around a line; None where it stands in none."""
    tree = ast.parse(source)
    nested = [each for scope in ast.walk(tree) if isinstance(scope, ast.Module | ast.ClassDef) for each in scope.body]
    for function in (each for each in nested if isinstance(each, _Function)):
        body = range(function.body[0].lineno, (function.end_lineno or 0) + 1)
        if number in body:
            return body
    return None


def put_in_place(mutant: Mutant) -> None:
    """Give every named function of the mutant's file that lives in this process the mutant's code. What is defined
    within functions comes from their code; a lambda outside of all functions cannot be the mutant."""
    file = str(ROOT / mutant.path)
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compile(mutant.source, file, "exec"))}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == file and "<" not in each.__qualname__:
            each.__code__ = codes[each.__code__.co_qualname, each.__code__.co_firstlineno]


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def findings(mutants: Sequence[Mutant], tests: Sequence[str], until: float) -> list[Finding]:
    """What came of each mutant, as far as the time reached (``until``, monotonic)."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os._exit(_tell_all(mutants, tests, until, writing))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        found = [Finding(line.strip()) for line in pipe]
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit("the tests fail without any mutant, or cannot be collected")
    return found


def _tell_all(mutants: Sequence[Mutant], tests: Sequence[str], until: float, pipe: int) -> int:
    import pytest

    be_quiet()
    trial = Trial(mutants, until, lambda finding: os.write(pipe, f"{finding}\n".encode()))
    with tempfile.TemporaryDirectory() as folder:
        return int(pytest.main([*OPTIONS, f"--basetemp={folder}/tests", *tests], plugins=[trial]))


class Trial:
    """Plugs into pytest: instead of running the tests once, tries each mutant on them, and tells what came of it."""

    def __init__(self, mutants: Sequence[Mutant], until: float, tell: Callable[[Finding], object]) -> None:
        self._mutants, self._until, self._tell = mutants, until, tell
        self._paths = sorted({mutant.path for mutant in mutants})
        self._reach = Reach()
        self._coverage = self._measuring()

    def _measuring(self) -> Any:
        import coverage

        measuring = coverage.Coverage(data_file=None, include=[str(ROOT / path) for path in self._paths])
        measuring.start()
        return measuring

    def _lines(self) -> dict[str, dict[int, list[str]]]:
        self._coverage.stop()
        data = self._coverage.get_data()
        return {path: data.contexts_by_lineno(str(ROOT / path)) for path in self._paths}

    def pytest_runtestloop(self, session: Any) -> bool:
        """Called by pytest once it has collected."""
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected")
        self._reach.imported = {path: set(lines) for path, lines in self._lines().items()}
        self._measure(session.items)
        for mutant in self._mutants:
            if time.monotonic() > self._until:
                break
            self._tell(self._tried(mutant, session.items))
        return True

    def _measure(self, items: Sequence[Any]) -> None:
        """In a process of its own too, so that the tests leave nothing behind here."""
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            with os.fdopen(writing, "w") as pipe:
                json.dump(self._measured(items), pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            told = json.load(pipe)
        os.waitpid(child, 0)
        if told["failed"]:
            raise RuntimeError(f"these tests fail without any mutant: {told['failed']}")
        self._reach.seconds = told["seconds"]
        self._reach.tests = {
            path: {int(line): [int(test) for test in tests if test] for line, tests in lines.items()}
            for path, lines in told["lines"].items()
        }

    def _measured(self, items: Sequence[Any]) -> dict[str, Any]:
        self._coverage = self._measuring()
        seconds, failed = [], []
        for number, item in enumerate(items):
            self._coverage.switch_context(str(number))
            began = time.monotonic()
            if not _passes(item, items[number + 1] if number + 1 < len(items) else None):
                failed.append(item.nodeid)
            seconds.append(time.monotonic() - began)
        return {"lines": self._lines(), "seconds": seconds, "failed": failed}

    def _tried(self, mutant: Mutant, items: Sequence[Any]) -> Finding:
        body = function_around((ROOT / mutant.path).read_text(), mutant.number)
        if body is None or self._reach.imported[mutant.path].intersection(body):
            return Finding.ELSEWHERE
        order = self._reach.order(mutant, body)
        return _forked(mutant, [items[test] for test in order], [self._reach.seconds[test] for test in order])


def _forked(mutant: Mutant, items: Sequence[Any], seconds: Sequence[float]) -> Finding:
    if (child := os.fork()) == 0:
        try:
            put_in_place(mutant)
            good = all(
                _passes(item, following, _PATIENCE + 10 * usual)
                for item, following, usual in zip(items, [*items[1:], None], seconds, strict=False)
            )
        except BaseException:
            good = False
        os._exit(0 if good else 1)
    _, status = os.waitpid(child, 0)
    return Finding.SURVIVED if status == 0 else Finding.NOTICED


def _passes(item: Any, following: Any, patience: float = 0.0) -> bool:
    """``patience``: seconds after which the process dies of it; 0: none."""
    from _pytest.runner import runtestprotocol

    signal.setitimer(signal.ITIMER_REAL, patience)
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))
