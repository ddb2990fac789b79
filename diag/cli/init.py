"""``nukediag init``: a commented nukediag.toml from what is found."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode, UsageError
from diag.secret import redact

if TYPE_CHECKING:
    from diag.config import Configuration
    from diag.discovery import Choice, Proposal, Sight

_EXAMPLES = """\b
Examples:
  nukediag init                              look around, ask where unsure, write nukediag.toml
  nukediag init --yes                        the same without a question: guesses are marked "# check"
  nukediag init --stdout --function embed    show what would be written, for that function
  nukediag init --table documents --force    for that table; write over an earlier file

\b
Looks at supabase/ (functions, config.toml, migrations), the env files and, where the project can be reached, at its
tables and the names of its secrets. Changes nothing but the one file.
"""
_QUESTIONS = {
    "function.name": "Which function is called once per row?",
    "table.name": "Which table has a row for each call?",
    "table.marker": "Which column says that a row is done (null: not yet)?",
}


@click.command(epilog=_EXAMPLES)
@click.option("--yes", is_flag=True, help="Ask nothing; take the best guess.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("nukediag.toml"),
              show_default=True, help="Where to write.")  # fmt: skip
@click.option("--stdout", "to_stdout", is_flag=True, help="Write to standard output, and no file.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@click.option("--table", metavar="NAME", help="The table whose rows are the work.")
@click.option("--marker", metavar="COLUMN", help="The column that says that a row is done.")
@project_options
def command(
    session: Session, *, yes: bool, output: Path, to_stdout: bool, force: bool, table: str | None, marker: str | None
) -> int:
    """Write a commented nukediag.toml from what is found: functions, secrets, tables."""
    from diag.cli.waiting import waiting
    from diag.discovery import look, render

    if output.exists() and not (force or to_stdout):
        raise UsageError(f"{output} exists", "nukediag init --force writes over it; --stdout only shows")
    configuration = session.configuration
    with waiting(session.log, "looking at the project"):
        sight = asyncio.run(look(configuration))
    function = session.flags.get("function")
    said = {"function": str(function) if function else None, "table": table, "marker": marker}
    may_ask = not yes and session.format == "text" and sys.stdin.isatty() and sys.stderr.isatty()
    proposal = _settled(sight, said, may_ask=may_ask)
    text = redact(render(proposal, _project_section(configuration)))
    _try_out(text)
    if not to_stdout:
        _write(output, text)
    _tell(session, proposal, text, None if to_stdout else output)
    return ExitCode.OK


def _settled(sight: Sight, said: dict[str, str | None], *, may_ask: bool) -> Proposal:
    """The proposal, with what somebody at the terminal chose where it was unsure."""
    from diag.discovery import propose

    proposal = propose(sight, **said)
    if not may_ask:
        return proposal
    for key, part in (("function.name", "function"), ("table.name", "table"), ("table.marker", "marker")):
        choice = proposal.choice(key)
        if not choice.sure and said[part] is None:
            said[part] = _ask(choice)
            proposal = propose(sight, **said)
    return proposal


def _ask(choice: Choice) -> str:
    if choice.others:
        click.echo(f"({', '.join(choice.others)})", err=True)
    return str(click.prompt(_QUESTIONS[choice.key], default=choice.value, err=True))


def _project_section(configuration: Configuration) -> dict[str, str]:
    """What an earlier file said of the connection: it is kept."""
    from diag.config.names import CONNECTION

    kept = {}
    for known in CONNECTION:
        entry = configuration.entry(known.key)
        stood_there = entry is not None and entry.place.file == configuration.config_file is not None
        if known.in_file and entry and entry.shown and stood_there:
            kept[known.in_file] = entry.shown
    return kept


def _try_out(text: str) -> None:
    """Read it back as every other command will: what cannot be read is not written."""
    from diag.config import load

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nukediag.toml"
        path.write_text(text, encoding="utf-8")
        load(environ={}, folder=Path(folder), config_file=path)


def _write(output: Path, text: str) -> None:
    fresh = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(output)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}", "choose another place with --output"
        ) from error


def _tell(session: Session, proposal: Proposal, text: str, file: Path | None) -> None:
    if session.format == "json":
        from diag.report.init_document import ChoiceModel, InitDocument

        choices = [
            ChoiceModel(key=one.key, value=one.value, because=one.because, sure=one.sure, others=list(one.others))
            for one in proposal.choices
        ]
        shown = None if file is None else str(file)
        session.emit(InitDocument(exit_code=0, file=shown, text=text, choices=choices, unknown=[*proposal.unknown]))
        return
    if file is None:
        click.echo(text, nl=False)
    else:
        session.out.print(_summary(proposal, file))
    if session.verbosity >= 0:
        for line in _to_check(proposal):
            session.log.print(redact(line))


def _summary(proposal: Proposal, file: Path) -> str:
    name, table = proposal.choice("function.name").value, proposal.choice("table.name").value
    return f"{file}: {name}, once for each row of {table} whose {proposal.choice('table.marker').value} is null"


def _to_check(proposal: Proposal) -> list[str]:
    lines = [f"could not be looked at: {one}" for one in proposal.unknown]
    lines += [f"please check {one.key} = {one.value!r}: {one.because}" for one in proposal.unsure]
    return [*lines, "next: nukediag preflight"]
