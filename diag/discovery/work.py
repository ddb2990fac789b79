"""Which function, which table, and what of a row goes into the request. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from diag.config.settings import Settings
from diag.discovery.choice import Choice
from diag.discovery.sight import Seen, Sight
from diag.discovery.words import is_address, is_of_a_picture, names_row, snake
from diag.project.tables import Table

_DEFAULTS = Settings()
_USUAL_KEYS = ("id", "uuid")


def function_choice(sight: Sight, said: str | None) -> Choice:
    """The function that is called once per row: the one whose request speaks of a table's rows."""
    names = tuple(sight.functions)
    if said:
        seen = sight.functions.get(said)
        return Choice("function.name", said, _where(seen), sure=seen is not None, others=names)
    if not names:
        return Choice("function.name", _DEFAULTS.function.name, "no function was found: the default", sure=False)
    if _DEFAULTS.function.name in names:
        best = _DEFAULTS.function.name
    else:
        best = max(names, key=lambda name: _standing(sight, sight.functions[name]))
    return Choice("function.name", best, _where(sight.functions[best]), sure=len(names) == 1, others=names)


def _where(seen: Seen | None) -> str:
    if seen is None:
        return "as you said; no such function was found"
    return seen.entry or "deployed; its code is not here"


def _standing(sight: Sight, seen: Seen) -> int:
    """How well its request fits the best table."""
    return max((fit(seen, table) for table in sight.tables.values()), default=0) + bool(seen.code.fields)


def fit(seen: Seen, table: Table) -> int:
    """How much speaks for a table being the one with a row for each call."""
    fields = seen.code.fields
    ids = sum(names_row(field, table.name) for field in fields)
    columns = sum(table.column(snake(field.rpartition(".")[2])) is not None for field in fields)
    named = table.name in seen.code.tables and table.name not in seen.code.inserted
    return 3 * ids + 2 * columns + 2 * named - 2 * (table.name in seen.code.inserted)


def table_choice(sight: Sight, seen: Seen, said: str | None) -> Choice:
    """The table whose rows are the work."""
    if said:
        return Choice("table.name", said, "as you said", sure=said in sight.tables or not sight.tables)
    ranked = sorted(sight.tables.values(), key=lambda table: (-fit(seen, table), table.name))
    if ranked and fit(seen, ranked[0]) > 0:
        clear = len(ranked) == 1 or fit(seen, ranked[0]) > fit(seen, ranked[1])
        why = f"its rows fit the request of {seen.name} ({sight.tables_from})"
        return Choice("table.name", ranked[0].name, why, sure=clear, others=_names(ranked))
    if seen.name == _DEFAULTS.function.name:
        known = _DEFAULTS.table.name in sight.tables
        return Choice("table.name", _DEFAULTS.table.name, "the default", sure=known, others=_names(ranked))
    named = [table for table in seen.code.tables if table not in seen.code.inserted] or _names(ranked)
    if named:
        return Choice("table.name", named[0], "a guess: see whether it is the one", sure=False, others=tuple(named))
    return Choice("table.name", _DEFAULTS.table.name, "no table could be looked at: the default", sure=False)


def _names(tables: list[Table]) -> tuple[str, ...]:
    return tuple(table.name for table in tables)


def payload_choice(seen: Seen, table: Table) -> tuple[Choice, tuple[str, ...]]:
    """Request field -> column; and the fields of the request that no column stands for."""
    if seen.code.form and not seen.code.fields:
        why = f"{seen.entry} reads a form, and nukediag sends JSON: it cannot call this function as it is"
        return Choice("function.payload", {"id": _key(table)}, why, sure=False), ()
    if not seen.code.fields:
        return _usual_payload(seen, table), ()
    fields = [field for field in seen.code.fields if field not in fixed_fields(seen, table)]
    found = {field: column for field in fields if (column := _column(field, table))}
    left = tuple(field for field in fields if field not in found)
    why = f"the fields that {seen.entry or seen.name} reads"
    if left and table.columns:
        why += f"; it reads {', '.join(left)} as well, which no column stands for"
    return Choice("function.payload", found, why, sure=bool(found) and bool(table.columns)), left


def fixed_fields(seen: Seen, table: Table) -> dict[str, str]:
    """What a database webhook sends beside the record, as far as the function reads it."""
    if not any(field.startswith("record.") for field in seen.code.fields):
        return {}
    sent = {"type": "INSERT", "table": table.name, "schema": "public"}
    return {field: value for field, value in sent.items() if field in seen.code.fields}


def fixed_choice(seen: Seen, table: Table) -> Choice:
    """Fields that are the same for every row."""
    fixed = fixed_fields(seen, table)
    why = "what a database webhook sends as well" if fixed else "fields that are the same for every row"
    return Choice("function.fixed", fixed, why)


def _usual_payload(seen: Seen, table: Table) -> Choice:
    if seen.name == _DEFAULTS.function.name and table.name == _DEFAULTS.table.name:
        return Choice("function.payload", dict(_DEFAULTS.function.payload), "the default")
    key = _key(table)
    addresses = [column.name for column in table.columns if is_address(column.name)][:1]
    found = {"id": key, **{name: name for name in addresses}}
    return Choice("function.payload", found, "a guess: the fields of the request could not be read", sure=False)


def _column(field: str, table: Table) -> str | None:
    """The column that a field of the request stands for; without columns to look at, the field's own name."""
    name = snake(field.rpartition(".")[2])
    if names_row(field, table.name) or name in _USUAL_KEYS:
        return _key(table)
    if table.column(name) or not table.columns:
        return name
    addresses = [column.name for column in table.columns if is_address(column.name) and column.is_text]
    return addresses[0] if is_address(field) and len(addresses) == 1 else None


def _key(table: Table) -> str:
    return table.key or next((name for name in _USUAL_KEYS if table.column(name)), "id")


def id_choice(table: Table, seen: Seen) -> Choice:
    """The column by which rows are known."""
    return Choice("table.id", _key(table), "the primary key", sure=table.key is not None)


def address_choices(payload: Choice, table: Table, sight: Sight) -> Iterator[Choice]:
    """The column with the address of what is analysed, and what stands there."""
    columns = {**payload.value}
    found = [(field, column) for field, column in columns.items() if is_address(column) or is_address(field)]
    if not found:
        yield Choice("table.url", "", "the request carries no address")
        return
    field, column = found[0]
    picture = is_of_a_picture(field, column, table.name)
    yield Choice("table.url", column, "the address of what is analysed")
    why = "nukediag looks at a picture before a call is paid for" if picture else "no picture: only whether it is there"
    yield Choice("table.media", "image" if picture else "any", why)


def where_choice(payload: Choice, table: Table) -> Choice:
    """Rows that lack what the request carries are no work."""
    columns = [table.column(name) for name in dict.fromkeys(payload.value.values())]
    found = {column.name: "not.is.null" for column in columns if column and column.nullable and not column.primary}
    why = "rows that lack what the request carries are left out" if found else "all rows are work"
    return Choice("table.where", found, why)
