"""``nukediag config show`` and ``nukediag config check``."""

from __future__ import annotations

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode

_EPILOG = """\b
Examples:
  nukediag config show                   what counts, where it came from, what it shadowed
  nukediag config show --json | jq '.settings[] | select(.warnings != [])'
  nukediag config check --strict         for CI: exit 2 for an error, 4 for a warning
"""


@click.group("config", epilog=_EPILOG, help="Show every setting, where it came from and what it shadowed.")
def command() -> None:
    """The group; its commands are below."""


@command.command()
@project_options
def show(session: Session) -> int:
    """Show every setting, its value (secrets masked), where it came from and what that shadowed."""
    from diag.report.config_document import config_document, entries_of

    configuration = session.configuration
    if session.format == "json":
        session.emit(config_document(configuration))
        return ExitCode.OK
    from diag.report.config_text import config_lines, config_table, warning_lines

    entries = entries_of(configuration)
    out = session.out
    out.print(config_table(entries) if out.is_terminal else config_lines(entries))
    for line in warning_lines([warning for entry in entries for warning in entry.warnings]):
        out.print(line)
    return ExitCode.OK


@command.command()
@project_options
@click.option("--strict", is_flag=True, help="Warnings count: exit 4 if there are any.")
def check(session: Session, strict: bool) -> int:
    """Check nukediag.toml, one's own signatures and the values found; exit 2 if a setting is wrong."""
    from diag.catalogue.own import compile_own
    from diag.report.config_document import config_document, entries_of
    from diag.report.config_text import warning_lines

    configuration = session.configuration
    compile_own([dict(entry) for entry in configuration.own_signatures])
    warnings = [warning for entry in entries_of(configuration) for warning in entry.warnings]
    code = ExitCode.DEGRADED if strict and warnings else ExitCode.OK
    if session.format == "json":
        session.emit(config_document(configuration).model_copy(update={"exit_code": int(code)}))
        return code
    for line in warning_lines(warnings):
        session.out.print(line)
    file = configuration.config_file
    session.out.print(f"{file.name if file else 'settings without a nukediag.toml'}: {_sum(len(warnings))}")
    return code


def _sum(warnings: int) -> str:
    return "ok" if not warnings else f"no error, {warnings} warning{'s' if warnings > 1 else ''}"
