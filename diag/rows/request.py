"""What is sent to the function for a row."""

from __future__ import annotations

from collections.abc import Mapping

from diag.config.settings import Settings
from diag.rows.outcome import Row

FORCE = "force_reprocess"
"""The request field with which ``analyze-image`` analyses a row anew that it holds a result for."""

_BARE = {"analyze-image-simple": {"dry_run": True}}
"""What the functions that nukediag ships want to hear beside a bare picture's URL: nothing can be stored for it."""


def payload(row: Row, settings: Settings, *, force: bool = False) -> dict[str, object]:
    """The request's JSON body: the configured fields, each with its column's value, and those that are fixed."""
    found = {name: row.columns.get(column) for name, column in settings.function.payload.items()}
    return _nested({**settings.function.fixed, **found, **({FORCE: True} if force else {})})


def _nested(fields: Mapping[str, object]) -> dict[str, object]:
    """``{"record.id": 1}`` as ``{"record": {"id": 1}}``."""
    body: dict[str, object] = {}
    for name, value in fields.items():
        *above, last = name.split(".")
        place = body
        for part in above:
            inner = place.setdefault(part, {})
            place = inner if isinstance(inner, dict) else {}
        place[last] = value
    return body


def bare_payload(url: str, settings: Settings, *, force: bool = False) -> dict[str, object]:
    """The request for a picture that has no row: the field that carries the URL, and what says that there is none."""
    fields = {name: url for name, column in settings.function.payload.items() if column == settings.table.url}
    asked = settings.function.bare
    more = _BARE.get(settings.function.name, {}) if asked is None else asked
    return _nested({**settings.function.fixed, **fields, **more, **({FORCE: True} if force else {})})


def row_columns(settings: Settings) -> tuple[str, ...]:
    """The columns that a row needs, each once: its id, its URL, what the request carries, and its result columns as
    they stand before the call (to tell a fresh result from an old one)."""
    table = settings.table
    own = (table.url,) if table.url else ()
    return tuple(dict.fromkeys((table.id, *own, *settings.function.payload.values(), *table.result_columns)))


def row_from(record: Mapping[str, object], settings: Settings) -> Row:
    """A record of the work table as a row."""
    url = record.get(settings.table.url)
    return Row(str(record[settings.table.id]), None if url is None else str(url), dict(record))
