"""What a worker may use, measured on its process.

Supabase's page on Edge Functions limits: 256 MB of memory, and 2 s of processor time a request, without waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import psutil  # type: ignore[import-untyped]

Overstepped = Literal["Memory", "CPUTime", "WallClockTime"]
"""As the platform calls the reasons of a shutdown."""


@dataclass(frozen=True)
class Allowance:
    """``memory`` in bytes for the worker, ``cpu`` in seconds for each request."""

    memory: int = 256 * 2**20
    cpu: float = 2.0

    def overstepped(self, memory: int, cpu: float, requests: int) -> Overstepped | None:
        """By which of the two, given what ``requests`` at once have used together."""
        if memory > self.memory:
            return "Memory"
        return "CPUTime" if cpu > self.cpu * requests else None


@dataclass
class Meter:
    """Measures one process. Requests that overlap share their allowance of processor time."""

    pid: int
    allowance: Allowance = Allowance()
    _since: float = 0.0
    _requests: int = 0
    _process: psutil.Process = field(init=False)

    def __post_init__(self) -> None:
        self._process = psutil.Process(self.pid)

    def begin(self, *, idle: bool) -> None:
        """A request begins; ``idle``: no other one is under way."""
        if idle:
            self._since, self._requests = self._cpu(), 0
        self._requests += 1

    def reading(self) -> Overstepped | None:
        """What has been overstepped by now."""
        try:
            found = self._process.memory_info()
            # The pages of the Deno program itself are shared, and no part of the function's memory.
            memory = found.rss - getattr(found, "shared", 0)
            return self.allowance.overstepped(memory, self._cpu() - self._since, self._requests)
        except psutil.Error:
            return None

    def _cpu(self) -> float:
        try:
            times = self._process.cpu_times()
        except psutil.Error:
            return self._since
        return float(times.user + times.system)
