"""``nukediag worker``: one of many workers on a shared queue."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import click

from diag.backfill import Controls
from diag.cli.backfill import Concurrency
from diag.cli.interrupts import interrupts
from diag.cli.options import Session, project_options
from diag.fleet.health import HealthFile, HealthPort
from diag.fleet.queue import LEASE
from diag.fleet.worker import Watch, Wishes, Worker, WorkerResult, work
from diag.project import Project
from diag.report.worker_document import worker_document, worker_text
from diag.report.worker_log import WorkerLog

_EPILOG = """\b
Examples:
  nukediag backfill --if-healthy --queue photos    open the gate and fill the queue (once)
  nukediag worker --queue photos                   work on it; as many as you like, on any machine
  nukediag worker --queue photos --until-empty     the same, and end when there is nothing left
  nukediag queue status                            workers, rate, breaker, what is left

\b
SIGTERM and Ctrl-C: the first finishes what is in flight and gives the rest back, the second stops now.

\b
Exit codes: 0 the queue is empty (--until-empty) · 6 stopped for all workers, or by a limit of this one
  7 the queue is empty and some rows have no result · 130 told to end
"""


@click.command(epilog=_EPILOG)
@click.option("--queue", "queue", required=True, metavar="NAME", help="The queue that a backfill has filled.")
@click.option("--until-empty", is_flag=True, help="End when nothing is left; else wait for more.")
@click.option("--concurrency", type=Concurrency(), default=None, help="Calls in flight at most, in this worker.")
@click.option("--max-calls", type=click.IntRange(min=1), metavar="N", help="End after N paid calls of this worker.")
@click.option("--retry-failed", is_flag=True, help="Also rows that this machine knows to be bad.")
@click.option("--accept-degraded", is_flag=True, help="Mark rows of degraded answers that saved something.")
@click.option(
    "--lease",
    type=click.FloatRange(min=1, max=43_200),
    default=LEASE,
    show_default=True,
    metavar="SECONDS",
    help="For how long rows stay this worker's after it has vanished.",
)
@click.option("--direct", is_flag=True, help="Reach the queue over DATABASE_URL: faster than over the data API.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--health-file", type=click.Path(dir_okay=False, path_type=Path), help="Written anew twice a second.")
@click.option("--health-port", type=click.IntRange(0, 65_535), metavar="PORT", help="Answers /healthz and /readyz.")
@click.option("--health-host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="For --health-port.")
@project_options
def command(
    session: Session,
    *,
    log_format: str,
    health_file: Path | None,
    health_port: int | None,
    health_host: str,
    **wishes: Any,
) -> int:
    """Work on a shared queue, together with any number of others.

    All workers share one limit and one breaker, kept in the project's own database. Rows are leased: those of a worker
    that vanishes are done by the others. Needs no gate of its own: whoever filled the queue has opened it.
    """
    session.configuration.require("url", "service_key")
    log = WorkerLog(_write, log_format, {"queue": wishes["queue"]})
    result = asyncio.run(_work(session, Wishes(**wishes), log, health_file, health_port, health_host))
    if session.format == "json":
        session.emit(worker_document(result))
    else:
        session.out.print(worker_text(result))
    return int(result.exit_code)


async def _work(
    session: Session, wishes: Wishes, log: WorkerLog, file: Path | None, port: int | None, host: str
) -> WorkerResult:
    controls = Controls()
    async with AsyncExitStack() as stack:
        project = await stack.enter_async_context(Project(session.configuration))
        stack.enter_context(interrupts(controls, log.line))
        watch = await _watching(stack, log, file, port, host)
        return await work(project, wishes, controls=controls, observers=[log], watch=watch)


async def _watching(stack: AsyncExitStack, log: WorkerLog, file: Path | None, port: int | None, host: str) -> Watch:
    health_port, health_file = HealthPort(), HealthFile(file) if file else None
    if port is not None:
        opened = await stack.enter_async_context(health_port.serving(host, port))
        log.line(f"health at http://{host}:{opened}/healthz")
    if health_file is not None:
        stack.callback(health_file.remove)

    def watch(worker: Worker) -> None:
        log.names["worker"] = worker.name
        health_port.look(worker)
        if health_file is not None:
            health_file.write(worker)

    return watch


def _write(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
