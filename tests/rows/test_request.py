from __future__ import annotations

from typing import Any

import pytest

from diag.config.settings import Settings
from diag.rows.outcome import Row
from diag.rows.request import bare_payload, payload

ROW = Row("7", None, {"id": 7, "content": "text", "url": "https://example.com/a.jpg"})


def _settings(**function: Any) -> Settings:
    return Settings.model_validate({"function": function, "table": {"url": "url"}})


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ({"payload": {"document_id": "id"}}, {"document_id": 7}),
        ({"payload": {"record.id": "id", "record.content": "content"}}, {"record": {"id": 7, "content": "text"}}),
        (
            {"payload": {"record.id": "id"}, "fixed": {"table": "documents", "record.kind": "note"}},
            {"table": "documents", "record": {"kind": "note", "id": 7}},
        ),
        ({"payload": {"id": "id"}, "fixed": {"id": 1}}, {"id": 7}),
    ],
)
def test_dots_make_objects_and_columns_beat_what_is_fixed(function: Any, expected: dict[str, Any]) -> None:
    assert payload(ROW, _settings(**function)) == expected


def test_a_bare_picture_is_sent_where_the_rows_address_would_be() -> None:
    settings = _settings(payload={"record.url": "url", "record.id": "id"}, fixed={"type": "INSERT"})
    sent = bare_payload("https://example.com/b.jpg", settings, force=True)
    assert sent == {"type": "INSERT", "record": {"url": "https://example.com/b.jpg"}, "force_reprocess": True}
