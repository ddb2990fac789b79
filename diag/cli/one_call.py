"""One call for ``nukediag test-image``: which row, and what became of it."""

from __future__ import annotations

from dataclasses import replace

from diag.backfill.plan import unended
from diag.catalogue import describe, in_context
from diag.cli.options import Session
from diag.cli.waiting import waiting
from diag.config import Configuration
from diag.config.keys import read_key
from diag.diagnosis import Diagnosis, Evidence
from diag.errors import UsageError
from diag.project import Project, ProjectError
from diag.rows import Outcome, Row, RowWorker, find_row, pending_rows
from diag.rows.cause import with_cause


async def called(session: Session, row_id: str | None, url: str | None, *, force: bool, mark: bool) -> Outcome:
    """What became of one call: for this row, for a bare URL, or (neither given) for the next pending row."""
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
                diagnosis = in_context(error.diagnosis, _context(configuration))
                return Outcome(Row(row_id or "", None), diagnosis, called=False)
            if isinstance(row, Outcome):
                return row
            return await _with_cause(project, await worker.run(row, mark=mark, force=force))


async def _with_cause(project: Project, outcome: Outcome) -> Outcome:
    """The cause from the function's logs, where the answer names none."""
    configuration = project.configuration
    name = configuration.settings.function.name
    return await with_cause(project, outcome, function=name, context=_context(configuration))


def _context(configuration: Configuration) -> dict[str, str]:
    """The names that a remedy's command needs."""
    settings = configuration.settings
    named = {"function": settings.function.name, "table": settings.table.name}
    return {**named, **({"ref": configuration.ref} if configuration.ref else {})}


async def _row(session: Session, project: Project, row_id: str | None, *, force: bool) -> Row | Outcome:
    """The row to call the function for; an outcome where this key cannot see any row."""
    settings = session.configuration.settings
    if row_id is None:
        if row := await _next(project):
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


async def _next(project: Project) -> Row | None:
    """The first pending row whose last call from here, if there was one, has come to an end."""
    settings = project.configuration.settings
    avoid, row = unended(project.configuration, settings), None
    async for row in pending_rows(project, settings, page_size=len(avoid) + 1):
        if row.id not in avoid:
            return row
    if row is not None:
        message = f"each of the {len(avoid):,} rows without a result has a call under way or one without a known end"
        raise UsageError(message, "nukediag backfill looks them up; a row of your choice: nukediag test-image <id>")
    return None


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
