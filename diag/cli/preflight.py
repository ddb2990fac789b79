"""``nukediag preflight``: everything that a backfill needs, checked, with one real test call at the end."""

from __future__ import annotations

import asyncio

import click

from diag.cli.options import Session, project_options
from diag.preflight import PreflightResult, run
from diag.report.preflight_document import preflight_document
from diag.report.preflight_text import render
from diag.report.terminal import Paper

_EPILOG = """\b
Examples:
  nukediag preflight                  check everything; one real call (about $0.02)
  nukediag preflight --no-call        only what is free; ends in 5 (cannot vouch) at best
  nukediag preflight --json | jq .signature

\b
Exit codes: 0 healthy · 3 a required check or the call failed · 4 degraded · 5 cannot vouch
"""


@click.command(epilog=_EPILOG)
@click.option("--no-call", is_flag=True, help="Make no test call: nothing is spent, and nothing is proven.")
@click.option("--no-mark", is_flag=True, help="Do not mark the row of a verified test call as done.")
@click.option("--strict", is_flag=True, help="Warnings end in exit code 4.")
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="USD",
    help="What may be spent beside the test call: from 0.00002 on, OpenAI is asked whether there is money left.",
)
@project_options
def command(session: Session, *, no_call: bool, no_mark: bool, strict: bool, max_cost: float) -> int:
    """Check settings, project, function, secrets and database, and end with one real test call.

    Each problem is shown with what was seen and the command that mends it.
    """
    result = asyncio.run(_preflight(session, call=not no_call, mark=not no_mark, strict=strict, max_cost=max_cost))
    if session.format == "json":
        session.emit(preflight_document(result))
    else:
        session.out.print(render(result, Paper.of(session.out), session.verbosity))
    return int(result.exit_code)


async def _preflight(session: Session, *, call: bool, mark: bool, strict: bool, max_cost: float) -> PreflightResult:
    from diag.cli.waiting import waiting
    from diag.project import Project

    configuration = session.configuration
    configuration.require("url", "service_key")
    async with Project(configuration) as project:
        with waiting(session.log, "preflight") as shown:
            return await run(
                project,
                call=call,
                mark=mark,
                strict=strict,
                max_cost=max_cost,
                observer=shown,
            )
