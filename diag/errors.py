"""Exit codes and the one exception tree.

Every error that a user can meet carries its exit code and names what to do next. Foreign exceptions (httpx,
sqlite3, subprocess ...) are caught and translated into these in the one module that talks to that service.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a run of nukediag ends with; the same in every output format.

    Where several apply, ``worst`` decides by the published precedence: 1, 3, 5, 4, then 0.
    """

    OK = 0
    BUG = 1
    USAGE = 2
    UNHEALTHY = 3
    DEGRADED = 4
    CANNOT_VOUCH = 5
    STOPPED = 6
    ROWS_FAILED = 7
    INTERRUPTED = 130


_PRECEDENCE = (ExitCode.BUG, ExitCode.UNHEALTHY, ExitCode.CANNOT_VOUCH, ExitCode.DEGRADED, ExitCode.OK)


def worst(*codes: ExitCode) -> ExitCode:
    """The exit code that wins where several apply (of 0, 1, 3, 4 and 5); 0 for none."""
    return min(codes, key=_PRECEDENCE.index, default=ExitCode.OK)


class NukediagError(Exception):
    """An error that a user can meet.

    ``message`` says what is wrong, ``remedy`` what to do next (a sentence, with the command to copy where there is
    one). Neither may hold a secret's value.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UsageError(NukediagError):
    """The call itself cannot be carried out as it was typed."""

    exit_code = ExitCode.USAGE


class SettingsError(NukediagError):
    """A setting is missing, malformed or contradicts another one."""

    exit_code = ExitCode.USAGE


class SandboxError(NukediagError):
    """A part of the local sandbox could not be fetched, started or reached."""

    exit_code = ExitCode.BUG


class JournalError(NukediagError):
    """The journal cannot be read or written (disk full, foreign file, another run holds it)."""

    exit_code = ExitCode.STOPPED
