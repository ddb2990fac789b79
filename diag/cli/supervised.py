"""``nukediag backfill -- CMD ARG…``: what the command line adds to supervising somebody else's command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from diag.backfill.supervise import Command, Pass, supervise
from diag.errors import UsageError
from diag.report.backfill_progress import PlainProgress

if TYPE_CHECKING:
    from diag.backfill import Options
    from diag.cli.options import Session

_OWN = ("limit", "concurrency", "rate", "retry_failed", "repair", "fallback")
"""What only the built-in engine can do."""


def refuse_own_options(options: Options) -> None:
    """Raises UsageError for options that a command run from outside cannot be held to."""
    given = [f"--{name.replace('_', '-')}" for name in _OWN if getattr(options, name)]
    if given:
        remedy = "leave them out, and give the command its own arguments behind --"
        raise UsageError(f"{', '.join(given)}: for the built-in backfill only, not for a command of your own", remedy)


def supervising(session: Session, words: Sequence[str]) -> Callable[..., Any]:
    """What stands in for ``diag.backfill.run``. Where a report is wanted on stdout, all that the command writes goes to
    stderr."""
    command = Command(tuple(words), _environment(session), Path.cwd())
    return partial(supervise, command=command, pass_on=_passing(all_to_stderr=session.format != "text"))


def plain_progress(session: Session, rows: int) -> PlainProgress:
    """Lines, no bar: the command writes to the same terminal."""
    return PlainProgress(Console(quiet=True) if session.verbosity < 0 else session.log, rows)


def _environment(session: Session) -> dict[str, str]:
    """The shell's own, with the project that the gate vouches for: it shall be the one that the command works on."""
    configuration = session.configuration
    environment = dict(os.environ)
    if configuration.url and configuration.service_key:
        environment["SUPABASE_URL"] = configuration.url
        environment["SUPABASE_SERVICE_ROLE_KEY"] = configuration.service_key.reveal()
    return environment


def _passing(*, all_to_stderr: bool) -> Pass:
    def pass_on(name: str, text: str) -> None:
        stream = sys.stderr if name == "stderr" or all_to_stderr else sys.stdout
        # A reader that went away must not end the supervision; what the terminal cannot show is replaced.
        with suppress(OSError, ValueError):
            encoding = stream.encoding or "utf-8"
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()

    return pass_on
