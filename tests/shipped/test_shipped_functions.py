"""The shipped edge functions: Deno's own formatter, linter, type checker and test runner, and what nukediag reads."""

from __future__ import annotations

import json
import re

import pytest

from diag.catalogue import classify
from diag.diagnosis import Answer
from diag.secret import Secret
from tests.shipped.conftest import SHIPPED, TESTS, Deno, entries

LOOPBACK = ("--allow-net=127.0.0.1", "--allow-env", "--cached-only")
BOTH = (str(SHIPPED), str(TESTS))


@pytest.mark.parametrize("command", [("fmt", "--check"), ("lint",), ("check",)], ids=" ".join)
def test_deno_finds_nothing_to_complain_about(deno: Deno, command: tuple[str, ...]) -> None:
    run = deno(*command, *BOTH)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_functions_own_tests_pass(deno: Deno) -> None:
    run = deno("test", *LOOPBACK, str(TESTS))
    assert run.returncode == 0, run.stdout + run.stderr
    told = re.search(r"ok \| (\d+) passed \| 0 failed", run.stdout)
    assert told, run.stdout[-2000:]
    assert int(told[1]) > 0


def test_nukediag_reads_the_cause_out_of_every_answer(deno: Deno) -> None:
    run = deno("run", *LOOPBACK, str(TESTS / "answers.ts"))
    assert run.returncode == 0, run.stderr
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) >= 30
    for answer in answers:
        found = classify(
            Answer(answer["status"], dict(answer["headers"]), answer["body"]), requires=("tags", "appraisal")
        )
        assert found.signature == answer["signature"], answer["body"]


def test_the_probe_and_nukediag_mean_the_same_by_a_fingerprint(deno: Deno) -> None:
    value = 'sk-proj-äö"\n'
    script = f'import {{ presence }} from "{SHIPPED}/functions/nukediag-probe/presence.ts"; '
    script += f'console.log(presence("X", {json.dumps(value)}).fingerprint);'
    run = deno("eval", script)
    assert run.stdout.strip() == Secret(value).fingerprint, run.stderr


def test_every_package_is_pinned_and_no_host_is_named() -> None:
    sources = [path.read_text() for path in SHIPPED.rglob("*.ts")]
    packages = {name for text in sources for name in re.findall(r'"(npm:[^"]+)"', text)}
    assert packages
    assert all(re.fullmatch(r"npm:(@[a-z-]+/)?[a-z0-9-]+@\d+\.\d+\.\d+", name) for name in packages), packages
    lock = (SHIPPED / "deno.lock").read_text()
    assert set(json.loads(lock)["specifiers"]) == packages
    assert "://" not in lock


def test_the_functions_stand_where_the_platform_looks_for_them() -> None:
    assert [path.parent.name for path in entries()] == ["analyze-image-simple", "nukediag-probe"]
