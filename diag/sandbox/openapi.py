"""The data API's description of itself: what PostgREST answers at its root, and Supabase Lite leaves empty.

Shape: PostgREST's OpenAPI (Swagger 2.0) output: a definition for each table; ``required`` are the columns that are not
nullable; keys are told in a column's description.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

Query = Callable[[str], Awaitable[list[list[str]]]]

_COLUMNS = r"""
select json_build_object(
    'table', t.relname,
    'column', a.attname,
    'format', format_type(a.atttypid, null),
    'nullable', not a.attnotnull,
    'default', pg_get_expr(d.adbin, d.adrelid),
    'primary', exists (
        select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p' and a.attnum = any (k.conkey)),
    'foreign', (
        select json_build_array(other.relname, target.attname)
        from pg_constraint k
        join pg_class other on other.oid = k.confrelid
        join pg_attribute target on target.attrelid = k.confrelid and target.attnum = k.confkey[1]
        where k.conrelid = t.oid and k.contype = 'f' and k.conkey = array[a.attnum]
        limit 1))
from pg_class t
join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'v', 'm', 'p')
order by t.relname, a.attnum
"""
_TYPES = {
    "smallint": "integer", "integer": "integer", "bigint": "integer", "real": "number", "double precision": "number",
    "numeric": "number", "boolean": "boolean",
}  # fmt: skip


async def document(query: Query) -> dict[str, Any]:
    """The whole document, from the database as it is now."""
    definitions: dict[str, Any] = {}
    for [line] in await query(_COLUMNS):
        found = json.loads(line)
        table = definitions.setdefault(found["table"], {"required": [], "properties": {}, "type": "object"})
        table["properties"][found["column"]] = _property(found)
        if not found["nullable"]:
            table["required"].append(found["column"])
    info = {"description": "", "title": "standard public schema", "version": "14.1"}
    paths: dict[str, Any] = {"/": {}, **{f"/{name}": {} for name in definitions}}
    return {"swagger": "2.0", "info": info, "basePath": "/", "paths": paths, "definitions": definitions}


def _property(column: dict[str, Any]) -> dict[str, Any]:
    kind = "array" if column["format"].endswith("[]") else _TYPES.get(column["format"], "string")
    found: dict[str, Any] = {"format": column["format"], "type": kind}
    if column["format"] in ("json", "jsonb"):
        del found["type"]  # any JSON value
    if column["default"] is not None:
        found["default"] = column["default"]
    told = ["This is a Primary Key.<pk/>"] if column["primary"] else []
    if column["foreign"]:
        table, name = column["foreign"]
        told.append(f"This is a Foreign Key to `{table}.{name}`.<fk table='{table}' column='{name}'/>")
    return {"description": "Note:\n" + "\n".join(told), **found} if told else found
