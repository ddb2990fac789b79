"""``nukediag backfill``: the function for every row without a result, if that is worth it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from diag.backfill import BackfillResult, Controls, Options, Plan, Stopped, make_plan, run
from diag.cli.check_options import gate_options
from diag.cli.formats import REPORTS, Format
from diag.cli.interrupts import interrupts
from diag.cli.options import Session, project_options
from diag.cli.supervised import plain_progress, refuse_own_options, supervising
from diag.cli.waiting import noticed, waiting
from diag.errors import ExitCode, UsageError
from diag.preflight import PreflightResult, run_or_fall_back
from diag.preflight import run as preflight
from diag.preflight.wishes import Wishes
from diag.project import Project, ProjectError
from diag.report import github
from diag.report.backfill_document import backfill_document
from diag.report.backfill_progress import progress
from diag.report.backfill_text import NO_RUN, plan_text, render
from diag.report.page import markdown
from diag.report.page.backfill import report_of_backfill
from diag.report.terminal import Paper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from diag.cli.options import Form
    from diag.config.settings import Settings
    from diag.report.backfill_progress import BarProgress, PlainProgress

    CarryOut = Callable[..., Awaitable[BackfillResult]]
    Showing = AbstractContextManager[PlainProgress | BarProgress]

DRY_RUN = "dry-run"
_EPILOG = """\b
Examples:
  nukediag backfill --if-healthy              preflight, canary calls, then every pending row
  nukediag backfill --if-healthy --dry-run    what it would do and cost; calls nothing
  nukediag backfill --limit 50 --yes          fifty rows, no question asked
  nukediag backfill --if-healthy --max-cost 10
  nukediag backfill --if-healthy --allow data.pictures --wait 5m
                                              what preflight may find amiss, and how long it may look again
  nukediag backfill --if-healthy --queue photos
                                              the gate here, the rows for any number of nukediag workers
  nukediag backfill --if-healthy -- node scripts/backfill-all-images.js 10 1000
                                              the same gate for your own script, then watch over it

\b
Exit codes: 0 done · 3 the gate stayed shut, nothing was backfilled · 6 stopped early
  7 finished, some rows failed · 130 interrupted; run it again to go on
