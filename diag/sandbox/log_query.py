"""ClickHouse's SQL over the logbook: sqlglot reads the query, SQLite answers it."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.sqlite import SQLite

from diag.sandbox.logbook import Logbook, moment

_MOST_ROWS = 1000
_SECONDS: Final[Mapping[str, int]] = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400}
_TIMES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ)


class _Quoted(SQLite):
    """Names between backticks: SQLite takes an unknown one between double quotes for a text."""

    class Tokenizer(SQLite.Tokenizer):
        """Its quotes."""

        IDENTIFIERS: ClassVar[list[str | tuple[str, str]]] = ["`"]


class QueryError(Exception):
    """The query is refused, with the reason."""


def run(book: Logbook, sql: str, start: float, end: float) -> list[dict[str, Any]]:
    """The rows of the query over what was logged from ``start`` to ``end`` (seconds since the epoch)."""
    translated = translate(sql)
    visible = min(end, time.time() - book.delay)
    view = f"""create temp view logs as select id, timestamp, event_message, severity_text, source, log_attributes
               from entries where at >= {float(start)} and at < {float(visible)}"""  # noqa: S608 - numbers alone
    for name, (arguments, function) in FUNCTIONS.items():
        book.rows.create_function(name, arguments, function)
    try:
        book.rows.execute("drop view if exists temp.logs")
        book.rows.execute(view)
        cursor = book.rows.execute(translated)
        names = [column[0] for column in cursor.description]
        return [_row(dict(zip(names, row, strict=True))) for row in cursor.fetchmany(_MOST_ROWS)]
    except sqlite3.Error as error:
        raise QueryError(str(error)) from error


def _row(found: dict[str, Any]) -> dict[str, Any]:
    if isinstance(found.get("log_attributes"), str):
        found["log_attributes"] = json.loads(found["log_attributes"])
    return found


def translate(sql: str) -> str:
    """The query in SQLite's words; raises ``QueryError`` for what the endpoint does not take."""
    try:
        statements = [each for each in sqlglot.parse(sql, read="clickhouse") if each]
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(f"Syntax error: {str(error).splitlines()[0]}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise QueryError("Only a single SELECT query is supported")
    _check(statements[0])
    try:
        query: exp.Expr = statements[0]
        for rewrite in (_attribute, _interval, _comparison):  # one after the other: a replaced node is not entered
            query = query.transform(rewrite)
        return query.sql(_Quoted, identify=True)
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(str(error)) from error


def _check(query: exp.Expr) -> None:
    if any(True for _ in query.find_all(exp.Star)):
        raise QueryError("Wildcards are not supported: name the columns, and use count() instead of count(*)")
    own = {each.alias for each in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if table.name not in {"logs", *own} or table.db:
            raise QueryError(f"Table {table.name or table.sql()} does not exist")


def _attribute(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Bracket):
        return exp.func("log_attribute", node.this, node.expressions[0])
    return node


def _interval(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval):
        return exp.func("shifted", node.this, exp.Literal.number(_seconds(node)))
    return node


def _comparison(node: exp.Expr) -> exp.Expr:
    if isinstance(node, _TIMES) and isinstance(node.this, exp.Column) and node.this.name == "timestamp":
        return type(node)(this=node.this, expression=exp.func("moment", node.expression))
    return node


def _seconds(node: exp.Expr) -> int:
    unit = str(node.expression.args.get("unit") or "").upper()
    if unit not in _SECONDS:
        raise QueryError(f"Unsupported interval: {unit}")
    return int(node.expression.this.name) * _SECONDS[unit] * (-1 if isinstance(node, exp.Sub) else 1)


def _log_attribute(attributes: str, key: str) -> str:
    found: str = json.loads(attributes).get(key, "")  # a Map(String, String) gives '' for a missing key
    return found


def _at(text: str) -> float:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _number(kind: type, otherwise: object) -> Callable[[object], object]:
    def read(value: object) -> object:
        try:
            found: object = kind(str(value))
        except ValueError:
            return otherwise
        return found

    return read


def _moment(value: object) -> str:
    return moment(float(value)) if isinstance(value, int | float) else moment(_at(str(value)))


_INTEGERS = [f"to{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)]
FUNCTIONS: Final[Mapping[str, tuple[int, Callable[..., Any]]]] = {
    "log_attribute": (2, _log_attribute),
    "mapContains": (2, lambda attributes, key: key in json.loads(attributes)),
    "moment": (1, _moment),
    "shifted": (2, lambda text, seconds: moment(_at(text) + seconds)),
    "now": (0, lambda: moment(time.time())),
    "now64": (0, lambda: moment(time.time())),
    "toDateTime": (1, _moment),
    "toDateTime64": (2, lambda value, precision: _moment(value)),
    "parseDateTimeBestEffort": (1, _moment),
    "parseDateTime64BestEffort": (1, _moment),
    "toUnixTimestamp": (1, lambda text: int(_at(text))),
    "toUnixTimestamp64Milli": (1, lambda text: round(_at(text) * 1e3)),
    "toUnixTimestamp64Micro": (1, lambda text: round(_at(text) * 1e6)),
    "toStartOfMinute": (1, lambda text: moment(_at(text) // 60 * 60)),
    "toString": (1, str),
    **{f"{name}OrZero": (1, _number(int, 0)) for name in _INTEGERS},
    **{f"{name}OrNull": (1, _number(int, None)) for name in _INTEGERS},
    "toFloat64OrZero": (1, _number(float, 0.0)),
    "toFloat64OrNull": (1, _number(float, None)),
    "position": (2, lambda text, part: text.find(part) + 1),
    "positionCaseInsensitive": (2, lambda text, part: text.lower().find(part.lower()) + 1),
    "startsWith": (2, lambda text, part: text.startswith(part)),
    "endsWith": (2, lambda text, part: text.endswith(part)),
    "regexp": (2, lambda pattern, text: re.search(pattern, text) is not None),
}
"""What ClickHouse has and SQLite does not: name -> (number of arguments, function)."""
