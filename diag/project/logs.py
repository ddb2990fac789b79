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
"""How far the platform's clock may be from ours."""
_APART, _TRAILING = timedelta(milliseconds=500), timedelta(seconds=6)
"""How far the clocks of the platform's own machines may be apart; how long a worker's last words may take, with the
fraction of a second that a ``Date`` header leaves out."""
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

    @classmethod
    def by_its_own_clock(cls, answered: datetime, took: timedelta) -> Window:
        """The time of one call by the platform's clock: ``answered`` is the answer's ``Date``, in whole seconds.

        No margin for our clock is needed, so that the lines of the call before it stay out.
        """
        return cls(answered - took - _APART, answered + _TRAILING)

    def parameters(self) -> dict[str, str]:
        """The endpoint's own parameters; it rounds to whole minutes."""
        return {"iso_timestamp_start": _iso(self.start), "iso_timestamp_end": _iso(self.end)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def query(*, execution_id: str | None = None, function_id: str | None = None) -> str:
    """The query for a worker's lines or, where no worker answered, for a function's failures to start: its other lines
    are those of other calls. ``execution_id`` names a worker and not a request: the window does the rest."""
    key, value = ("execution_id", execution_id) if execution_id else ("function_id", function_id or "")
    only = "" if execution_id else "and log_attributes['event_type'] = 'BootFailure' "
    return (
        "select toUnixTimestamp64Milli(timestamp) as ts_ms, event_message, "  # noqa: S608 - the value is escaped
        "log_attributes['event_type'] as event_type, log_attributes['level'] as level, "
        "log_attributes['reason'] as reason "
        f"from logs where source = 'function_logs' and log_attributes['{key}'] = '{escaped(value)}' {only}"
        f"order by timestamp desc limit {MOST}"  # the endpoint looks at whole minutes: of too many, the last ones
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
