"""``nukediag control``: steers a backfill that is running in another terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import click

from diag.cli.options import Session, project_options
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.report.control_document import ControlWord

_KNOBS = ("rate", "concurrency")
_SHARED = ("pause", "resume", "stop", "rate")
_EPILOG = """\b
Examples:
  nukediag control pause             start nothing new; what is in flight goes on
  nukediag control resume
  nukediag control set rate=5        five calls a second
  nukediag control set concurrency=8
  nukediag control stop              finish what is in flight, then stop (as the first Ctrl-C)
  nukediag control stop --now        cut off what is in flight too (as the second)
  nukediag control pause --queue photos    the same words for all workers on a shared queue
"""
_QUEUE = click.option("--queue", metavar="NAME", help="All workers on this queue, instead of the backfill here.")


@click.group(epilog=_EPILOG)
def command() -> None:
    """Steer a backfill that is running in another terminal."""


@command.command()
@_QUEUE
@project_options
def pause(session: Session, *, queue: str | None) -> int:
    """Start nothing new until resumed."""
    return _send(session, queue, "pause", "paused; what is in flight is finished and recorded")


@command.command()
@_QUEUE
@project_options
def resume(session: Session, *, queue: str | None) -> int:
    """Go on after a pause."""
    return _send(session, queue, "resume", "resumed")


@command.command("set")
@click.argument("knob", metavar="rate=N|concurrency=N")
@_QUEUE
@project_options
def set_(session: Session, knob: str, *, queue: str | None) -> int:
    """Set the start rate (calls per second) or the calls in flight at most."""
    name, _, text = knob.partition("=")
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if name not in _KNOBS or value <= 0 or (name == "concurrency" and value != int(value)):
        raise UsageError(f"{knob!r} sets nothing", "nukediag control set rate=5, or concurrency=8")
    return _send(session, queue, cast("ControlWord", name), f"{name} is now {value:g}", value)


@command.command()
@click.option("--now", is_flag=True, help="Do not wait for what is in flight; it may have been paid for.")
@_QUEUE
@project_options
def stop(session: Session, *, now: bool, queue: str | None) -> int:
    """End the run; a later one goes on where it stopped."""
    return _send(session, queue, "stop-now" if now else "stop", "stopping")


def _send(session: Session, queue: str | None, word: ControlWord, said: str, value: float | None = None) -> int:
    if queue is None:
        from diag.backfill.journal import journal_path
        from diag.backfill.remote import Word, send

        configuration = session.configuration
        send(journal_path(configuration.state_dir, configuration.settings.table.name), Word(word, value))
    else:
        if word not in _SHARED:
            remedy = (
                "pause, resume, stop and set rate are for a queue; the rest is each worker's own (its signals, flags)"
            )
            raise UsageError("that is nothing that all workers can be told", remedy)
        session.configuration.require("url", "service_key")
        asyncio.run(_tell_workers(session, queue, word, value))
    session.log.print(said)
    if session.format == "json":
        from diag.report.control_document import ControlDocument

        session.emit(ControlDocument(exit_code=0, word=word, value=value, queue=queue))
    return 0


async def _tell_workers(session: Session, name: str, word: str, value: float | None) -> None:
    from diag.fleet.queue import Queue
    from diag.fleet.state import State
    from diag.project import Project

    async with Project(session.configuration) as project:
        standing = await Queue(project.data, name).control(word, value)
    if standing.state is State.UNKNOWN:
        raise UsageError(f"there is no queue {name}", "nukediag queue status lists them")
