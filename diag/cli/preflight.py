"""``nukediag preflight``: everything that a backfill needs, checked, with one real test call at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from diag.cli.check_options import check_options
from diag.cli.formats import CHECKS, Format
from diag.cli.masks import mask
from diag.cli.options import Session, project_options
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.cli.options import Form
    from diag.cli.witness import Witness
    from diag.preflight import PreflightResult
    from diag.preflight.wishes import Wishes
    from diag.report.preflight_document import PreflightDocument

_EPILOG = """\b
Examples:
  nukediag preflight                  check everything; one real call (about $0.02)
  nukediag preflight --no-call        only what is free; ends in 5 (cannot vouch) at best
  nukediag preflight --json | jq .signature
  nukediag preflight --only secrets,data     some checks, and what they need; ends in 5 at best
  nukediag preflight --wait 5m        after a deployment: look again until it has arrived
  nukediag preflight --format github --format junit=preflight.xml
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
@click.option("--no-mask", is_flag=True, help="With --format github: do not make GitHub hide values read from files.")
@check_options
@partial(project_options, formats=CHECKS)
def command(session: Session, *, mend: bool, yes: bool, no_mask: bool, **wishes: Any) -> int:
    """Check settings, project, function, secrets and database, and end with one real test call.

    Each problem is shown with what was seen and the command that mends it.
    """
    from diag.report.preflight_document import preflight_document

    if yes and not mend:
        raise UsageError("--yes says what to do with the plan of --fix", "nukediag preflight --fix --yes")
    if session.format == "github" and not no_mask:
        mask(session.configuration)
    look = partial(_look, session, **wishes)
    if mend:
        return _fix(session, look, yes=yes)
    result = look()
    session.show(_forms(session, result, preflight_document(result)))
    return int(result.exit_code)


def _forms(session: Session, result: PreflightResult, document: PreflightDocument) -> Mapping[Format, Form]:
    from diag.report import github, junit
    from diag.report.page import markdown
    from diag.report.page.preflight import report_of_preflight
    from diag.report.preflight_text import render

    return {
        "text": lambda paper: render(result, paper, session.verbosity),
        "json": lambda _: document,
        "junit": lambda _: junit.render(document),
        "github": lambda _: github.commands(tuple(github.preflight_annotations(document))),
        "markdown": lambda _: markdown.render(report_of_preflight(document)),
    }


def _show(session: Session, result: PreflightResult) -> None:
    from diag.report.preflight_text import render
    from diag.report.terminal import Paper

    session.out.print(render(result, Paper.of(session.out), session.verbosity))


def _fix(session: Session, look: Callable[[], PreflightResult], *, yes: bool) -> int:
    from diag.cli.fix import fix
    from diag.report.preflight_document import preflight_document

    fixed = fix(session, look, _show, yes=yes)
    spent = fixed.first.cost_usd if fixed.first else 0.0
    forms = _forms(session, fixed.result, preflight_document(fixed.result, fixed.mends, spent_before=spent))
    if session.format == "text":
        session.write_files(forms)  # the text stands there already
    else:
        session.show(forms)
    return int(fixed.result.exit_code)


def _look(
    session: Session, *, no_call: bool, no_mark: bool, strict: bool, max_cost: float, wishes: Wishes
) -> PreflightResult:
    """One preflight; what is known of it where Ctrl-C ends it."""
    from diag.cli.witness import Witness

    witness = Witness(strict=strict)
    options = {"call": not no_call, "mark": not no_mark, "strict": strict, "max_cost": max_cost}
    try:
        return asyncio.run(_preflight(session, witness, wishes=wishes, **options))
    except KeyboardInterrupt:
        if not witness.checks:
            raise
        if witness.is_calling:
            session.log.print("interrupted in the middle of the test call: it may have been paid for")
        return witness.so_far(session.configuration)


async def _preflight(session: Session, witness: Witness, **options: Any) -> PreflightResult:
    from diag.cli.undisturbed import undisturbed
    from diag.cli.waiting import waiting
    from diag.preflight import run
    from diag.project import Project

    configuration = session.configuration
    configuration.require("url", "service_key")
    where = urlsplit(configuration.url or "").netloc
    async with Project(configuration) as project:
        with waiting(session.log, f"preflight of {where}") as shown:
            witness.behind = shown
            return await undisturbed(project, configuration.settings, run, observer=witness, **options)
