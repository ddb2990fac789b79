"""Counts over time and durations of calls, in as many steps as a chart can show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from diag.backfill.runs import Latency as Counted
from diag.backfill.runs import Slot
from diag.report.page.model import Band, Flow, Latency, Moment

_MOST_STEPS = 120
_NICE = (10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)  # seconds


def flow(slots: Sequence[Slot]) -> Flow | None:
    """The slots put together to at most 120 steps, empty ones included; None without any."""
    if not slots:
        return None
    first, last = slots[0].at, slots[-1].at + slots[-1].width
    step = _step(last - first, max(slot.width for slot in slots))
    begin = first - first % step
    counts = [[0, 0, 0, 0] for _ in range((last - begin - 1) // step + 1)]
    for slot in slots:
        for place, count in enumerate((slot.good, slot.refused, slot.throttled, slot.failed)):
            counts[(slot.at - begin) // step][place] += count
    moments = [
        Moment(
            at=datetime.fromtimestamp(begin + number * step, UTC),
            done=done,
            refused=refused,
            throttled=throttled,
            failed=failed,
        )
        for number, (done, refused, throttled, failed) in enumerate(counts)
    ]
    return Flow(seconds=step, moments=moments)


def _step(span: int, least: int) -> int:
    days = 86_400
    wide = [step for step in _NICE if step >= least and span / step <= _MOST_STEPS]
    return wide[0] if wide else days * (span // (days * _MOST_STEPS) + 1)


def latency(counted: Sequence[Counted]) -> Latency | None:
    """The distribution, with its percentiles read off it; None without any call."""
    counts = [(one, one.good + one.bad) for one in counted]
    if not sum(count for _, count in counts):
        return None
    return Latency(
        bands=[Band(from_ms=one.low, to_ms=one.high, count=count) for one, count in counts],
        p50_ms=percentile(counts, 0.5),
        p90_ms=percentile(counts, 0.9),
        p99_ms=percentile(counts, 0.99),
    )


def percentile(counts: Sequence[tuple[Counted, int]], part: float) -> float:
    """The duration in milliseconds that ``part`` of the calls did not exceed, taken straight within a band."""
    wanted, seen = part * sum(count for _, count in counts), 0
    for one, count in counts:
        if count and seen + count >= wanted:
            return round(one.low + (one.high - one.low) * (wanted - seen) / count, 1)
        seen += count
    return 0.0
