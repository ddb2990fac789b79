from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from diag.cli.check_options import Duration, check_options, gate_options
from diag.cli.console import is_coloured
from diag.cli.formats import CHECKS, PLAIN, Format, Wanted, on_stdout
from diag.cli.options import Session, output_options
from diag.preflight.wishes import Wishes


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("500ms", 0.5), ("1.5m", 90), ("0", 0)]
)
def test_a_duration_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5 minutes", "-3", "5m!", "m5", "nan", "inf", "1e9"])
def test_what_is_no_duration_is_a_usage_error(text: str) -> None:
    with pytest.raises(click.BadParameter, match="no duration"):
        Duration().convert(text, None, None)


def heard(*words: str, formats: Sequence[Format] = CHECKS, **environ: str) -> tuple[int, list[object], str]:
    """Exit code, what the command was given, and what was printed."""
    given: list[object] = []

    @click.command()
    @check_options
    @lambda function: output_options(function, formats)
    def command(session: Session, wishes: Wishes) -> None:
        given.extend([session.format, session.wanted, wishes])

    from diag.cli.root import name_environment_variables

    name_environment_variables(command)
    result = CliRunner().invoke(command, list(words), env=environ)
    return result.exit_code, given, result.output


def test_names_come_repeated_or_with_commas() -> None:
    _, given, _ = heard("--only", "data, secrets", "--only", "call.test", "--skip", "a.b", "--wait", "5m")
    assert given[2] == Wishes(only=("data", "secrets", "call.test"), skip=("a.b",), wait=300)


def test_every_flag_can_be_set_by_the_environment() -> None:
    _, given, _ = heard(NUKEDIAG_ALLOW="a.b c.d", NUKEDIAG_WAIT="2s", NUKEDIAG_FORMAT="markdown")
    assert (given[0], given[2]) == ("markdown", Wishes(allow=("a.b", "c.d"), wait=2))


def test_several_formats_go_to_several_places(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    _, given, _ = heard("--format", "text", "--format", f"junit={file}")
    assert given[:2] == ["text", (Wanted("text"), Wanted("junit", file))]


def test_text_goes_to_stdout_where_all_formats_have_files(tmp_path: Path) -> None:
    assert heard("--format", f"junit={tmp_path}/out.xml")[1][0] == "text"


@pytest.mark.parametrize("text", ["github", "junit=out.xml", "text junit=out.xml", "json=x.json"])
def test_what_the_environment_asks_of_all_commands_is_no_fault_of_one_that_cannot(text: str) -> None:
    code, given, _ = heard(formats=PLAIN, NUKEDIAG_FORMAT=text)
    assert (code, given[0]) == (0, "text")


@pytest.mark.parametrize("text", ["junit", "junit=out.xml", "json=out.json", "nonsense"])
def test_what_the_command_line_asks_of_a_command_that_cannot_is_a_usage_error(text: str) -> None:
    assert heard("--format", text, formats=PLAIN)[0] == 2


@pytest.mark.parametrize("words", [("--format", "json", "--format", "github"), ("--json", "--format", "markdown")])
def test_two_formats_for_stdout_are_a_usage_error_that_says_what_to_do(words: tuple[str, ...]) -> None:
    code, _, output = heard(*words)
    assert code == 2
    assert "=FILE" in output


def test_the_json_flag_beats_the_environment() -> None:
    assert heard("--json", NUKEDIAG_FORMAT="text")[1][0] == "json"


def test_the_same_format_twice_is_no_contradiction() -> None:
    assert on_stdout((Wanted("json"), Wanted("json"))) == "json"


@pytest.mark.parametrize("file", ["/nowhere/out.xml", "", "/"])
def test_a_file_that_cannot_be_written_is_found_out_before_anything_is_spent(file: str) -> None:
    code, given, output = heard("--format", f"junit={file}")
    assert (code, given) == (2, [])
    assert "cannot write" in output


def test_leaving_checks_out_is_no_option_before_a_backfill() -> None:
    @click.command()
    @gate_options
    def command(wishes: Wishes) -> None:
        """Nothing."""

    assert {name for option in command.params for name in option.opts} == {"--allow", "--wait"}


@pytest.mark.parametrize(
    ("choice", "environ", "terminal", "coloured"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "dumb", "CLICOLOR_FORCE": "1"}, True, True),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"CLICOLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"CLICOLOR_FORCE": "1"}, True, False),
    ],
)
def test_colour_follows_the_conventions(
    choice: str, environ: Mapping[str, str], terminal: bool, coloured: bool
) -> None:
    assert is_coloured(choice, environ, terminal=terminal) is coloured  # type: ignore[arg-type]
