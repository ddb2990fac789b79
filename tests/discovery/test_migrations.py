from __future__ import annotations

from diag.discovery.migrations import tables_in
from diag.project.tables import Column

FIRST = """
-- create table not_this (id int);
create table if not exists public.recordings (
    id uuid primary key default gen_random_uuid(),
    audio_url text not null check (length(audio_url) > 3),
    price numeric(10, 2),
    constraint sane check (price > 0)
);
CREATE TABLE "transcripts" (
    id bigint generated always as identity,
    recording_id uuid NOT NULL REFERENCES public.recordings (id) on delete cascade,
    text text,
    PRIMARY KEY (id)
);
"""
SECOND = "alter table recordings add column if not exists transcribed_at timestamptz;"


def test_tables_keys_and_references_are_read() -> None:
    tables = tables_in([FIRST])
    assert set(tables) == {"recordings", "transcripts"}
    assert [each.name for each in tables["recordings"].columns] == ["id", "audio_url", "price"]
    assert (tables["recordings"].key, tables["transcripts"].key) == ("id", "id")
    assert tables["transcripts"].pointing_at("recordings") == "recording_id"


def test_columns_of_later_migrations_are_added() -> None:
    column = tables_in([FIRST, SECOND])["recordings"].column("transcribed_at")
    assert column == Column("transcribed_at", "timestamp with time zone", nullable=True)


def test_what_may_be_null_is_told() -> None:
    recordings = tables_in([FIRST])["recordings"]
    assert [(each.name, each.nullable) for each in recordings.columns] == [
        ("id", False),
        ("audio_url", False),
        ("price", True),
    ]


def test_text_without_tables_has_none() -> None:
    assert tables_in(["select 1;", ""]) == {}


def test_a_table_that_is_cut_off_has_the_columns_that_can_be_read() -> None:
    assert [each.name for each in tables_in(["create table notes (id bigint, tex"])["notes"].columns] == ["id"]
