"""The lines that a function wrote while it answered one call, from the Management API's logs endpoint.

Source: Supabase's guides "Advanced log filtering" and "Logging" of Edge Functions. Lines come with a delay of seconds
to minutes, so that none there yet is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_BEFORE, _AFTER = timedelta(seconds=10), timedelta(seconds=20)
"""How far the platform's clock may be from ours; a worker may also have booted some seconds before the call."""
MOST = 200


@dataclass(frozen=True, slots=True)
class LogLine:
    """``event`` is ``Log``, ``Boot``, ``BootFailure``, ``UncaughtException`` or ``Shutdown``; ``level`` as written."""

    at: datetime
    text: str
    event: str
    level: str

    @property
    def is_telling(self) -> bool:
        """Whether it speaks of something that went wrong."""
        ended_badly = self.event == "Shutdown" and "EarlyDrop" not in self.text and "EventLoop" not in self.text
        return self.event in ("BootFailure", "UncaughtException") or ended_badly or self.level in _BAD


_BAD = ("error", "fatal", "warn", "warning")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, as the endpoint takes it."""

    start: datetime
    end: datetime

    @classmethod
    def around(cls, began: datetime, ended: datetime) -> Window:
        """The time of one call with a margin for clocks that disagree."""
        return cls(began - _BEFORE, ended + _AFTER)

    def parameters(self) -> dict[str, str]:
        """The endpoint's own parameters; it rounds to whole minutes."""
        return {"iso_timestamp_start": _iso(self.start), "iso_timestamp_end": _iso(self.end)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def query(*, execution_id: str | None = None, function_id: str | None = None) -> str:
    """The query for a worker's lines (or, where no worker answered, a function's). ``execution_id`` names a worker and
    not a request: the window does the rest."""
    key, value = ("execution_id", execution_id) if execution_id else ("function_id", function_id or "")
    return (
        "select toUnixTimestamp64Milli(timestamp) as ts_ms, event_message, "  # noqa: S608 - the value is escaped
        "log_attributes['event_type'] as event_type, log_attributes['level'] as level, "
        "log_attributes['reason'] as reason "
        f"from logs where source = 'function_logs' and log_attributes['{key}'] = '{escaped(value)}' "
        f"order by timestamp asc limit {MOST}"
    )


def escaped(text: str) -> str:
    """A text inside quotes in ClickHouse's SQL."""
    return text.replace("\\", "\\\\").replace("'", "''")


def lines(rows: Iterable[Mapping[str, Any]], window: Window) -> tuple[LogLine, ...]:
    """The rows of an answer that lie in the window, in order of time. Pure."""
    found = sorted((_line(row) for row in rows), key=lambda line: line.at)
    return tuple(line for line in found if window.start <= line.at <= window.end)


def _line(row: Mapping[str, Any]) -> LogLine:
    milliseconds, reason = row.get("ts_ms"), str(row.get("reason") or "")
    text = str(row.get("event_message") or "")
    return LogLine(
        at=datetime.fromtimestamp(int(milliseconds or 0) / 1000, UTC),
        text=f"{text} ({reason})" if reason and reason not in text else text,
        event=str(row.get("event_type") or ""),
        level=str(row.get("level") or "").lower(),
    )
