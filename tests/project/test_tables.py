from __future__ import annotations

from typing import Any

import pytest

from diag.project.tables import tables_of

DOCUMENT = {
    "swagger": "2.0",
    "definitions": {
        "documents": {
            "required": ["id", "title"],
            "properties": {
                "id": {"description": "Note:\nThis is a Primary Key.<pk/>", "format": "bigint", "type": "integer"},
                "title": {"format": "text", "type": "string"},
                "embedded_at": {"format": "timestamp with time zone", "type": "string"},
            },
        },
        "chunks": {
            "properties": {
                "document_id": {
                    "description": "Note:\nThis is a Foreign Key to `documents.id`.<fk table='documents' column='id'/>",
                    "format": "bigint",
                }
            }
        },
    },
}


def test_columns_have_their_type_and_whether_they_may_be_null() -> None:
    documents = tables_of(DOCUMENT)["documents"]
    assert documents.key == "id"
    assert [(each.name, each.nullable, each.is_time) for each in documents.columns] == [
        ("id", False, False),
        ("title", False, False),
        ("embedded_at", True, True),
    ]


def test_a_foreign_key_says_where_it_points() -> None:
    chunks = tables_of(DOCUMENT)["chunks"]
    assert (chunks.pointing_at("documents"), chunks.pointing_at("other"), chunks.key) == ("document_id", None, None)


@pytest.mark.parametrize(
    "document", [None, [], "text", {}, {"definitions": []}, {"definitions": {"a": None, "b": {"properties": [1]}}}]
)
def test_another_document_describes_no_columns(document: Any) -> None:
    assert all(not table.columns for table in tables_of(document).values())
