"""The database: the table with its columns and marker, the result tables, and rows that this key can see."""

from __future__ import annotations

import asyncio

from diag.catalogue import describe
from diag.config.keys import read_key
from diag.diagnosis import Evidence
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, passed
from diag.preflight.model import Finding, Status
from diag.rows.request import row_columns


async def table(facts: Facts) -> Finding:
    """The table is there, with every column that is read or written."""
    table = facts.settings.table
    columns = tuple(dict.fromkeys((*row_columns(facts.settings), table.marker, *table.where, *table.result_columns)))
    await facts.project.data.page(table.name, columns, {}, key=table.id, after=None, limit=1)
    return passed(f"{table.name} with {', '.join(columns)}", source=facts.origin("service_key"))


async def results(facts: Facts) -> Finding:
    """The tables in which results are looked for exist."""
    table = facts.settings.table
    if not table.results:
        return passed("no result tables are configured")
    await asyncio.gather(*(_read_one(facts, name) for name in table.results))
    return passed(", ".join(table.results))


async def _read_one(facts: Facts, name: str) -> None:
    key = facts.settings.table.results_key
    await facts.project.data.page(name, (key,), {}, key=key, after=None, limit=1)


async def visible(facts: Facts) -> Finding:
    """The key sees rows: row-level security hides them without any error, and then "nothing pending" is no news."""
    count, name = await facts.visible(), facts.settings.table.name
    if count:
        return passed(f"{count:,} rows in {name}")
    key = facts.configuration.service_key
    seen = Evidence("data API", f"0 rows of {name} are visible to this key")
    source = facts.origin("service_key")
    if key is not None and read_key(key).is_service:
        return Finding(Status.WARN, f"{name} is empty", evidence=(seen,), source=source)
    diagnosis = describe("supabase.permission-denied", context=facts.context, evidence=(seen,))
    return found(diagnosis, f"this key sees no row of {name}", source=source)


async def pending(facts: Facts) -> Finding:
    """The rows without a result can be counted."""
    count = await facts.pending()
    return passed(f"{count:,} rows have no result yet" if count else "nothing is pending")
