"""A mutant lives in a process of its own, in the place of the real module, and is noticed or survives."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quality import mutants
from quality.equivalent import EQUIVALENT
from quality.targets import PRELOADED, TARGETS

PATH = "diag/gate/wilson.py"


LINE = "return 0.0, 1.0"
LOOK = """
import sys
from quality import mutants
mutants._TIMEOUT = 10
path, line, instead, *tests = sys.argv[1:]
source = (mutants.ROOT / path).read_text()
assert line in source
print(mutants.survives(mutants.Mutant(path, "", 1, instead, source.replace(line, instead)), tests))
"""


@pytest.mark.parametrize(
    ("instead", "survives"),
    [(LINE, "True"), ("return 0.0, 2.0", "False"), ("return 0.0, (", "False"), ("while True: pass", "False")],
)
def test_no_wrong_survives_and_what_is_right_does(tmp_path, instead, survives):
    file = tmp_path / "test_it.py"
    file.write_text("from diag.gate.wilson import wilson\ndef test_it():\n    assert wilson(0, 0) == (0.0, 1.0)\n")
    command = [sys.executable, "-c", LOOK, PATH, LINE, instead, str(file), "--noconftest"]
    said = subprocess.run(command, cwd=mutants.ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == survives


def test_mutants_differ_in_one_line_and_name_it():
    source = (mutants.ROOT / PATH).read_text().splitlines()
    found = list(mutants.mutants(PATH))
    assert len(found) > 10
    for mutant in found:
        pairs = enumerate(zip(source, mutant.source.splitlines(), strict=True), 1)
        changed = [number for number, (old, new) in pairs if old != new]
        assert changed == [mutant.number]


def test_every_explanation_is_of_a_mutant_that_exists():
    paths = {path for path, _ in EQUIVALENT}
    there = {mutant.key for path in paths for mutant in mutants.mutants(path)}
    assert set(EQUIVALENT) - there == set()


def test_every_target_exists_and_nothing_of_ours_is_loaded_beforehand():
    files = [file for target in TARGETS.values() for file in (*target.modules, *target.tests)]
    missing = [file for file in files if "/" in file and not (mutants.ROOT / file).exists()]
    assert missing == []
    assert not [module for module in PRELOADED if module.startswith("diag")]
