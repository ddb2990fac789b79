"""``nukediag status``: pending and done, and how the backfill is getting on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from diag.backfill.standing import Standing
    from diag.fleet.state import QueueState
    from diag.project import Project

_EPILOG = """\b
Examples:
  nukediag status                 how many rows are pending and done, and how the last run ended
  nukediag status --watch         the same, kept on the screen (Ctrl-C leaves; the backfill goes on)
  nukediag status --json | jq .pending

\b
Exit codes: 0 · 5 database or journal could not be read, or this key sees no row · 130 --watch was left with Ctrl-C
"""
Seen: TypeAlias = "tuple[Standing, tuple[QueueState, ...]]"
Show: TypeAlias = "Callable[[Seen, float], None]"


@click.command(epilog=_EPILOG)
@click.option("--watch", is_flag=True, help="Look again and again until Ctrl-C.")
@click.option("--interval", type=click.FloatRange(min=0.5), default=3.0, metavar="SECONDS", help="With --watch (3).")
@project_options
def command(session: Session, *, watch: bool, interval: float) -> int:
    """Say how many rows are pending and done, and how a backfill stands that is running in this or another process:
    rate, estimated end, success rate, what failed. Reads the database and the journal, and disturbs neither."""
    if watch and session.format != "text":
        raise UsageError("--watch shows text: a JSON document has one end", "leave out --watch, or call it repeatedly")
    session.configuration.require("url", "service_key")
    if not watch:
        return _once(session)
    try:
        return asyncio.run(_watch(session, interval))
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _once(session: Session) -> int:
    from diag.report.status_document import exit_code, status_document
    from diag.report.status_text import render
    from diag.report.terminal import Paper

    standing, queues = asyncio.run(_look(session))
    now = time.time()
    if session.format == "json":
        session.emit(status_document(standing, now, queues))
    else:
        session.out.print(render(standing, Paper.of(session.out), now, session.verbosity, queues))
    return exit_code(standing)


async def _look(session: Session) -> Seen:
    from diag.cli.waiting import waiting
    from diag.project import Project

    async with Project(session.configuration) as project:
        with waiting(session.log, "asking the database"):
            return await _seen(project, session)


async def _seen(project: Project, session: Session) -> Seen:
    from diag.backfill.standing import look
    from diag.fleet.check import queues_of

    settings = session.configuration.settings
    standing, queues = await asyncio.gather(look(project, settings, time.time()), queues_of(project, settings))
    return standing, queues


async def _watch(session: Session, interval: float) -> int:
    from diag.project import Project

    async with Project(session.configuration) as project:
        with _screen(session) as show:
            while True:
                now = time.time()
                show(await _seen(project, session), now)
                await asyncio.sleep(interval)


@contextmanager
def _screen(session: Session) -> Iterator[Show]:
    """On a terminal the same place again and again; elsewhere a line with the time each."""
    from diag.report.status_text import render
    from diag.report.terminal import Paper

    out, paper = session.out, Paper.of(session.out)
    if not out.is_terminal:
        yield lambda seen, now: out.print(
            f"{datetime.fromtimestamp(now, UTC):%H:%M:%SZ} {render(seen[0], paper, now, -1).plain}"
        )
        return
    from rich.live import Live

    with Live(console=out, auto_refresh=False) as live:
        yield lambda seen, now: live.update(render(seen[0], paper, now, session.verbosity, seen[1]), refresh=True)
