"""Whether a queue is there, and is the one that somebody means."""

from __future__ import annotations

from shlex import quote

from diag.backfill.run import settle_seconds
from diag.config.settings import Settings
from diag.errors import UsageError
from diag.fleet.queue import fleet_state
from diag.fleet.state import QueueState, Work
from diag.project import Project, ProjectError


def work_of(settings: Settings) -> Work:
    """What a queue for these settings is filled with."""
    table = settings.table
    where = dict(table.where)
    return Work(function=settings.function.name, table=table.name, key=table.id, marker=table.marker, where=where)


async def known_state(project: Project, queue: str) -> QueueState | None:
    """The queue as it stands, None where there is none of that name. Raises UsageError where nukediag's part of the
    database is not installed, ProjectError where nobody can say."""
    try:
        state = await fleet_state(project.data, queue)
    except ProjectError as error:
        if error.diagnosis.signature == "supabase.schema-mismatch":
            raise UsageError("the shared queue is not installed in this database", "nukediag queue install") from None
        raise
    return next((found for found in state.queues if found.queue == queue), None)


async def queues_of(project: Project, settings: Settings) -> tuple[QueueState, ...]:
    """The queues that hold rows of this table, with their workers; none where that cannot be found out."""
    try:
        state = await fleet_state(project.data)
    except ProjectError:
        return ()
    return tuple(found for found in state.queues if found.work is None or found.work.table == settings.table.name)


async def check_queue(project: Project, queue: str, *, must_be_there: bool) -> None:
    """Raises UsageError where the queue cannot be this worker's, ProjectError where nobody can say."""
    found = await known_state(project, queue)
    if found is None and must_be_there:
        raise UsageError(f"there is no queue {queue}", f"nukediag backfill --if-healthy --queue {quote(queue)}")
    work = found.work if found else None
    if work is not None and work != work_of(project.configuration.settings):
        said = f"the queue {queue} holds rows of {work.table} for {work.function}"
        raise UsageError(f"{said}, and this worker is set up for others", "give it the settings of whoever filled it")


def check_lease(project: Project, lease: float) -> None:
    """Raises UsageError where a row could be given to somebody else while its call is still running."""
    settle = settle_seconds(project.configuration, project.configuration.settings)
    if lease <= settle:
        why = f"a lease of {lease:g} s is no longer than a call may live ({settle:g} s)"
        raise UsageError(why, "leave --lease out: 600 s is long enough for every plan")
