"""``nukediag/queue/1``: the shared queues of a project, for scripts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from diag.config import Configuration
from diag.fleet.state import FleetState, QueueState
from diag.report.documents import Document
from diag.report.preflight_document import ProjectModel

QueueAction = Literal["install", "status", "remove"]


class QueueDocument(Document):
    """``queue install``, ``status`` and ``remove``. ``installed`` null: not looked at (no service key). ``sql``: what
    is run, or would be; ``applied`` whether it was. Times in ``queues`` are seconds from now."""

    schema_: Literal["nukediag/queue/1"] = Field("nukediag/queue/1", alias="schema")
    action: QueueAction
    project: ProjectModel
    installed: bool | None
    functions: int | None
    """The version of the functions in the database."""
    pgmq: str | None
    queues: list[QueueState]
    sql: str | None = None
    applied: bool = False


def queue_document(
    action: QueueAction,
    configuration: Configuration,
    state: FleetState | None,
    exit_code: int,
    *,
    looked: bool = True,
    sql: str | None = None,
    applied: bool = False,
) -> QueueDocument:
    """The document of one command."""
    return QueueDocument(
        exit_code=exit_code,
        action=action,
        project=ProjectModel(ref=configuration.ref, url=configuration.url),
        installed=state is not None if looked else None,
        functions=state.version if state else None,
        pgmq=state.pgmq if state else None,
        queues=list(state.queues) if state else [],
        sql=sql,
        applied=applied,
    )
