"""Two runs on the same table at once would pay for rows twice: the second one is refused.

The lease is a lock that the kernel holds for the process, so a killed run leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from diag.errors import UsageError
from diag.private import open_private

_TRIES, _PAUSE = 5, 0.02  # somebody who only looks whether it is held holds it for an instant


class Lease:
    """Held from ``take`` to ``release``."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> Lease:
        """Raises UsageError where another run holds it."""
        file = os.fdopen(open_private(path), "r+")
        if not _lock(file):
            holder = file.read(64).strip() or "another process"
            file.close()
            remedy = "wait for it to end, or stop it with Ctrl-C; a second run then takes over where it stopped"
            raise UsageError(f"another backfill of this table is running (process {holder})", remedy)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        return cls(file)

    def release(self) -> None:
        """Give it back; closing the file unlocks it."""
        self._file.close()


def holder(path: Path) -> int | None:
    """The process that holds the lease, or None where nobody does. Disturbs nobody: a run that begins at this very
    moment tries again."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = path.read_text().strip()
        return int(text) if text.isdecimal() else 0
    except OSError:
        return None
    return None


def _lock(file: IO[str]) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False
