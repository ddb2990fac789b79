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
from diag.fleet.claims import claims
from diag.project import Project, ProjectError
from diag.rows import Outcome, Row, RowWorker, find_row, pending_rows
from diag.rows.cause import with_cause
from diag.rows.holding import Holding

_MOST_HELD = 24  # rows that workers hold, after which no further one is asked for


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
                return await _of_a_row(session, project, worker, row_id, force=force, mark=mark)
            except ProjectError as error:
                diagnosis = in_context(error.diagnosis, _context(configuration))
                return Outcome(Row(row_id or "", None), diagnosis, called=False)


async def _of_a_row(
    session: Session, project: Project, worker: RowWorker, row_id: str | None, *, force: bool, mark: bool
) -> Outcome:
    async with claims(project, session.configuration.settings) as holding:
        row = await _row(session, project, holding, row_id, force=force)
        if isinstance(row, Outcome):
            return row
        outcome = await worker.run(row, mark=mark, force=force)
        holding.ended(outcome)
    return await _with_cause(project, outcome)


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


async def _row(
    session: Session, project: Project, holding: Holding, row_id: str | None, *, force: bool
) -> Row | Outcome:
    """The row to call the function for; an outcome where this key cannot see any row."""
    settings = session.configuration.settings
    if row_id is None:
        if row := await _next(project, holding):
            return row
        return await _nothing(project, "no row without a result", "give a row's id with --force to analyse it anew")
    found = await _found(project, row_id)
    if found is None:
        return await _nothing(
            project, f"there is no row {row_id} in {settings.table.name}", "nukediag test-image --next"
        )
    row, marker = found
    if row.id not in await holding.hold([row.id]):
        raise UsageError(f"a worker on the queue is calling row {row.id} just now", "nukediag test-image --next")
    if marker and not force:
        session.log.print(f"this row was marked as done ({marker}): the answer may come from the store; see --force")
    return row


async def _next(project: Project, holding: Holding) -> Row | None:
    """The first pending row that no worker is calling and whose last call from here, if there was one, has come to an
    end."""
    settings = project.configuration.settings
    avoid, held = unended(project.configuration, settings), 0
    row = None
    async for row in pending_rows(project, settings, page_size=len(avoid) + 1):
        if row.id in avoid:
            continue
        if row.id in await holding.hold([row.id]):
            return row
        held += 1
        if held == _MOST_HELD:
            break
    if row is not None:
        which = f"the first {len(avoid) + held:,}" if held else f"each of the {len(avoid):,}"
        message = f"{which} rows without a result: a call is under way, or one has no known end"
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
