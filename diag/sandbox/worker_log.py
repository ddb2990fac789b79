"""What one worker says and what becomes of it, as rows of ``function_logs``.

Events, levels and telltale texts: Supabase's edge-runtime (``ext/event_worker/events.rs``) and its troubleshooting
pages on 503, 546 and shutdown reasons.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.sandbox.logbook import Logbook

_FRAME = "\x1e"  # in front of what the function's console said: see deno/preload.ts
_TELLTALE = {"CPUTime": "CPU Time exceeded", "Memory": "Memory limit exceeded"}
_GREETING = "Listening on "  # Deno's, not the function's
_TOGETHER = 0.05  # seconds within which lines are one message
_OUT_OF_MEMORY = "out of memory"  # V8's last words


@dataclass
class WorkerLog:
    """``identity``: execution_id, function_id, deployment_id, version, region."""

    book: Logbook
    identity: Mapping[str, object]
    _raw: deque[str] = field(default_factory=lambda: deque(maxlen=60))
    _untold: list[str] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None

    def heard(self, line: str) -> str:
        """Takes a line of the process's output; gives the text of it."""
        if not line.startswith(_FRAME):
            self._hold(line)
            return line
        self._tell()
        said = json.loads(line[1:])
        self._write(said["text"], said["level"], "Log")
        return str(said["text"])

    def _hold(self, line: str) -> None:
        """What did not come by the console: Deno's own words, as about an exception in a handler. It writes them in
        several lines that belong together, and after its last ones it ends."""
        if line.startswith(_GREETING):
            return
        self._raw.append(line)
        self._untold.append(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TOGETHER, self._tell)

    def _tell(self) -> None:
        if self._untold:
            self._write("\n".join(self._untold), "error", "Log")
        self._forget()

    def _forget(self) -> None:
        self._untold = []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def booted(self, seconds: float) -> None:
        """It listens."""
        self._write(f"booted (time: {seconds * 1000:.0f}ms)", "info", "Boot")

    def failed_to_boot(self) -> None:
        """It ended, or did not listen in time."""
        self._forget()
        self._write(f"worker boot error: {self._complaint()}", "error", "BootFailure")

    def ended(self, reason: str) -> None:
        """It is gone; ``reason`` as the platform calls it, empty where an exception ended it."""
        self._forget()
        if reason in _TELLTALE:
            self._write(_TELLTALE[reason], "error", "Log")
        if reason:
            self._write("shutdown", "info", "Shutdown", reason=reason)
        else:
            self._write(self._complaint(), "error", "UncaughtException")

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether V8 said so itself."""
        return any(_OUT_OF_MEMORY in line for line in self._raw)

    def _complaint(self) -> str:
        lines = list(self._raw)
        first = next((at for at, line in enumerate(lines) if line.startswith("error: ")), None)
        return "\n".join(lines[first:]) if first is not None else "\n".join(lines[-5:])

    def _write(self, text: str, level: str, event: str, **more: object) -> None:
        attributes = {**self.identity, "event_type": event, "level": level, **more}
        self.book.write("function_logs", text, level.upper(), attributes)
