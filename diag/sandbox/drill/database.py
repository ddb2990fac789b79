"""What a call changed in the sandbox's database, in whatever tables: seen past the data API, by psql."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from diag.config.settings import TableSettings
from diag.errors import SandboxError
from diag.sandbox.children import run
from diag.sandbox.parts import postgres_programs

_TABLES = "select quote_ident(tablename) from pg_tables where schemaname = 'public' order by 1"


@dataclass(frozen=True, slots=True)
class State:
    """``records``: table -> fingerprints of its records; ``row``: the columns of the row in question."""

    records: Mapping[str, frozenset[str]]
    row: Mapping[str, Any]


def changes(before: State, after: State) -> tuple[dict[str, int], frozenset[str]]:
    """Table -> records that are new or changed (or gone); and the row's columns that changed to a value."""
    counts = {
        name: len(records - before.records.get(name, frozenset()))
        or len(before.records.get(name, frozenset()) - records)
        for name, records in after.records.items()
    }
    columns = {name for name, value in after.row.items() if value is not None and value != before.row.get(name)}
    return {name: count for name, count in counts.items() if count}, frozenset(columns)


class Database:
    """The sandbox's database. ``url`` is its connection string."""

    def __init__(self, url: str, table: TableSettings) -> None:
        parts = urlsplit(url)
        self._url = url.replace(f":{parts.password}@", "@")  # command lines are public
        self._password = parts.password or ""
        self._table = table

    async def state(self, row_id: str) -> State:
        """How it stands now."""
        tables = [line for line in (await self._ask(_TABLES)).splitlines() if line]
        each = [f"select {_text(name)}, md5(t::text) from public.{name} t" for name in tables]  # noqa: S608 - quoted
        lines = (await self._ask(" union all ".join(each))).splitlines() if each else []
        records: dict[str, set[str]] = {name: set() for name in tables}
        for line in lines:
            name, _, digest = line.rpartition("\t")
            records[name].add(digest)
        return State({name: frozenset(found) for name, found in records.items()}, await self.row(row_id))

    async def row(self, row_id: str) -> dict[str, Any]:
        """The row's columns as they stand now."""
        table, key = _identifier(self._table.name), _identifier(self._table.id)
        sql = f"select to_jsonb(t) from {table} t where {key}::text = {_text(row_id)}"  # noqa: S608 - quoted
        found = await self._ask(sql)
        return dict(json.loads(found)) if found.strip() else {}

    async def _ask(self, sql: str) -> str:
        psql = shutil.which("psql", path=str(postgres_programs()))
        words = [str(psql), self._url, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        code, answer, complaint = await run(words, env={"PGPASSWORD": self._password}, text=sql)
        if code:
            raise SandboxError(f"the sandbox's database does not answer: {complaint.strip()[-200:]}", "try again")
        return answer


def _identifier(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
