"""The command as a process: in a session of its own, so that it and everything that it started can be stopped."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diag.backfill.supervise.lines import CHUNK
from diag.errors import UsageError

_MARK = "NUKEDIAG_SUPERVISED"
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PROC = Path("/proc")
_LOOK_EVERY = 0.1  # seconds between looks whether it is gone


@dataclass(frozen=True, slots=True)
class Command:
    """The words of the command, the environment that it gets, and where it runs. Raises UsageError where there is no
    such program: before anything is paid for."""

    words: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path

    def __post_init__(self) -> None:
        program = self.words[0]
        # Looked for where the command will run: a relative path is meant from there.
        name = str(self.folder / program) if os.sep in program else program
        if shutil.which(name, path=self.environ.get("PATH")) is None:
            raise UsageError(
                f"there is no program {program!r}", "write the command after --: -- node script.js 10 1000"
            )


class Child:
    """The running command. ``mark`` is a name that stands in the environment of it and of whatever it starts."""

    def __init__(self, process: asyncio.subprocess.Process, mark: str) -> None:
        self.process = process
        self._mark = f"{_MARK}={mark}".encode()
        self._halted = False

    @classmethod
    async def start(cls, command: Command, mark: str) -> Child:
        """Raises UsageError where it cannot be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command.words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={**command.environ, _MARK: mark},
                cwd=command.folder,
                limit=CHUNK,
                start_new_session=True,
                preexec_fn=_die_with_parent(os.getpid()),
            )
        except OSError as error:
            reason = f"{command.words[0]} cannot be started: {error.strerror}"
            raise UsageError(reason, "see whether it is a program that may be executed") from None
        return cls(process, mark)

    def halt(self, wanted: bool) -> None:
        """Freeze it, or let it go on."""
        if wanted is not self._halted:
            self._halted = wanted
            self._signal(signal.SIGSTOP if wanted else signal.SIGCONT)

    async def stop(self, grace: float, hurry: asyncio.Event) -> None:
        """End it and everything that it has started: SIGINT, after ``grace`` seconds SIGTERM, then SIGKILL; at once
        where ``hurry`` is set."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if hurry.is_set():
                break
            self._signal(number)
            self.halt(False)
            if await self._gone(grace, hurry):
                return
        self._signal(signal.SIGKILL)
        await self._gone(grace, asyncio.Event())

    async def clear_away(self, grace: float) -> bool:
        """End what the command left running when it ended itself. True where there was something."""
        if not self._members():
            return False
        await self.stop(grace, asyncio.Event())
        return True

    async def _gone(self, seconds: float, hurry: asyncio.Event) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self.process.returncode is None or self._members():
            if loop.time() >= until or hurry.is_set():
                return False
            await asyncio.sleep(_LOOK_EVERY)
        return True

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
        for pid in self._members():
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(pid) != self.process.pid:  # once each: some programs take a second SIGINT for "at once"
                    os.kill(pid, number)

    def _members(self) -> list[int]:
        """The processes of the command that live: those of its group, and those that left it but bear the mark."""
        if not _PROC.joinpath("self").exists():
            return [self.process.pid] if _group_lives(self.process.pid) else []
        pids = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal())
        return [pid for pid in pids if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        try:
            # After the name in brackets: state, parent, group ...
            state, _, group = (_PROC / f"{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[:3]
            if state in ("Z", "X"):
                return False
            return int(group) == self.process.pid or self._mark in (_PROC / f"{pid}/environ").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return False


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def _die_with_parent(parent: int) -> Callable[[], None]:
    # Runs in the child between fork and exec: a command that nobody watches any more must not go on spending.
    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
            if os.getppid() != parent:  # the parent died before the line above
                os._exit(1)

    return prepare
