"""``nukediag verify``: what the finished rows really have."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode

if TYPE_CHECKING:
    from diag.rows.audit import Audit

_EPILOG = """\b
Examples:
  nukediag verify                  rows that are marked as done with nothing behind the mark
  nukediag verify --json | jq .hollow

\b
Exit codes: 0 every finished row has a full result · 4 some have not · 5 no finished row is visible to this key
"""


@click.command(epilog=_EPILOG)
@project_options
def command(session: Session) -> int:
    """Look in the database at what stands behind every finished row. Reads only, calls nothing."""
    from diag.report.terminal import Paper
    from diag.report.verify_report import render, verify_document

    audit = asyncio.run(_verify(session))
    code = ExitCode.DEGRADED if audit.hollow else ExitCode.OK if audit.marked else ExitCode.CANNOT_VOUCH
    if session.format == "json":
        session.emit(verify_document(audit, int(code)))
    else:
        session.out.print(render(audit, Paper.of(session.out), session.verbosity))
    return int(code)


async def _verify(session: Session) -> Audit:
    from diag.cli.waiting import waiting
    from diag.project import Project
    from diag.rows.audit import summary

    configuration = session.configuration
    configuration.require("url", "service_key")
    async with Project(configuration) as project:
        with waiting(session.log, "verifying"):
            return await summary(project, configuration.settings)
