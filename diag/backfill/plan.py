"""What a backfill would do, and what it would cost: asked before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass

from diag.backfill.journal import journal_path
from diag.backfill.options import Options
from diag.backfill.runs import Runs, refused_rows
from diag.config import Configuration
from diag.config.settings import Settings
from diag.errors import JournalError
from diag.project import Project
from diag.rows import count_pending
from diag.rows.audit import hollow_rows

_SECONDS_PER_CALL = 7.5  # Rekognition and a vision model take 5 to 10 s
_AUTO = 24  # calls in flight: a guess for "auto"


@dataclass(frozen=True, slots=True)
class Plan:
    """``pending`` rows are without a result, ``refused`` of them are known to fail on their own account, ``rows``
    would be called. ``cost_usd`` and ``seconds`` are estimates. ``visible``: whether this key sees any row at all."""

    pending: int
    refused: int
    rows: int
    cost_usd: float
    seconds: float
    visible: bool = True


async def make_plan(project: Project, settings: Settings, options: Options) -> Plan:
    """Counts rows; free. Raises ProjectError, JournalError."""
    pending = await count_work(project, settings, options)
    visible = pending > 0 or await project.data.count(settings.table.name, {}) > 0
    refused = _refused(project, settings, options)
    rows = max(0, pending - refused)
    most = [most for most in (options.limit, most_calls(options, settings)) if most is not None]
    rows = min([rows, *most])
    pace = (in_flight(options, settings) or _AUTO) / _SECONDS_PER_CALL
    seconds = rows / min(pace, options.rate or pace)
    return Plan(pending, refused, rows, round(rows * settings.backfill.cost_per_call, 2), seconds, visible)


async def count_work(project: Project, settings: Settings, options: Options) -> int:
    """How many rows are without a result; in a repair, how many have nothing behind their mark."""
    if not options.repair:
        return await count_pending(project, settings)
    return sum([1 async for _ in hollow_rows(project, settings)])


def most_calls(options: Options, settings: Settings) -> int | None:
    """How many calls the limits on calls and money allow in all, or None."""
    limits = [] if options.max_calls is None else [options.max_calls]
    price = settings.backfill.cost_per_call
    if options.max_cost is not None and price > 0:
        limits.append(int(options.max_cost / price + 1e-9))
    return min(limits, default=None)


def in_flight(options: Options, settings: Settings) -> int | None:
    """How many calls may be in flight at most, or None where that is to be found out while running."""
    chosen = settings.backfill.concurrency if options.concurrency is None else options.concurrency
    return chosen if isinstance(chosen, int) and chosen > 0 else None


def unended(configuration: Configuration, settings: Settings) -> frozenset[str]:
    """Rows whose last call from here has no known end: another call may be paid for twice, and had better be one for
    another row. A thousand at most, the latest; none where the journal cannot be read, which others will say."""
    try:
        path = journal_path(configuration.state_dir, settings.table.name)
        return frozenset(Runs(path).unended(settings.function.name))
    except JournalError:
        return frozenset()


def _refused(project: Project, settings: Settings, options: Options) -> int:
    if options.retry_failed:
        return 0
    path = journal_path(project.configuration.state_dir, settings.table.name)
    return refused_rows(path, settings.function.name)
