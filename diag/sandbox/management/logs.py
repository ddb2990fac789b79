"""The logs endpoint: queries in ClickHouse's SQL over the ``logs`` table.

Rules from Supabase's guide "Advanced log filtering" and the API description: at most 24 hours and 1,000 rows, names
instead of ``*``, errors of a query with status 200. The old path was removed in September 2026.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from aiohttp import web

from diag.sandbox.logbook import Logbook
from diag.sandbox.management.answers import ONE, message

_MINUTE, _DAY = 60, 86_400  # seconds
_DEFAULT = "select id, timestamp, event_message from logs where source = 'edge_logs' order by timestamp desc limit 100"
_REMOVED = "This endpoint has been removed. Use /analytics/endpoints/logs instead."


class Logs:
    """The one route, and the removed one."""

    def __init__(self, book: Logbook) -> None:
        self._book = book

    def routes(self) -> list[web.RouteDef]:
        """Below ``/v1``."""
        return [web.get(f"{ONE}/analytics/endpoints/{{endpoint}}", self._query)]

    async def _query(self, request: web.Request) -> web.Response:
        endpoint = request.match_info["endpoint"]
        if endpoint != "logs":
            return message(410, _REMOVED) if endpoint == "logs.all" else message(404, f"Cannot GET {request.path}")
        try:
            start, end = _window(request.query.get("iso_timestamp_start"), request.query.get("iso_timestamp_end"))
        except ValueError as error:
            return message(400, str(error))
        from diag.sandbox.log_query import QueryError, run  # the SQL parser is loaded where it is used

        try:
            rows = run(self._book, request.query.get("sql") or _DEFAULT, start, end)
        except QueryError as error:
            return web.json_response({"result": None, "error": _described(str(error))})
        return web.json_response({"result": rows, "error": None})


def _described(text: str) -> dict[str, object]:
    return {"code": 400, "errors": [], "message": text, "status": "INVALID_ARGUMENT"}


def _window(start: str | None, end: str | None) -> tuple[float, float]:
    """Seconds since the epoch, on whole minutes; the last one where neither is given. Raises ``ValueError``."""
    until = _read(end) if end else time.time()
    since = _read(start) if start else until - (_DAY if end else _MINUTE)
    if since > until:
        raise ValueError("iso_timestamp_start must be before iso_timestamp_end")
    if until - since > _DAY:
        raise ValueError("the time range must not be longer than 24 hours")
    return since // _MINUTE * _MINUTE, -(-until // _MINUTE) * _MINUTE


def _read(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
