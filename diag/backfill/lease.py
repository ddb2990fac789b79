"""Two runs on the same table at once would pay for rows twice: the second one is refused.

The lease is a lock that the kernel holds for the process, so a killed run leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from diag.errors import UsageError


class Lease:
    """Held from ``take`` to ``release``."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, path: Path) -> Lease:
        """Raises UsageError where another run holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        file = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read(64).strip() or "another process"
            file.close()
            remedy = "wait for it to end, or stop it with Ctrl-C; a second run then takes over where it stopped"
            raise UsageError(f"another backfill of this table is running (process {holder})", remedy) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        return cls(file)

    def release(self) -> None:
        """Give it back; closing the file unlocks it."""
        self._file.close()
