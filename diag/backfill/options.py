"""What somebody asks of one backfill run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """``limit``: rows to attempt. ``concurrency``: calls in flight at most (None: as the settings
    say; 0: found out while running).
    ``rate``: the upstream's limit in calls per second, where it is known. ``max_calls``, ``max_cost`` (USD) and
    ``max_duration`` (seconds) end the run cleanly. ``passes``: how often the pending rows are walked, the later
    times for what failed transiently (None: as the settings say). ``retry_failed``: call rows again that an earlier
    run found bad.
    ``fallback``: where only AWS keeps the function from working, go on with the configured fallback.
    ``repair``: call, with the function's override, the finished rows with nothing behind their mark instead."""

    if_healthy: bool = False
    fallback: bool = False
    limit: int | None = None
    concurrency: int | None = None
    rate: float | None = None
    max_calls: int | None = None
    max_cost: float | None = None
    max_duration: float | None = None
    passes: int | None = None
    retry_failed: bool = False
    repair: bool = False
    accept_rate: float | None = None
    accept_degraded: bool = False
    force: bool = False
