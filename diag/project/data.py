"""The data API (PostgREST) of one project, through Supabase's own client on nukediag's connection.

The library is imported when the first table is asked for: it costs a fifth of a second.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from diag.diagnosis import Answer
from diag.errors import SettingsError
from diag.project.bounded import read_at_most
from diag.project.error import ProjectError, Refused, standing_still, translated, unexpected
from diag.project.http import USER_AGENT, answer_of
from diag.project.limits import LARGEST_BODY, LARGEST_DESCRIPTION, LONGEST_ANSWER, LONGEST_NUMBER
from diag.project.retrying import retrying
from diag.project.tables import Table, tables_of

if TYPE_CHECKING:
    from postgrest import (
        APIResponse,
        AsyncPostgrestClient,
        AsyncRequestBuilder,
        AsyncSelectRequestBuilder,
        CountMethod,
    )

PAGE = 1_000
"""Rows per answer that every project allows (``max_rows``, unless somebody lowered it). The cap is silent."""
_LONGEST_LIST = 4_000  # characters of an in.(...) list as it is sent: well below every proxy's limit for a URL
_LONGEST_CHUNK = 100  # ids
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class DataApi:
    """Tables of the project. Every method raises ProjectError. Reads are retried for transient causes."""

    def __init__(self, client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> None:
        self._client = client
        self._url = f"{url}/rest/v1"
        self._headers = {**headers, "X-Client-Info": USER_AGENT}
        self._postgrest: AsyncPostgrestClient | None = None

    async def count(self, table: str, where: Mapping[str, str]) -> int:
        """How many rows match; ``where`` maps a column to a filter in PostgREST's notation (``is.null``)."""
        what = f"counting the rows of {table}"

        def query() -> Awaitable[APIResponse]:
            return _filtered(self._table(table).select("*", count=_exact(), head=True), where).execute()

        try:
            found = await self._read(what, query)
        except ProjectError as error:
            return _total_beyond(await self._explained(error, table, where))
        if found.count is None:
            raise unexpected(what, Answer(status=200))
        return found.count

    async def _explained(self, error: ProjectError, table: str, where: Mapping[str, str]) -> ProjectError:
        """The answer to a HEAD has no body and may say nothing: the same question as a GET for one row does."""
        if error.answer.body or error.answer.status not in (400, 401, 403, 404, 406):
            return error
        try:
            await self._read(
                f"counting the rows of {table}",
                lambda: _filtered(self._table(table).select("*"), where).limit(1).execute(),
            )
        except ProjectError as explained:
            return explained
        return error

    async def page(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, str],
        *,
        key: str,
        after: str | None,
        limit: int,
        last: bool = False,
    ) -> list[dict[str, Any]]:
        """The next rows behind ``after`` in the order of ``key``, at most ``limit`` and at most 1,000; with ``last``
        the last ones of all, backwards. An empty page is the end for certain; a short one only where the project has
        not lowered its row limit."""

        def query() -> Awaitable[APIResponse]:
            select = _filtered(self._table(table).select(*columns), where).order(key, desc=last).limit(min(limit, PAGE))
            return (select if after is None else select.gt(key, after)).execute()

        rows = _rows(await self._read(f"reading {table}", query), key)
        if any(str(row[key]) == after for row in rows):
            raise standing_still(f"reading {table}", key)
        return rows

    async def rows(
        self,
        table: str,
        columns: Sequence[str],
        key: str,
        ids: Sequence[str],
        where: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]]:
        """The rows with these ids (those that exist and match), in no promised order. ``key`` is unique."""
        found: list[dict[str, Any]] = []
        for chunk in chunks(ids):

            def query(chunk: Sequence[str] = chunk) -> Awaitable[APIResponse]:
                return _filtered(self._table(table).select(*columns), where or {}).in_(key, chunk).execute()

            found += _rows(await self._read(f"reading {table}", query), key)
        return found

    async def records_per_key(self, table: str, key: str, ids: Sequence[str]) -> dict[str, int]:
        """How many records stand under each of these ids; 0 for those without. Counted here: the data API's own
        aggregates are off by default."""
        counted = Counter(dict.fromkeys(ids, 0))
        for chunk in chunks(ids):
            async for value in self._values(table, key, chunk):
                counted[value] += 1
        return {one: counted[one] for one in ids}

    async def _values(self, table: str, key: str, ids: Sequence[str]) -> AsyncIterator[str]:
        """The key column of all records under these ids. Pages by offset over rows sorted by that column: however
        equal ones are ordered among themselves, the count of each comes out the same."""
        seen, total = 0, 1
        while seen < total:

            def query(offset: int = seen) -> Awaitable[APIResponse]:
                select = self._table(table).select(key, count=_exact()).in_(key, ids).order(key)
                return select.limit(PAGE).offset(offset).execute()

            found = await self._read(f"reading {table}", query)
            rows, total = _rows(found, key), found.count or 0
            for row in rows:
                yield str(row[key])
            seen = seen + len(rows) if rows else total

    async def set_marker(self, table: str, key: str, marker: str, ids: Sequence[str], value: str) -> set[str]:
        """Sets ``marker`` to ``value`` for those of these rows where it is null, and returns the ids that were really
        changed. After a lost answer the rows are looked at: a marker with this very value is this call's work."""
        changed: set[str] = set()
        for chunk in chunks(ids):
            changed |= await self._mark(table, key, marker, chunk, value)
        return changed

    async def _mark(self, table: str, key: str, marker: str, ids: Sequence[str], value: str) -> set[str]:
        what = f"setting {marker} in {table}"
        attempts = 0

        def query() -> Awaitable[APIResponse]:
            nonlocal attempts
            attempts += 1
            return self._table(table).update({marker: value}).in_(key, ids).is_(marker, "null").select(key).execute()

        changed = {str(row[key]) for row in _rows(await self._read(what, query), key)}
        if attempts > 1 and len(changed) < len(ids):
            mine = await self.rows(table, [key], key, ids, {marker: f"eq.{value}"})
            changed |= {str(row[key]) for row in mine}
        return changed

    async def tables(self) -> dict[str, Table]:
        """Every table that the data API shows, by name: its own description, which wants a secret key and which a
        project may have switched off (then this raises or is empty)."""
        what = "reading the data API's description of its tables"
        headers = {**self._headers, "Accept": "application/openapi+json"}
        async for attempt in retrying():
            with attempt, translated(what):
                answer = await self._described(headers)
        try:
            return tables_of(json.loads(answer.body))
        except (ValueError, RecursionError):
            raise unexpected(what, answer) from None

    async def _described(self, headers: Mapping[str, str]) -> Answer:
        async with (
            asyncio.timeout(LONGEST_ANSWER),
            self._client.stream("GET", f"{self._url}/", headers=headers) as response,
        ):
            return answer_of(response, await read_at_most(response, LARGEST_DESCRIPTION))

    async def rpc(self, name: str, arguments: Mapping[str, Any], *, again: bool = False) -> Any:
        """The JSON that a function of the database gives. ``again``: calling it twice is calling it once, so it is
        retried for transient causes like a read."""
        what = f"calling {name} in the database"

        async def query() -> APIResponse:
            return await self._client_of_tables().rpc(name, dict(arguments)).execute()

        if again:
            return (await self._read(what, query)).data
        with translated(what):
            return (await query()).data

    def _table(self, name: str) -> AsyncRequestBuilder:
        return self._client_of_tables().from_(name)

    def _client_of_tables(self) -> AsyncPostgrestClient:
        if self._postgrest is None:
            from postgrest import AsyncPostgrestClient

            self._postgrest = AsyncPostgrestClient(
                self._url, headers=self._headers, http_client=self._client, retry_enabled=False
            )
        return self._postgrest

    async def _read(self, what: str, query: Callable[[], Awaitable[APIResponse]]) -> APIResponse:
        async for attempt in retrying():
            with attempt, translated(what):
                return await query()
        raise AssertionError("a retry ends with an answer or an exception")


