"""A mutant lives in a process of its own, in the place of the real module, and is noticed or survives."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quality import mutant
from quality.equivalent import EQUIVALENT
from quality.in_place import function_around
from quality.targets import PRELOADED, TARGETS

PATH = "diag/gate/wilson.py"


LINE = "return 0.0, 1.0"
LOOK = """
import sys
from quality import fresh, mutant
fresh._TIMEOUT = 10
path, line, instead, *tests = sys.argv[1:]
source = (mutant.ROOT / path).read_text()
assert line in source
print(fresh.survives(mutant.Mutant(path, "", 1, instead, source.replace(line, instead)), tests))
"""


@pytest.mark.parametrize(
    ("instead", "survives"),
    [(LINE, "True"), ("return 0.0, 2.0", "False"), ("return 0.0, (", "False"), ("while True: pass", "False")],
)
def test_no_wrong_survives_and_what_is_right_does(tmp_path, instead, survives):
    file = tmp_path / "test_it.py"
    file.write_text(GOOD)
    command = [sys.executable, "-c", LOOK, PATH, LINE, instead, str(file), "--noconftest"]
    said = subprocess.run(command, cwd=mutant.ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == survives


AT_ONCE = """
import sys, time
from quality import in_place, mutant
in_place._PATIENCE = 1.0
path, tests, *pairs = sys.argv[1:]
source = (mutant.ROOT / path).read_text()
wrongs = [
    mutant.Mutant(path, "", source[: source.index(line)].count(chr(10)) + 1, instead, source.replace(line, instead))
    for line, instead in zip(pairs[::2], pairs[1::2], strict=True)
]
print(*in_place.findings(wrongs, [tests, "--noconftest"], time.monotonic() + 60))
"""
GOOD = "from diag.gate.wilson import wilson\ndef test_it():\n    assert wilson(0, 0) == (0.0, 1.0)\n"
BAD = "def test_it():\n    assert not 1\n"


def in_place(tmp_path, test, *pairs):
    (tmp_path / "test_it.py").write_text(test)
    command = [sys.executable, "-c", AT_ONCE, PATH, str(tmp_path / "test_it.py"), *pairs]
    return subprocess.run(command, cwd=mutant.ROOT, capture_output=True, text=True, check=False)


def test_in_place_the_same_is_found_and_what_importing_runs_is_left_for_elsewhere(tmp_path):
    wrongs = [LINE, "return 0.0, 2.0", "return 0.0, (", "while True: pass"]
    pairs = [text for wrong in wrongs for text in (LINE, wrong)]
    said = in_place(tmp_path, GOOD, *pairs, "Z_90 = 1.6449", "Z_90 = 1.0")
    assert said.stdout.split() == ["survived", "noticed", "noticed", "noticed", "elsewhere"]


def test_tests_that_fail_without_a_mutant_are_said_to(tmp_path):
    said = in_place(tmp_path, BAD, LINE, LINE)
    assert said.returncode != 0
    assert "fail without any mutant" in said.stderr


NESTED = """
CONSTANT = 1
class Some:
    field: int = 2
    @property
    def method(self):
        def inner():
            return 3
        return inner()
"""


@pytest.mark.parametrize(("number", "body"), [(2, None), (4, None), (5, None), (6, None), (8, range(7, 10))])
def test_what_stands_in_the_body_of_a_function_is_in_place_and_nothing_else(number, body):
    assert function_around(NESTED, number) == body


def test_mutants_differ_in_one_line_and_name_it():
    source = (mutant.ROOT / PATH).read_text().splitlines()
    found = list(mutant.mutants(PATH))
    assert len(found) > 10
    for wrong in found:
        pairs = enumerate(zip(source, wrong.source.splitlines(), strict=True), 1)
        changed = [number for number, (old, new) in pairs if old != new]
        assert changed == [wrong.number]


def test_every_explanation_is_of_a_mutant_that_exists():
    paths = {path for path, _ in EQUIVALENT}
    there = {wrong.key for path in paths for wrong in mutant.mutants(path)}
    assert set(EQUIVALENT) - there == set()


def test_every_target_exists_and_nothing_of_ours_is_loaded_beforehand():
    files = [file for target in TARGETS.values() for file in (*target.modules, *target.tests)]
    missing = [file for file in files if "/" in file and not (mutant.ROOT / file).exists()]
    assert missing == []
    assert not [module for module in PRELOADED if module.startswith("diag")]
