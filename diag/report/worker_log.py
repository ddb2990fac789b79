"""A worker's log: one line per event, as text or as a JSON object for a log collector."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from diag.backfill import Event, Notice, RowAnswered
from diag.backfill.fate import Fate
from diag.rows.outcome import Outcome
from diag.secret import redact

_EVERY = 30.0  # seconds between figures in the text log
_QUIET = (Fate.DONE,)  # fates that the text log leaves to its figures


def utc_now() -> datetime:
    """The present time, UTC."""
    return datetime.now(UTC)


@dataclass
class WorkerLog:
    """``write`` gets each line. ``form`` is ``text`` or ``json``. ``names`` are in every JSON line (queue ...)."""

    write: Callable[[str], object]
    form: str = "text"
    names: dict[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = utc_now
    _figures_at: float = 0.0

    def __call__(self, event: Event) -> None:
        """An event of the engine."""
        if self.form == "json":
            self.write(self._object(event))
            return
        if isinstance(event, Notice):
            self.line(event.text)
        elif event.fate not in _QUIET:
            self.line(f"{event.outcome.row.id}: {event.outcome.diagnosis.signature} ({event.fate})")
        if isinstance(event, RowAnswered) and self.now().timestamp() - self._figures_at >= _EVERY:
            self._figures_at = self.now().timestamp()
            tally = event.tally
            self.line(f"{tally.calls:,} calls, {tally.succeeded:,} rows done, {tally.failed:,} not")

    def line(self, text: str) -> None:
        """A sentence, in either form."""
        if self.form == "json":
            self.write(self._object(Notice(text)))
        else:
            self.write(_clean(f"{self.now():%Y-%m-%dT%H:%M:%SZ} {text}"))

    def _object(self, event: Event) -> str:
        head = {"time": f"{self.now():%Y-%m-%dT%H:%M:%S.%fZ}", **self.names}
        return redact(json.dumps({**head, **fields_of(event)}, ensure_ascii=True))


def fields_of(event: Event) -> dict[str, Any]:
    """An event as a JSON object."""
    if isinstance(event, Notice):
        return {"level": "info", "event": "notice", "text": event.text}
    level = "info" if event.fate in (Fate.DONE, Fate.RETRY) else "warning"
    return {"level": level, "event": "row", "fate": str(event.fate), "attempt": event.attempt, **_row(event.outcome)}


def _row(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    return {
        "row": outcome.row.id,
        "signature": outcome.diagnosis.signature,
        "called": outcome.called,
        "marked": outcome.marked,
        "status": answer.status if answer else None,
        "request_id": answer.header("sb-request-id") if answer else None,
        "duration_ms": round(outcome.duration_ms),
    }


def _clean(text: str) -> str:
    """One line that cannot steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in redact(text))
