"""The queue's functions over a direct connection to the database: one round trip in a millisecond instead of an HTTP
request. Optional (``pip install 'nukediag[queue]'``, ``DATABASE_URL``); everything works over the data API as well."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from diag.diagnosis import Answer
from diag.errors import SettingsError
from diag.fleet.address import parameters
from diag.fleet.queue import Functions
from diag.project import Project, ProjectError
from diag.project.retrying import retrying
from diag.secret import Secret, redact

if TYPE_CHECKING:
    import psycopg

_CONNECT = 10  # seconds
_LONGEST = 60  # seconds


class Direct:
    """One connection, made when it is first needed and again after it was lost. Raises ProjectError; SettingsError
    where the driver is not installed."""

    def __init__(self, database_url: Secret) -> None:
        self._url = database_url
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def rpc(self, name: str, arguments: Mapping[str, Any], *, again: bool = False) -> Any:
        """See ``diag.fleet.queue.Functions``."""
        from psycopg import sql

        named = [sql.SQL("{} => {}").format(sql.Identifier(key), sql.Placeholder(key)) for key in arguments]
        call = sql.SQL("select public.{}({}) as answer").format(sql.Identifier(name), sql.SQL(", ").join(named))
        rows = await self.run(call, arguments, f"calling {name} in the database", again=again)
        return rows[0]["answer"] if rows else None

    async def query(self, statements: str) -> list[dict[str, Any]]:
        """Run SQL as it is, one or many statements; the rows of the last one."""
        return await self.run(statements.encode(), None, "running SQL in the database")

    async def run(
        self, statement: Any, values: Mapping[str, Any] | None, what: str, *, again: bool = False
    ) -> list[dict[str, Any]]:
        """The rows of a statement as psycopg takes it."""
        async for attempt in retrying(attempts=4 if again else 1):
            with attempt:
                return await self._once(statement, values, what)
        raise AssertionError("a retry ends with an answer or an exception")

    async def _once(self, statement: Any, values: Mapping[str, Any] | None, what: str) -> list[dict[str, Any]]:
        psycopg = _driver()
        async with self._turn:
            try:
                async with asyncio.timeout(_LONGEST), (await self._open()).cursor() as cursor:
                    await cursor.execute(statement, values)
                    while cursor.nextset():
                        pass
                    return list(await cursor.fetchall()) if cursor.description else []
            except TimeoutError:  # a network that swallows everything: this connection is of no use any more
                await self.aclose()
                text = f"no answer from the database within {_LONGEST} s"
                raise ProjectError(what, Answer(failure="network.timeout", failure_text=text)) from None
            except psycopg.Error as error:
                raise ProjectError(what, _answer(error)) from None

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        psycopg = _driver()
        if self._connection is None or self._connection.closed:
            # No prepared statements: the pooler in transaction mode does not keep them.
            self._connection = await psycopg.AsyncConnection.connect(
                **{"connect_timeout": str(_CONNECT), **parameters(self._url, os.environ)},
                autocommit=True,
                prepare_threshold=None,
                row_factory=psycopg.rows.dict_row,
            )
        return self._connection

    async def aclose(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()


@asynccontextmanager
async def way(project: Project, *, direct: bool) -> AsyncIterator[Functions]:
    """The database's functions, over the project's data API or ``direct``; closed at the end. Raises SettingsError
    where the direct way has no address."""
    if not direct:
        yield project.data
        return
    project.configuration.require("database_url")
    assert project.configuration.database_url is not None  # required above
    connection = Direct(project.configuration.database_url)
    try:
        yield connection
    finally:
        await connection.aclose()


def _driver() -> Any:
    try:
        import psycopg
        import psycopg.rows
    except ImportError:
        text = "a direct connection to the database needs the driver psycopg"
        raise SettingsError(text, "pip install 'nukediag[queue]', or leave out --direct") from None
    return psycopg


def _answer(error: psycopg.Error) -> Answer:
    """As the data API puts it: what the database says is an answer, anything else a failure of the network."""
    if error.sqlstate is None or error.sqlstate[:2] in ("08", "57"):  # connection lost, server going down
        text = redact(" ".join(str(error).split()))[:300]
        return Answer(failure="network.refused", failure_text=text)
    missing = error.sqlstate in ("42883", "3F000")  # function, schema
    body = {"code": "PGRST202" if missing else error.sqlstate, "message": error.diag.message_primary or ""}
    return Answer(status=404 if missing else 400, body=json.dumps(body).encode())
