"""The examples in ``deploy/`` are read by a machine and use options that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import yaml

from diag.cli.backfill import command as backfill
from diag.cli.worker import command as worker
from diag.errors import ExitCode

FOLDER = Path(__file__).resolve().parents[2] / "deploy"
FILES = sorted(path for path in FOLDER.iterdir() if path.is_file())
FOREIGN = {"--no-cache-dir", "--system", "--uid", "--home-dir", "--time", "--from-literal", "--now", "--signal",
           "--preserve-status", "--kill-after", "--interval", "--timeout",
           "--require-hashes", "--no-deps", "--from"}  # fmt: skip


def options_of(*commands: click.Command) -> set[str]:
    return {name for command in commands for one in command.params for name in one.opts}


def test_there_is_an_example_for_each_way() -> None:
    assert {path.name for path in FILES} >= {
        "Containerfile", "nukediag-worker@.service", "kubernetes.yaml", "github-actions.yml",
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_option_in_an_example_exists(path: Path) -> None:
    used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", path.read_text())) - FOREIGN
    assert used <= options_of(worker, backfill)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix in (".yaml", ".yml")], ids=lambda path: path.name
)
def test_yaml_examples_can_be_read(path: Path) -> None:
    documents = list(yaml.safe_load_all(path.read_text()))
    assert all(isinstance(document, dict) for document in documents)


def test_whoever_stops_a_worker_waits_longer_than_a_call_may_last() -> None:
    [_, deployment] = yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text())
    unit = (FOLDER / "nukediag-worker@.service").read_text()
    assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 155
    assert int(re.findall(r"TimeoutStopSec=(\d+)", unit)[0]) > 155


def test_every_pod_is_without_rights_and_writes_to_its_state_folder_alone() -> None:
    for document in yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text()):
        pod = document["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert (rights["runAsNonRoot"], rights["readOnlyRootFilesystem"]) == (True, True)
            assert (rights["allowPrivilegeEscalation"], rights["capabilities"]) == (False, {"drop": ["ALL"]})
            assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/state"]


def test_nothing_gets_into_an_image_but_what_is_installed() -> None:
    text = (FOLDER / "Containerfile").read_text()
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE)]
    assert {name for names in copied for name in names} == {
        "requirements/core.txt", "pyproject.toml", "setup.cfg", "setup.py", "README.md", "LICENSE", "diag",
    }  # fmt: skip
    assert "--require-hashes" in text


def test_an_exit_that_a_new_start_cannot_mend_is_not_started_again() -> None:
    unit = (FOLDER / "nukediag-worker@.service").read_text()
    final = {int(code) for code in re.findall(r"RestartPreventExitStatus=(.*)", unit)[0].split()}
    assert final == {ExitCode.USAGE, ExitCode.STOPPED}
    assert re.findall(r"SuccessExitStatus=(\d+)", unit) == [str(int(ExitCode.INTERRUPTED))]
