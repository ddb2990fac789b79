"""Child processes that never outlive their supervisor, each with its own log file."""

from __future__ import annotations

import asyncio
import ctypes
import os
import pwd
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diag.sandbox.streams import Listener, Reading, sink

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """A running child. ``expected_end`` is set when its end is our doing."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    expected_end: bool = False
    reading: Reading = field(default_factory=Reading)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.returncode is None

    @property
    def condition(self) -> str:
        """``running``, or how it ended."""
        return "running" if self.alive else f"ended with {self.process.returncode}"

    async def ended(self) -> int:
        """Its exit code, once it has ended and everything that it said has been heard."""
        code = await self.process.wait()
        await self.reading.finished()
        return code

    def last_words(self, lines: int = 8) -> str:
        """The end of its log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    async def stop(self, grace: float = 5) -> None:
        """End it: politely, after ``grace`` seconds by force."""
        self.expected_end = True
        with suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), grace)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()


def _die_with_parent(parent: int, how: signal.Signals) -> Callable[[], None]:
    # Runs in the child between fork and exec, so everything it needs is looked up beforehand. Without prctl (macOS)
    # a SIGKILL of the supervisor leaves children behind; `down` then ends their process group.
    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(how))
            if os.getppid() != parent:  # the supervisor died before the line above
                os._exit(1)

    return prepare


def identity(user: str | None) -> dict[str, Any]:
    """The subprocess arguments that make a child run as that user, with nothing left of our own groups."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


async def run(
    command: Sequence[str], *, env: Mapping[str, str], text: str = "", user: str | None = None
) -> tuple[int, str, str]:
    """Run a program to its end: its exit code, output and complaints. It does not outlive the task that waits."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(env),
        cwd="/",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=_die_with_parent(os.getpid(), signal.SIGKILL),
        **identity(user),
    )
    try:
        answer, complaint = await process.communicate(text.encode())
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, answer.decode(errors="replace"), complaint.decode(errors="replace")


@dataclass
class Family:
    """The supervisor's children by name, what is to be said about those that died unasked, and how often others were
    started again (``kept``)."""

    logs: Path
    members: dict[str, Child] = field(default_factory=dict)
    obituaries: list[str] = field(default_factory=list)
    restarts: Counter[str] = field(default_factory=Counter)
    _watchers: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        watched: bool = True,
        heard: Listener | None = None,
    ) -> Child:
        """Start a child. ``watched``: its unasked end is a fault of the sandbox that ``status`` reports. ``heard`` is
        told of each line of its output and says what goes into its log; without it the log takes all as it comes."""
        log = self.logs / f"{name}.log"
        how = signal.SIGKILL if stop_signal == signal.SIGTERM else stop_signal
        with sink(log) as file:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=dict(env),
                cwd=cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if heard else file,
                stderr=asyncio.subprocess.PIPE if heard else asyncio.subprocess.STDOUT,
                preexec_fn=_die_with_parent(os.getpid(), how),
                **identity(user),
            )
        child = self.members[name] = Child(name, process, log, stop_signal)
        if heard:
            child.reading.begin(process, log, heard)
        self._watch(child, watched)
        return child

    def _watch(self, child: Child, watched: bool) -> None:
        task = asyncio.create_task(self._bury(child, watched))
        self._watchers.add(task)
        task.add_done_callback(self._watchers.discard)

    async def _bury(self, child: Child, watched: bool) -> None:
        await child.ended()
        if self.members.get(child.name) is child:
            del self.members[child.name]
        if watched and not child.expected_end:
            self.obituaries.append(f"{child.name} {child.condition}")

    async def stop_all(self) -> None:
        """End every child, the youngest first, so that nobody loses its database while it still works."""
        for child in reversed(list(self.members.values())):
            await child.stop()
