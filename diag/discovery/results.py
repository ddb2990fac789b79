"""Where a row's results stand, and how a finished row is told from a pending one. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from diag.config.settings import Settings
from diag.discovery.choice import Choice
from diag.discovery.sight import Seen, Sight
from diag.discovery.words import kinship, singular
from diag.project.tables import Column, Table

_DEFAULTS = Settings()
_NO_MARKER = re.compile(
    r"^(created|inserted|updated|modified|deleted|archived|published|uploaded|recorded|captured|expires?|seen|viewed)_"
)
_MARKER = re.compile(
    r"scan|process|analy|embed|transcri|index|enrich|summar|generat|complet|done|finish|classif|extract|translat"
)
_ASIDE = re.compile(r"status|state$|error|attempt|_at$|_by$|updated|progress|model")


def choices(sight: Sight, seen: Seen, table: Table, payload: Choice, said: str | None) -> Iterator[Choice]:
    """Result tables with their key, result columns, and the marker."""
    tables, key = _result_tables(sight, seen, table)
    columns = _known(seen, table, _DEFAULTS.table.result_columns, [each.name for each in table.columns])
    columns = columns or _result_columns(seen, table, [*payload.value.values(), *([said] if said else [])])
    yield _marker(seen, table, columns, said)
    yield tables
    yield Choice(
        "table.results_key", key, "the column there that holds the row's id", sure=bool(tables.value) <= tables.sure
    )
    always = tables.value if len(tables.value) == 1 else _known(seen, table, _DEFAULTS.table.always, tables.value)
    why = "every finished row has a record there" if always else "name those in which every finished row has a record"
    yield Choice("table.always", always, why)
    nowhere = not tables.value and not columns
    why = f"what {seen.entry} writes into the row" if seen.code.written.get(table.name) else "none was found"
    why = "neither a result table nor a result column was found: name where results can be seen" if nowhere else why
    yield Choice("table.result_columns", columns, why, sure=not nowhere)


def _known(seen: Seen, table: Table, usual: Sequence[str], there: Sequence[str]) -> list[str]:
    """What is known of the one function and table that the defaults are made for, as far as it is there."""
    is_it = (seen.name, table.name) == (_DEFAULTS.function.name, _DEFAULTS.table.name)
    return [name for name in usual if name in there] if is_it else []


def _result_tables(sight: Sight, seen: Seen, table: Table) -> tuple[Choice, str]:
    """The tables that point at the work table and that the code writes to (all of them where that cannot be seen)."""
    pointing = {
        name: key for name, each in sight.tables.items() if (key := each.pointing_at(table.name)) and name != table.name
    }
    readable = bool(seen.entry) and not seen.code.unclear
    wanted = {name: key for name, key in pointing.items() if not readable or name in seen.code.inserted}
    guess = f"{singular(table.name)}_id"
    if not wanted and readable and not sight.tables:
        named = [name for name in seen.code.inserted if name != table.name]
        why = f"what {seen.entry} inserts into; the key is a guess" if named else "the code inserts into no other table"
        return Choice("table.results", named, why, sure=not named), guess
    key = Counter(wanted.values()).most_common(1)[0][0] if wanted else guess
    found = sorted(name for name, one in wanted.items() if one == key)
    why = f"tables that point at {table.name}" + (", written by the code" if readable else "")
    return Choice(
        "table.results", found, why if found else "no table of results was found", sure=readable or not found
    ), key


def _result_columns(seen: Seen, table: Table, taken: list[str]) -> list[str]:
    written = [name for name in seen.code.written.get(table.name, ()) if name not in taken and not _ASIDE.search(name)]
    return [name for name in written if not table.columns or _may_be_result(table.column(name))]


def _may_be_result(column: Column | None) -> bool:
    return column is not None and column.nullable and not column.is_time and column.kind != "boolean"


def _marker(seen: Seen, table: Table, columns: list[str], said: str | None) -> Choice:
    times = [column.name for column in table.columns if column.is_time and column.nullable]
    if said:
        return Choice("table.marker", said, "as you said", sure=said in times, others=tuple(times))
    likely = sorted((name for name in times if not _NO_MARKER.match(name)), key=lambda name: -_likely(name, seen))
    if likely:
        clear = _likely(likely[0], seen) > 0 and (
            len(likely) == 1 or _likely(likely[0], seen) > _likely(likely[1], seen)
        )
        why = "null means: no result yet. Set by nukediag after an answer whose results are saved"
        return Choice("table.marker", likely[0], why, sure=clear, others=tuple(likely))
    if columns:
        why = "the result itself: null means no result yet. A timestamp of its own says when as well"
        return Choice("table.marker", columns[0], why, sure=bool(table.columns), others=tuple(columns))
    name = "processed_at"
    if not table.columns:
        return Choice("table.marker", name, "a guess: the columns could not be looked at", sure=False)
    why = f"there is no such column yet: alter table {table.name} add column {name} timestamptz;"
    return Choice("table.marker", name, why, sure=False)


def _likely(name: str, seen: Seen) -> int:
    return 3 * kinship(name, seen.name) + bool(_MARKER.search(name)) + name.startswith("ai_")
