"""What the functions printed and how they were called, as rows of the platform's ``logs`` table.

Columns, sources and attribute keys: Supabase's guide "Advanced log filtering" and its log field reference. Limits
(10,000 characters a line, 100 events in 10 seconds): its page on Edge Functions limits.
"""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime

_LONGEST_LINE = 10_000  # characters
_MOST_EVENTS, _IN_SECONDS = 100, 10
_MOST_ROWS = 50_000  # in all; the oldest go first
_TABLE = """
    create table entries (
        at real, id text, timestamp text, event_message text, severity_text text, source text, log_attributes text
    );
    create index entries_at on entries (at);
"""


class Logbook:
    """The rows, in memory. ``delay``: seconds until a row can be found, as the real log pipeline takes its time."""

    def __init__(self, delay: float = 0.5) -> None:
        self.delay = delay
        self.rows = sqlite3.connect(":memory:")
        self.rows.executescript(_TABLE)
        self._added = 0
        self._recent: dict[str, deque[float]] = {}

    def write(self, source: str, message: str, severity: str, attributes: Mapping[str, object]) -> None:
        """Add a row. All attributes become text, as in the real table."""
        now = time.time()
        if source == "function_logs" and self._too_many(str(attributes.get("function_id", "")), now):
            return
        texts = {key: str(value) for key, value in attributes.items()}
        row = (now, str(uuid.uuid4()), moment(now), message[:_LONGEST_LINE], severity, source, json.dumps(texts))
        self.rows.execute("insert into entries values (?, ?, ?, ?, ?, ?, ?)", row)
        self._added += 1
        if self._added % 1000 == 0:
            self.rows.execute("delete from entries where rowid <= ?", (self._added - _MOST_ROWS,))

    def _too_many(self, function: str, now: float) -> bool:
        recent = self._recent.setdefault(function, deque(maxlen=_MOST_EVENTS))
        if len(recent) == _MOST_EVENTS and now - recent[0] < _IN_SECONDS:
            return True
        recent.append(now)
        return False


def moment(at: float) -> str:
    """A time as the logs endpoint writes it: UTC, microseconds, no zone."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
