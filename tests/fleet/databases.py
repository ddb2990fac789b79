"""The queue's functions in a sandbox's database, called as their owner: with the time passed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg

WORK = {
    "function": "analyze-image",
    "table": "vehicle_images",
    "key": "id",
    "marker": "ai_last_scanned",
    "where": {"vehicle_id": "not.is.null"},
}
PACE = {"go": 0.8, "stop": 0.5, "pauses": [30, 60]}


class Sql:
    """One connection. ``at`` is the simulated time in seconds, which starts at any moment."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True)

    def one(self, statement: str, *values: Any) -> Any:
        """The one value that the statement gives."""
        row = self.connection.execute(statement, values or None).fetchone()
        return row[0] if row else None

    def do(self, statement: str, *values: Any) -> None:
        """Run it; many statements where there are no values."""
        self.connection.execute(statement, values or None)

    def begin(self, queue: str, pace: Mapping[str, Any] | None = None, at: float = 0.0, **work: Any) -> Any:
        values = (queue, json.dumps({**WORK, **work}), json.dumps({**PACE, **(pace or {})}), moment(at))
        return self.one("select nukediag.begin(%s, 'run', %s, %s, %s)", *values)

    def take(self, queue: str, worker: str, wanted: int, at: float) -> Any:
        return self.one("select nukediag.take(%s, %s, %s, %s)", queue, worker, wanted, moment(at))

    def report(self, queue: str, worker: str, number: int, ended: list[dict[str, Any]], at: float) -> Any:
        statement = "select nukediag.report(%s, %s, %s, %s, '{}', %s)"
        return self.one(statement, queue, worker, number, json.dumps(ended), moment(at))

    def probed(self, queue: str, worker: str, good: bool, at: float = 0.0) -> Any:
        return self.one("select nukediag.probed(%s, %s, %s, 'a.b', 'so', %s)", queue, worker, good, moment(at))

    def claim(self, queue: str, worker: str, ids: list[str], at: float = 0.0, lease: int = 600) -> Any:
        return self.one("select nukediag.claim(%s, %s, %s, %s, %s)", queue, worker, ids, lease, moment(at))


def moment(seconds: float) -> str:
    """A time as Postgres reads it, exact to the microsecond."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"2030-01-01 {hours:02d}:{minutes:02d}:{rest:09.6f}+00"


def ended(call: int, reading: str, signature: str = "runtime.crashed", **rest: Any) -> dict[str, Any]:
    """One call's end as a worker reports it."""
    return {"call": call, "reading": reading, "signature": signature, **rest}
