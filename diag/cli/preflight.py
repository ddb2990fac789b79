"""``nukediag preflight``: everything that a backfill needs, checked, with one real test call at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import click

from diag.cli.options import Session, project_options
from diag.errors import UsageError
from diag.preflight import PreflightResult, run
from diag.report.preflight_document import preflight_document
from diag.report.preflight_text import render
from diag.report.terminal import Paper

_EPILOG = """\b
Examples:
  nukediag preflight                  check everything; one real call (about $0.02)
  nukediag preflight --no-call        only what is free; ends in 5 (cannot vouch) at best
  nukediag preflight --json | jq .signature
  nukediag preflight --fix            and what nukediag can mend of it; --yes mends it and looks again

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
@click.option("--fix", "mend", is_flag=True, help="Plan what nukediag can mend: secrets, shipped functions, JWT check.")
@click.option("--yes", "-y", is_flag=True, help="With --fix: carry the plan out without asking, and look again.")
@project_options
def command(
    session: Session, *, no_call: bool, no_mark: bool, strict: bool, max_cost: float, mend: bool, yes: bool
) -> int:
    """Check settings, project, function, secrets and database, and end with one real test call.

    Each problem is shown with what was seen and the command that mends it.
    """
    if yes and not mend:
        raise UsageError("--yes says what to do with the plan of --fix", "nukediag preflight --fix --yes")

    def look() -> PreflightResult:
        return asyncio.run(_preflight(session, call=not no_call, mark=not no_mark, strict=strict, max_cost=max_cost))

    if mend:
        return _fix(session, look, yes=yes)
    result = look()
    if session.format == "json":
        session.emit(preflight_document(result))
    else:
        _show(session, result)
    return int(result.exit_code)


def _show(session: Session, result: PreflightResult) -> None:
    session.out.print(render(result, Paper.of(session.out), session.verbosity))


def _fix(session: Session, look: Callable[[], PreflightResult], *, yes: bool) -> int:
    from diag.cli.fix import fix

    fixed = fix(session, look, _show, yes=yes)
    if session.format == "json":
        spent = fixed.first.cost_usd if fixed.first else 0.0
        session.emit(preflight_document(fixed.result, fixed.mends, spent_before=spent))
    return int(fixed.result.exit_code)


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
