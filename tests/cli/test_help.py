from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli.running import nukediag

from diag.catalogue import SIGNATURES
from diag.cli.help import TOPICS, topic_text
from diag.cli.root import COMMANDS, root
from diag.config.names import CONNECTION
from diag.config.settings import Settings
from diag.errors import ExitCode
from diag.report.reference import Page, Table, as_markdown, as_text
from diag.report.reference.exit_codes import MEANINGS
from diag.sandbox.scenarios import SCENARIOS


def _leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _leaves(child, f"{path} {name}")
    else:
        yield path, command


def _commands() -> list[tuple[str, click.Command]]:
    context = click.Context(root)
    found = [(name, root.get_command(context, name)) for name in COMMANDS]
    return [leaf for name, command in found if command for leaf in _leaves(command, name)]


def test_a_group_without_a_command_shows_its_help_and_a_document_names_the_fault(tmp_path: Path) -> None:
    shown, told = nukediag(tmp_path, "secrets"), nukediag(tmp_path, "secrets", NUKEDIAG_FORMAT="json")
    assert (shown.code, shown.out, shown.err.splitlines()[0]) == (
        2,
        "",
        "Usage: nukediag secrets [OPTIONS] COMMAND [ARGS]...",
    )
    assert (told.code, told.document["error"]["message"]) == (2, "nukediag secrets needs a command")


def test_an_option_before_its_command_is_sent_behind_it(tmp_path: Path) -> None:
    early, misspelt = nukediag(tmp_path, "--json", "preflight"), nukediag(tmp_path, "--versio")
    assert early.document["error"]["remedy"] == "options go behind the command: nukediag <command> --json"
    assert "Did you mean '--version'?" in misspelt.err


def test_every_command_shows_examples_before_its_options() -> None:
    without = []
    for path, command in _commands():
        text = command.get_help(click.Context(command, info_name=path))
        if not 0 < text.find("Examples:") < text.find("Options:"):
            without.append(path)
    assert without == []


def test_every_example_calls_nukediag_or_a_program_beside_it() -> None:
    lines = [line.strip() for _, command in _commands() for line in _examples(command.help or "")]
    assert len(lines) > 60
    assert {line.split()[0] for line in lines} <= {"nukediag", "curl", "source"}


def _examples(text: str) -> list[str]:
    block = text.partition("Examples:\n")[2].partition("\n\n")[0]
    # What stands far to the right on a line of its own explains the line above.
    return [line for line in block.splitlines() if line.strip() and not line.startswith(" " * 8)]


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)
    assert all(f"{int(code)} " in topic_text("exit-codes") for code in ExitCode)


def test_every_setting_is_explained() -> None:
    text = " ".join(topic_text("configuration").split())
    assert all(f"[{name}]" in text for name in Settings.model_fields)
    from diag.report.reference.configuration import page

    rows = [row for block in page().blocks if isinstance(block, Table) and len(block.head) == 3 for row in block.rows]
    assert [row[0] for row in rows if not row[2]] == []


def test_every_name_of_the_connection_is_listed() -> None:
    text = topic_text("environment")
    assert [known.names[0] for known in CONNECTION if known.names[0] not in text] == []


def test_every_signature_is_listed() -> None:
    text = topic_text("signatures")
    assert [one for one in SIGNATURES if one not in text] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_fit_a_terminal(topic: str) -> None:
    assert max(map(len, topic_text(topic).splitlines())) <= 80


def test_topics_are_listed_and_an_unknown_one_suggests_the_near(tmp_path: Path) -> None:
    listed = nukediag(tmp_path, "help")
    assert (listed.code, [name for name in TOPICS if name not in listed.out]) == (0, [])
    wrong = nukediag(tmp_path, "help", "exitcodes")
    assert (wrong.code, "nukediag help exit-codes" in wrong.err) == (2, True)


def test_help_of_a_command_is_its_own_help(tmp_path: Path) -> None:
    assert nukediag(tmp_path, "help", "verify").out == nukediag(tmp_path, "verify", "--help").out


def test_a_page_says_the_same_on_a_terminal_and_in_markdown() -> None:
    page = Page(
        "Codes", ("See [this](x.md).", Table(("name", "for"), (("`a`", "one | two"), ("`" + "b" * 30 + "`", ""))))
    )
    assert as_text(page) == f"Codes\n\nSee this.\n\n  a{' ' * 25}  one | two\n  {'b' * 30}"
    assert "| `a` | one \\| two |" in as_markdown(page)


def test_scenarios_in_examples_exist() -> None:
    text = "\n".join(command.help or "" for _, command in _commands())
    named = re.findall(r"--scenario (\S+)|sandbox scenario (\S+)", text)
    assert {one or other for one, other in named} - set(SCENARIOS) == set()
