"""What Python writes by itself when something goes wrong where nobody catches it: a thread, a forgotten task, a
destructor, a library's log. It may hold a secret's value like any other text, and goes through the same redactor."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from diag.cli.streams import say
from diag.secret import redact


class _RedactingHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(redact(self.format(record)), err=True)


def redact_last_words() -> None:
    """From now on, for the whole process."""
    logging.lastResort = _RedactingHandler(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = lambda found: _say(
        found.exc_value, f"in {found.thread.name if found.thread else 'a thread'}"
    )
    sys.unraisablehook = lambda found: _say(found.exc_value, found.err_msg or "in a destructor")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _say(error, "uncaught")


def _say(error: BaseException | None, where: str) -> None:
    told = "".join(traceback.format_exception(error)) if error is not None else ""
    say(redact(f"nukediag: {where}\n{told}".rstrip()), err=True)