async def refuse_errors(response: httpx.Response) -> None:
    """A response hook: an answer that is no success, or no JSON, is taken out while status, headers and body are
    still at hand (the library's own error keeps none of them)."""
    is_json = "json" in response.headers.get("content-type", "")
    bodyless = response.request.method == "HEAD" or response.status_code == 204
    if not response.is_success or not (is_json or bodyless):
        raise Refused(answer_of(response, await read_at_most(response, LARGEST_BODY)))


def chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids in lists that fit into a URL."""
    chunk: list[str] = []
    length = 0
    for one in ids:
        size = len(quote(one, safe="")) + 3
        if chunk and (length + size > _LONGEST_LIST or len(chunk) == _LONGEST_CHUNK):
            yield chunk
            chunk, length = [], 0
        chunk.append(one)
        length += size
    if chunk:
        yield chunk


def _filtered(select: AsyncSelectRequestBuilder, where: Mapping[str, str]) -> AsyncSelectRequestBuilder:
    for column, condition in where.items():
        operator, dot, criteria = condition.partition(".")
        if not dot:
            remedy = "Write an operator and a value, such as is.null or eq.car, into [table] where."
            raise SettingsError(f"the filter on {column} has no operator", remedy)
        select = select.filter(column, operator, criteria)
    return select


def _rows(found: APIResponse, key: str) -> list[dict[str, Any]]:
    """The records of an answer. Each has the key that was asked for, and texts that can be written again: JSON can
    spell half a character, Postgres holds none."""
    if isinstance(found.data, list):
        rows = [dict(row) for row in found.data if isinstance(row, dict) and key in row and _is_text(row)]
        if len(rows) == len(found.data):
            return rows
    raise unexpected("reading the data API's answer", Answer(status=200))


def _is_text(row: Mapping[str, Any]) -> bool:
    texts = (value for value in row.values() if isinstance(value, str) and not value.isascii())
    return not any(_HALF_A_CHARACTER.search(text) for text in texts)


def _exact() -> CountMethod:
    from postgrest import CountMethod

    return CountMethod.exact


def _total_beyond(error: ProjectError) -> int:
    """416 is the data API's word for a range beyond the end; the total stands in its header all the same."""
    total = (error.answer.header("content-range") or "").rpartition("/")[2]
    if error.answer.status == 416 and total.isdecimal() and len(total) <= LONGEST_NUMBER:
        return int(total)
    raise error
