"""A backfill from the command line: planned, asked for, gated, carried out, shown."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from diag.backfill import BackfillResult, Controls, Options, Plan, Stopped, make_plan, run
from diag.backfill.result import Estimate, GateReport
from diag.cli.formats import Format
from diag.cli.interrupts import interrupts
from diag.cli.options import Session
from diag.cli.supervised import plain_progress, refuse_own_options, supervising
from diag.cli.undisturbed import undisturbed
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


def backfilled(
    session: Session,
    own: Mapping[str, Any],
    wishes: Wishes,
    words: tuple[str, ...],
    queue: str | None,
    *,
    dry_run: bool,
    ask: bool,
) -> BackfillResult:
    """What became of the backfill. ``own``: the fields of ``Options``; ``words``: somebody else's command."""
    options = Options(**own)
    if words:
        refuse_own_options(options)
    if wishes != Wishes() and not options.if_healthy:
        raise UsageError("--allow and --wait are for the gate, and there is none", "add --if-healthy")
    carry_out = _carrying_out(session, options, words, queue)
    return _backfill(session, options, wishes, carry_out, dry_run=dry_run, ask=ask, plain=bool(words))


def shown(session: Session, result: BackfillResult) -> int:
    """Shows it in every format that was asked for; the exit code."""
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
        estimate = Estimate(plan.rows, plan.seconds, plan.cost_usd) if plan.visible else None
        return replace(result, run=DRY_RUN, gate=GateReport(why="a dry run: nothing was called"), estimate=estimate)
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
                    result = (
                        chosen
                        if chosen
                        else await undisturbed(project, settings, preflight, wishes=wishes, observer=seen)
                    )
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
        chosen, health = await undisturbed(project, settings, run_or_fall_back, wishes=wishes, observer=seen)
    if chosen.function.name != settings.function.name:
        tell(f"{settings.function.name} fails by AWS alone: going on with {chosen.function.name}")
    return chosen, health


def _tell_health(session: Session, result: PreflightResult) -> None:
    """Where the gate stays shut, why: on stderr, since stdout belongs to the run's own report."""
    if result.exit_code is not ExitCode.OK and session.verbosity >= 0:
        from diag.report.preflight_text import render as render_preflight

        session.log.print(render_preflight(result, Paper.of(session.log), session.verbosity))
