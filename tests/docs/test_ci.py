from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from diag.cli.root import root

PAGE = (Path(__file__).resolve().parents[2] / "docs/ci.md").read_text()
WORKFLOWS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def steps(text: str) -> list[dict[str, Any]]:
    """The steps of all jobs of a workflow."""
    return [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]


def options_of(name: str) -> set[str]:
    """All spellings of all options of a command."""
    command = root.get_command(click.Context(root), name)
    assert command is not None
    return {word for option in command.params for word in option.opts}


@pytest.mark.parametrize("text", WORKFLOWS, ids=lambda text: text.splitlines()[0])
def test_a_workflow_is_yaml_of_the_shape_that_github_wants(text: str) -> None:
    workflow = yaml.safe_load(text)
    assert {"name", "jobs"} <= set(workflow)
    assert workflow[True]  # YAML 1.1 reads "on" as a truth
    assert all(("run" in step) != ("uses" in step) for step in steps(text))


@pytest.mark.parametrize("text", WORKFLOWS, ids=lambda text: text.splitlines()[0])
def test_a_workflow_calls_only_commands_and_flags_that_there_are(text: str) -> None:
    called = [shlex.split(step["run"]) for step in steps(text) if step.get("run", "").startswith("nukediag")]
    assert called
    for _, name, *words in called:
        words = words[: words.index("||")] if "||" in words else words
        assert {word for word in words if word.startswith("-")} <= options_of(name)


def test_the_gate_stands_before_what_it_guards() -> None:
    names = [step.get("run", "") for step in steps(WORKFLOWS[0])]
    gate = next(n for n, run in enumerate(names) if run.startswith("nukediag preflight"))
    guarded = next(n for n, run in enumerate(names) if run.startswith("nukediag backfill"))
    assert gate < guarded
    assert "--no-call" not in names[gate]


@pytest.mark.parametrize("name", ["preflight"])
def test_every_flag_that_the_page_explains_is_one(name: str) -> None:
    flags = set(re.findall(r"^\| `(--[a-z-]+)", PAGE, re.MULTILINE))
    assert len(flags) == 7
    assert flags <= options_of(name)
