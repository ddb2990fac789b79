"""``nukediag control``: steers a backfill that is running in another terminal."""

from __future__ import annotations

import click

from diag.cli.options import Session, project_options
from diag.errors import UsageError

_KNOBS = ("rate", "concurrency")
_EPILOG = """\b
Examples:
  nukediag control pause             start nothing new; what is in flight goes on
  nukediag control resume
  nukediag control set rate=5        five calls a second
  nukediag control set concurrency=8
  nukediag control stop              finish what is in flight, then stop (as the first Ctrl-C)
  nukediag control stop --now        cut off what is in flight too (as the second)
"""


@click.group(epilog=_EPILOG)
def command() -> None:
    """Steer a backfill that is running in another terminal."""


@command.command()
@project_options
def pause(session: Session) -> int:
    """Start nothing new until resumed."""
    return _send(session, "pause", "paused; what is in flight is finished and recorded")


@command.command()
@project_options
def resume(session: Session) -> int:
    """Go on after a pause."""
    return _send(session, "resume", "resumed")


@command.command("set")
@click.argument("knob", metavar="rate=N|concurrency=N")
@project_options
def set_(session: Session, knob: str) -> int:
    """Set the start rate (calls per second) or the calls in flight at most."""
    name, _, text = knob.partition("=")
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if name not in _KNOBS or value <= 0 or (name == "concurrency" and value != int(value)):
        raise UsageError(f"{knob!r} sets nothing", "nukediag control set rate=5, or concurrency=8")
    return _send(session, name, f"{name} is now {value:g}", value)


@command.command()
@click.option("--now", is_flag=True, help="Do not wait for what is in flight; it may have been paid for.")
@project_options
def stop(session: Session, *, now: bool) -> int:
    """End the run; a later one goes on where it stopped."""
    return _send(session, "stop-now" if now else "stop", "stopping")


def _send(session: Session, word: str, said: str, value: float | None = None) -> int:
    from diag.backfill.journal import journal_path
    from diag.backfill.remote import Word, send

    configuration = session.configuration
    send(journal_path(configuration.state_dir, configuration.settings.table.name), Word(word, value))
    session.log.print(said)
    return 0