"""


class Concurrency(click.ParamType[int]):
    """A number of calls, or ``auto``."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """0 for ``auto``."""
        if value == "auto":
            return 0
        number: int = click.IntRange(min=1).convert(value, param, ctx)
        return number


@click.command(epilog=_EPILOG)
@click.option("--if-healthy", is_flag=True, help="Only if preflight and a few canary calls say that it is worth it.")
@click.option(
    "--fallback",
    is_flag=True,
    help="With --if-healthy: where only AWS is at fault, go on with the function without it.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done and what it would cost; call nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before spending.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Attempt at most N rows.")
@click.option("--concurrency", type=Concurrency(), default=None, help="Calls in flight at most.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="A known limit, calls/second.")
@click.option("--max-calls", type=click.IntRange(min=1), metavar="N", help="Stop after N paid calls.")
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop before more is spent (estimated).")
@click.option("--max-duration", type=click.FloatRange(min=0), metavar="SECONDS", help="Start nothing after so long.")
@click.option("--passes", type=click.IntRange(min=1), metavar="N", help="Walks over pending rows.  [default: 2]")
@click.option("--retry-failed", is_flag=True, help="Also rows that an earlier run found bad.")
@click.option("--repair", is_flag=True, help="Instead: finished rows with nothing behind their mark, analysed anew.")
@click.option("--accept-rate", type=click.FloatRange(0.05, 0.99), metavar="RATE", help="Be content with this rate.")
@click.option("--accept-degraded", is_flag=True, help="Mark rows of degraded answers that saved something.")
@click.option("--force", is_flag=True, help="No gate, whatever the state of the project; recorded in the journal.")
@click.option("--queue", metavar="NAME", help="Open the gate, then leave the rows to the workers on this queue.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- CMD [ARG]...]")
@gate_options
@partial(project_options, formats=REPORTS)
def command(
    session: Session,
    *,
    dry_run: bool,
    yes: bool,
    queue: str | None,
    words: tuple[str, ...],
    wishes: Wishes,
    **own: Any,
) -> int:
    """Call the function for every row without a result.

    A row is done when its results are in the database; only then is it marked. Everything is journalled, so that a
    run that is stopped or killed at any moment goes on where it was.

    With -- CMD somebody else's backfill runs instead, behind the same gate: its output is read, what it writes is
    looked at in the database, and it is stopped as soon as going on is waste.
    """
    if not (yes or dry_run or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise UsageError("a backfill spends money, and nobody can be asked here", "add --yes, or --dry-run to look")
    options = Options(**own)
    if words:
        refuse_own_options(options)
    if wishes != Wishes() and not options.if_healthy:
        raise UsageError("--allow and --wait are for the gate, and there is none", "add --if-healthy")
    carry_out = _carrying_out(session, options, words, queue)
    result = _backfill(session, options, wishes, carry_out, dry_run=dry_run, ask=not yes, plain=bool(words))
    return _show(session, result)


def _show(session: Session, result: BackfillResult) -> int:
    forms = _forms(session, result)
    if session.format != "text" or result.run != DRY_RUN:
        session.show(forms)
    else:
        session.write_files(forms)  # the plan stands there already
    return int(result.exit_code)


def _forms(session: Session, result: BackfillResult) -> Mapping[Format, Form]:
    context = {"ref": session.configuration.ref or "", "function": result.function}
    return {
        "text": lambda paper: render(result, paper, session.verbosity, context),
        "json": lambda _: backfill_document(result),
        "github": lambda _: github.commands(tuple(github.report_annotations(report_of_backfill(result)))),
        "markdown": lambda _: markdown.render(report_of_backfill(result)),
    }


def _carrying_out(session: Session, options: Options, words: tuple[str, ...], queue: str | None) -> CarryOut:
    session.configuration.require("url", "service_key")
    if queue is None:
        return supervising(session, words) if words else run
    if words:
        raise UsageError("--queue is for the built-in backfill, not for a command of your own", "leave one of them out")
    from diag.fleet.fill import fill, refuse_workers_options

    refuse_workers_options(options)
    return partial(fill, queue=queue)


def _backfill(
    session: Session, options: Options, wishes: Wishes, carry_out: CarryOut, *, dry_run: bool, ask: bool, plain: bool
) -> BackfillResult:
    plan = asyncio.run(_plan(session, options))
    if nothing := _nothing_to_do(session, plan, options, dry_run=dry_run):
        return nothing
    if plan.rows:
        session.log.print(plan_text(plan, session.configuration.settings.function.name, gated=options.if_healthy))
    # Asked between two event loops: inside one, Ctrl-C would not reach the question.
    if ask and not click.confirm("Go ahead?", err=True):
        raise click.Abort
    showing = nullcontext(plain_progress(session, plan.rows)) if plain else _progress(session, plan)
    return asyncio.run(_run(session, options, wishes, plan, carry_out, showing))


def _progress(session: Session, plan: Plan) -> Showing:
    return progress(session.log, plan.rows, quiet=session.verbosity < 0)


async def _plan(session: Session, options: Options) -> Plan:
    try:
        async with Project(session.configuration) as project:
            with waiting(session.log, f"counting the rows of {session.configuration.settings.table.name}"):
                return await make_plan(project, session.configuration.settings, options)
    except ProjectError:
        if not options.if_healthy:
            raise
        return Plan(0, 0, 0, 0.0, 0.0, visible=False)  # preflight will say why the rows cannot be counted


def _nothing_to_do(session: Session, plan: Plan, options: Options, *, dry_run: bool) -> BackfillResult | None:
    function = session.configuration.settings.function.name
    result = BackfillResult(NO_RUN, function, plan.pending, remaining=plan.pending, refused=plan.refused)
    if dry_run:
        paper = session.out if session.format == "text" else session.log
        paper.print(plan_text(plan, function, gated=options.if_healthy))
        return replace(result, run=DRY_RUN)
    if plan.visible and not plan.rows:
        return result
    if not plan.visible and not options.if_healthy:
        table = session.configuration.settings.table.name
        why = f"no row of {table} is visible to this key, so that nothing is pending proves nothing"
        stopped = Stopped("no-rows-visible", "supabase.permission-denied", why)
        return replace(result, stopped=stopped, exit_code=ExitCode.UNHEALTHY)
    return None


async def _run(
    session: Session, options: Options, wishes: Wishes, plan: Plan, carry_out: CarryOut, showing: Showing
) -> BackfillResult:
    settings, controls = session.configuration.settings, Controls()
    async with Project(session.configuration) as project:
        with showing as shown:

            async def healthy() -> PreflightResult:
                with noticed(shown.line, "preflight") as seen:
                    result = chosen or await preflight(project, settings, wishes=wishes, observer=seen)
                _tell_health(session, result)
                return result

            with interrupts(controls, shown.line):
                gated, chosen = options.if_healthy and not options.force, None
                if gated and options.fallback:
                    settings, chosen = await _choose(project, settings, shown.line, wishes)
                gate = healthy if gated else None
                return await carry_out(
                    project, settings, options, plan, preflight=gate, controls=controls, observers=[shown]
                )


async def _choose(
    project: Project, settings: Settings, tell: Callable[[str], None], wishes: Wishes
) -> tuple[Settings, PreflightResult]:
    """The function to go on with: another than the configured one only where that fails by AWS alone."""
    with noticed(tell, "preflight") as seen:
        chosen, health = await run_or_fall_back(project, settings, wishes=wishes, observer=seen)
    if chosen.function.name != settings.function.name:
        tell(f"{settings.function.name} fails by AWS alone: going on with {chosen.function.name}")
    return chosen, health


def _tell_health(session: Session, result: PreflightResult) -> None:
    """Where the gate stays shut, why: on stderr, since stdout belongs to the run's own report."""
    if result.exit_code is not ExitCode.OK and session.verbosity >= 0:
        from diag.report.preflight_text import render as render_preflight

        session.log.print(render_preflight(result, Paper.of(session.log), session.verbosity))
