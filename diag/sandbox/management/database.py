"""SQL over the management API, as whoever owns the database."""

from __future__ import annotations

import json

from aiohttp import web

from diag.sandbox.management.answers import ONE, body_of, message
from diag.sandbox.model import Project


class Database:
    """``POST /v1/projects/{ref}/database/query``: ``{query, read_only}``, answered with the last statement's rows."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def routes(self) -> list[web.RouteDef]:
        """Below ``/v1``."""
        return [web.post(f"{ONE}/database/query", self._query)]

    async def _query(self, request: web.Request) -> web.Response:
        body = await body_of(request, dict)
        if body is None or not isinstance(body.get("query"), str):
            return message(400, "query must be a string")
        return await _run(self._project.database_url, body["query"], read_only=bool(body.get("read_only")))


async def _run(url: str, query: str, *, read_only: bool) -> web.Response:
    import psycopg
    from psycopg.rows import dict_row

    options = "-c default_transaction_read_only=on" if read_only else ""
    try:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row, options=options)
        async with connection, connection.cursor() as cursor:
            await cursor.execute(query.encode())
            while cursor.nextset():
                pass
            rows = await cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error)
        return message(400, f"Failed to run sql query: ERROR:  {error.sqlstate or 'XX000'}: {said}\n")
    return web.Response(status=201, text=json.dumps(rows, default=str), content_type="application/json")
