from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from diag.cli.help_format import fitted
from diag.cli.root import COMMANDS, root


def commands(name: str) -> Iterator[tuple[str, ...]]:
    """The words of a command, and of all that it has under it."""
    command = root.get_command(click.Context(root), name)
    yield (name,)
    if isinstance(command, click.Group):
        yield from ((name, child) for child in command.commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_80_columns_but_for_commands_to_copy(name: str) -> None:
    for words in commands(name):
        result = CliRunner().invoke(root, [*words, "--help"])
        assert result.exit_code == 0
        too_long = [line for line in result.output.splitlines() if len(line) > 80]
        assert [line for line in too_long if not line.startswith("    nukediag ")] == [], words


def test_the_help_of_all_commands_fits_80_columns() -> None:
    lines = CliRunner().invoke(root, ["--help"]).output.splitlines()
    assert [line for line in lines if len(line) > 80] == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("    nukediag a   short", ["    nukediag a   short"]),
        ("    nukediag a   one two three four", ["    nukediag a   one two three", "                 four"]),
        ("    nukediag a --long-flag with --many words  told", None),
        ("    nukediag a --long-flag-without-an-explanation", ["    nukediag a --long-flag-without-an-explanation"]),
        ("  Exit codes: 0 done and 3 not done", ["  Exit codes: 0 done and 3 not", "    done"]),
    ],
)
def test_a_long_line_keeps_commands_whole_and_columns_aligned(line: str, shown: list[str] | None) -> None:
    under = ["    nukediag a --long-flag with --many words", "        told"]
    assert fitted(line, 31).splitlines() == (shown or under)
