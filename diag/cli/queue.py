"""``nukediag queue install``, ``status`` and ``remove``: the shared queue in the project's own database."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode, SettingsError

if TYPE_CHECKING:
    from diag.fleet.direct import Direct
    from diag.fleet.install import Database, Step
    from diag.fleet.queue import Functions
    from diag.fleet.state import FleetState
    from diag.project import Project
    from diag.report.queue_document import QueueAction

_EPILOG = """\b
Examples:
  nukediag queue install                 show the SQL; nothing is changed without --yes
  nukediag queue install --print > supabase/migrations/20260101000000_nukediag_queue.sql
  nukediag queue install --yes           run it
  nukediag queue status                  queues, depth, workers, rate, breaker
  nukediag queue remove --yes            take all of it away, messages included

\b
The SQL runs over the Management API (access token and ref) or, with --direct, over DATABASE_URL.
Exit codes: 0 done · 2 no way to the database · 3 not installed, or refused · 5 cannot be told
"""
_PRINT = click.option("--print", "only_print", is_flag=True, help="Print the SQL and do nothing else.")
_YES = click.option("--yes", is_flag=True, help="Run it.")
_DIRECT = click.option("--direct", is_flag=True, help="Over DATABASE_URL instead of the APIs.")


@click.group("queue", epilog=_EPILOG, help="A queue in the project's own database, for many workers.")
def command() -> None:
    """The group; its commands are below."""


@command.command(epilog=_EPILOG)
@_PRINT
@_YES
@_DIRECT
@project_options
def install(session: Session, *, only_print: bool, yes: bool, direct: bool) -> int:
    """Show the SQL that makes the shared queue, and run it if that is agreed to."""
    return _change(session, "install", only_print=only_print, yes=yes, direct=direct)


@command.command(epilog=_EPILOG)
@_PRINT
@_YES
@_DIRECT
@project_options
def remove(session: Session, *, only_print: bool, yes: bool, direct: bool) -> int:
    """Show the SQL that takes the shared queue away, messages included, and run it if that is agreed to."""
    return _change(session, "remove", only_print=only_print, yes=yes, direct=direct)


@command.command(epilog=_EPILOG)
@click.argument("name", required=False)
@_DIRECT
@project_options
def status(session: Session, *, name: str | None, direct: bool) -> int:
    """Queues, their depth, workers, rate and breaker; of one queue with its NAME."""
    state = asyncio.run(_status(session, name, direct=direct))
    missing = state is None or (name is not None and not state.queues)
    code = ExitCode.UNHEALTHY if missing else ExitCode.OK
    if session.format == "json":
        return _emit(session, "status", state, code)
    if state is not None and missing:
        session.out.print(f"there is no queue {name}: nukediag queue status shows all")
    else:
        _overview(session, state)
    return code


async def _status(session: Session, name: str | None, *, direct: bool) -> FleetState | None:
    from diag.fleet.install import installed

    async with _open(session, direct=direct) as ways:
        if ways.functions is None:
            session.configuration.require("url", "service_key")
        assert ways.functions is not None  # its settings are there: required above
        return await installed(ways.functions, name)


def _change(session: Session, step: Step, *, only_print: bool, yes: bool, direct: bool) -> int:
    from diag.fleet.install import script

    if only_print:
        click.echo(script(step), nl=False)
        return ExitCode.OK
    return asyncio.run(_run(session, step, yes=yes, direct=direct))


async def _run(session: Session, step: Step, *, yes: bool, direct: bool) -> int:
    from diag.fleet.install import installed, run, script

    if session.format == "text" and session.verbosity >= 0:
        session.out.print(script(step))
    async with _open(session, direct=direct) as ways:
        functions = ways.functions
        state = await installed(functions) if functions else None
        if session.format == "text" and step == "remove" and functions:
            _overview(session, state)
        applied = yes or _agreed(session, step)
        if applied:
            state = await run(step, ways.database, functions)
    return _tell(session, step, state, looked=functions is not None, applied=applied)


def _agreed(session: Session, step: Step) -> bool:
    """Ask where somebody can be asked."""
    if session.format == "json" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(f"Run this SQL ({step}) in {session.configuration.url or 'the database'}?", err=True)


def _tell(session: Session, step: Step, state: FleetState | None, *, looked: bool, applied: bool) -> int:
    from diag.fleet.install import script

    code = ExitCode.OK if looked or not applied else ExitCode.CANNOT_VOUCH
    if session.format == "json":
        return _emit(session, step, state, code, looked=looked, sql=script(step), applied=applied)
    if not applied:
        session.out.print("nothing was changed: add --yes to run this SQL")
    elif not looked:
        session.out.print("the SQL ran; without a service key it cannot be seen whether the data API knows of it")
    elif step == "install":
        _overview(session, state)
    else:
        session.out.print("the shared queue is gone; pgmq and other queues are as they were")
    return code


def _overview(session: Session, state: FleetState | None) -> None:
    from diag.report.queue_text import overview
    from diag.report.terminal import Paper

    for line in overview(state, Paper.of(session.out)):
        session.out.print(line)


@dataclass(frozen=True)
class _Ways:
    """How the database is reached: its functions over the data API (None without a service key) or directly."""

    project: Project
    direct: Direct | None

    @property
    def functions(self) -> Functions | None:
        """What answers for the queue."""
        configuration = self.project.configuration
        if self.direct is not None:
            return self.direct
        return self.project.data if configuration.url and configuration.service_key else None

    @property
    def database(self) -> Database:
        """What runs SQL."""
        found = self.direct or self.project.management
        if found is None:
            text = "there is no way to run SQL in this project's database"
            remedy = (
                "Set SUPABASE_ACCESS_TOKEN and the project's ref, or DATABASE_URL and --direct; or put the output "
                "of --print into the dashboard's SQL editor."
            )
            raise SettingsError(text, remedy)
        return found


@asynccontextmanager
async def _open(session: Session, *, direct: bool) -> AsyncIterator[_Ways]:
    from diag.fleet.direct import Direct
    from diag.project import Project

    configuration = session.configuration
    if direct:
        configuration.require("database_url")
    async with Project(configuration) as project:
        connection = Direct(configuration.database_url) if direct and configuration.database_url else None
        try:
            yield _Ways(project, connection)
        finally:
            if connection is not None:
                await connection.aclose()


def _emit(
    session: Session,
    action: QueueAction,
    state: FleetState | None,
    code: ExitCode,
    *,
    looked: bool = True,
    sql: str | None = None,
    applied: bool = False,
) -> int:
    from diag.report.queue_document import queue_document

    configuration = session.configuration
    session.emit(queue_document(action, configuration, state, int(code), looked=looked, sql=sql, applied=applied))
    return code
