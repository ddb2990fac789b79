"""``nukediag test-image``: one real call for one row, and what it really wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from diag.catalogue import describe
from diag.cli.formats import REPORTS, Format
from diag.cli.options import Session, project_options
from diag.cli.waiting import waiting
from diag.config.keys import read_key
from diag.diagnosis import Diagnosis, Evidence, Verdict
from diag.errors import ExitCode, UsageError
from diag.project import Project, ProjectError
from diag.report import github
from diag.report.page import markdown
from diag.report.page.test_image import report_of_test_image
from diag.report.test_image_text import render, test_image_document
from diag.rows import Outcome, Row, RowWorker, find_row, pending_rows
from diag.rows.cause import with_cause

if TYPE_CHECKING:
    from diag.cli.options import Form

_CODES = {
    Verdict.OK: ExitCode.OK,
    Verdict.DEGRADED: ExitCode.DEGRADED,
    Verdict.INCONCLUSIVE: ExitCode.CANNOT_VOUCH,
    Verdict.FAILED: ExitCode.UNHEALTHY,
}
_EPILOG = """\b
Examples:
  nukediag test-image --next                the first row that has no result yet
  nukediag test-image 0b6f7f0e-...          this row
  nukediag test-image 0b6f7f0e-... --force  analyse it anew, whatever is stored
  nukediag test-image --url https://...     a bare picture; nothing can be verified in the database

\b
Exit codes: 0 ok · 3 failed · 4 degraded · 5 the answer proves nothing (cached, paused)
"""


@click.command(epilog=_EPILOG)
@click.argument("row_id", required=False)
@click.option("--next", "take_next", is_flag=True, help="The first row that has no result yet.")
@click.option("--url", "picture_url", metavar="URL", help="A bare picture that belongs to no row.")
@click.option("--force", is_flag=True, help="Send force_reprocess: analyse anew what has a stored result.")
@click.option("--no-mark", is_flag=True, help="Do not mark the row as done when its result is verified.")
@partial(project_options, formats=REPORTS)
def command(
    session: Session, *, row_id: str | None, take_next: bool, picture_url: str | None, force: bool, no_mark: bool
) -> int:
    """Call the function once, for one row, classify the answer, and look in the database at what was written."""
    if sum((bool(row_id), take_next, bool(picture_url))) != 1:
        raise UsageError("say which picture: a row's id, --next, or --url URL", "nukediag test-image --next")
    if picture_url and not session.configuration.settings.table.url:
        raise UsageError("[table] url is empty: the function takes no address", "nukediag test-image --next")
    try:
        outcome = asyncio.run(_test(session, row_id, picture_url, force=force, mark=not no_mark))
    except KeyboardInterrupt:
        session.log.print("the call was cut off: it may have been paid for, and its results may still come")
        raise
    return _show(session, outcome, given=row_id or picture_url or outcome.row.id or None)


def _show(session: Session, outcome: Outcome, *, given: str | None) -> int:
    code = _CODES[outcome.diagnosis.verdict]
    function = session.configuration.settings.function.name
    document = test_image_document(outcome, given=given, function=function, exit_code=int(code))
    forms: Mapping[Format, Form] = {
        "text": lambda paper: render(outcome, function, paper, session.verbosity),
        "json": lambda _: document,
        "github": lambda _: github.commands(tuple(github.report_annotations(report_of_test_image(document)))),
        "markdown": lambda _: markdown.render(report_of_test_image(document)),
    }
    session.show(forms)
    return int(code)


async def _test(session: Session, row_id: str | None, url: str | None, *, force: bool, mark: bool) -> Outcome:
    configuration = session.configuration
    configuration.require("url", "service_key")
    settings = configuration.settings
    async with Project(configuration) as project, RowWorker(project, settings) as worker:
        with waiting(session.log, f"calling {settings.function.name} (up to {settings.function.timeout:.0f} s)"):
            if url:
                return await _with_cause(project, await worker.run_bare(url, force=force))
            try:
                row = await _row(session, project, row_id, force=force)
            except ProjectError as error:
                return Outcome(Row(row_id or "", None), error.diagnosis, called=False)
            if isinstance(row, Outcome):
                return row
            return await _with_cause(project, await worker.run(row, mark=mark, force=force))


async def _with_cause(project: Project, outcome: Outcome) -> Outcome:
    """The cause from the function's logs, where the answer names none."""
    configuration = project.configuration
    name = configuration.settings.function.name
    context = {"function": name, **({"ref": configuration.ref} if configuration.ref else {})}
    return await with_cause(project, outcome, function=name, context=context)


async def _row(session: Session, project: Project, row_id: str | None, *, force: bool) -> Row | Outcome:
    """The row to call the function for; an outcome where this key cannot see any row."""
    settings = session.configuration.settings
    if row_id is None:
        async for row in pending_rows(project, settings, page_size=1):
            return row
        return await _nothing(project, "no row without a result", "give a row's id with --force to analyse it anew")
    found = await _found(project, row_id)
    if found is None:
        return await _nothing(
            project, f"there is no row {row_id} in {settings.table.name}", "nukediag test-image --next"
        )
    row, marker = found
    if marker and not force:
        session.log.print(f"this row was marked as done ({marker}): the answer may come from the store; see --force")
    return row


async def _found(project: Project, row_id: str) -> tuple[Row, str | None] | None:
    try:
        return await find_row(project, project.configuration.settings, row_id)
    except ProjectError as error:
        if error.diagnosis.signature == "supabase.constraint-violation":
            return None  # the text cannot be an id of this column's type
        raise


async def _nothing(project: Project, message: str, remedy: str) -> Outcome:
    """No such row: either it does not exist, or row-level security hides it from this key."""
    table = project.configuration.settings.table.name
    key = project.configuration.service_key
    if key is None or read_key(key).is_service or await project.data.count(table, {}):
        raise UsageError(message, remedy)
    seen = Evidence("data API", f"0 rows of {table} are visible to this key ({read_key(key).called})")
    context = {"ref": project.configuration.ref or "", "table": table}
    return Outcome(
        Row("", None), _titled(describe("supabase.permission-denied", context=context, evidence=(seen,))), False
    )


def _titled(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, title="Row-level security hides every row from this key")
