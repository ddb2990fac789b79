"""``nukediag status``: pending and done, and how the backfill is getting on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from diag.backfill.standing import Standing, look
from diag.cli.options import Session, project_options
from diag.cli.waiting import waiting
from diag.errors import ExitCode, UsageError
from diag.project import Project
from diag.report.status_document import exit_code, status_document
from diag.report.status_text import render
from diag.report.terminal import Paper

_EPILOG = """\b
Examples:
  nukediag status                 how many rows are pending and done, and how the last run ended
  nukediag status --watch         the same, kept on the screen (Ctrl-C leaves; the backfill goes on)
  nukediag status --json | jq .pending

\b
Exit codes: 0 · 5 the database could not be asked, or this key sees no row · 130 --watch was left with Ctrl-C
"""
Show = Callable[[Standing, float], None]


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
    standing = asyncio.run(_look(session))
    now = time.time()
    if session.format == "json":
        session.emit(status_document(standing, now))
    else:
        session.out.print(render(standing, Paper.of(session.out), now, session.verbosity))
    return exit_code(standing)


async def _look(session: Session) -> Standing:
    async with Project(session.configuration) as project:
        with waiting(session.log, "asking the database"):
            return await look(project, session.configuration.settings, time.time())


async def _watch(session: Session, interval: float) -> int:
    async with Project(session.configuration) as project:
        with _screen(session) as show:
            while True:
                now = time.time()
                show(await look(project, session.configuration.settings, now), now)
                await asyncio.sleep(interval)


@contextmanager
def _screen(session: Session) -> Iterator[Show]:
    """On a terminal the same place again and again; elsewhere a line with the time each."""
    out, paper = session.out, Paper.of(session.out)
    if not out.is_terminal:
        yield lambda standing, now: out.print(
            f"{datetime.fromtimestamp(now, UTC):%H:%M:%SZ} {render(standing, paper, now, -1).plain}"
        )
        return
    from rich.live import Live

    with Live(console=out, auto_refresh=False) as live:
        yield lambda standing, now: live.update(render(standing, paper, now, session.verbosity), refresh=True)
