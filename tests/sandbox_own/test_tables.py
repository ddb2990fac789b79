from __future__ import annotations

from pathlib import Path

import pytest

from diag.errors import SandboxError
from diag.sandbox.own.buckets import public_buckets
from diag.sandbox.own.folder import supabase_folder
from diag.sandbox.own.tables import apply, sql_files

SEEDS = '[db.seed]\nsql_paths = ["./seeds/*.sql"]\n'


@pytest.fixture
def supabase(tmp_path: Path) -> Path:
    files = {"migrations/2_b.sql": "second", "migrations/1_a.sql": "first", "seed.sql": "see http://localhost:54321/x"}
    for name, text in files.items():
        path = tmp_path / "supabase" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "supabase"


class Database:
    """Takes statements and refuses those with a certain word."""

    def __init__(self, refused: str = "nothing") -> None:
        self.refused, self.statements = refused, list[str]()

    async def query(self, sql: str) -> None:
        if self.refused in sql:
            raise SandboxError('Postgres refused a statement: ERROR:  schema "cron" does not exist', "")
        self.statements.append(sql)


def test_migrations_come_in_the_order_of_their_names_and_the_seed_last(supabase: Path) -> None:
    assert [path.name for path in sql_files(supabase)] == ["1_a.sql", "2_b.sql", "seed.sql"]


def test_config_toml_names_other_seeds(supabase: Path) -> None:
    (supabase / "config.toml").write_text(SEEDS)
    (supabase / "seeds").mkdir()
    (supabase / "seeds" / "one.sql").write_text("")
    assert [path.name for path in sql_files(supabase)] == ["1_a.sql", "2_b.sql", "one.sql"]


async def test_the_local_projects_address_becomes_the_sandboxs(supabase: Path) -> None:
    database = Database()
    await apply(supabase, "http://127.0.0.1:4711", database.query, lambda text: None)
    assert "see http://127.0.0.1:4711/x" in database.statements[-1]


async def test_a_migration_that_cannot_be_applied_is_told_and_the_others_go_on(supabase: Path) -> None:
    database, told = Database("second"), list[str]()
    await apply(supabase, "http://127.0.0.1:4711", database.query, told.append)
    assert told[0] == 'supabase/migrations/2_b.sql was left out: ERROR:  schema "cron" does not exist'
    assert len(database.statements) == 3  # the ground, the first migration, the seed


def test_functions_that_stand_elsewhere_have_no_supabase_folder(tmp_path: Path, supabase: Path) -> None:
    (supabase / "functions").mkdir()
    (tmp_path / "functions").mkdir()
    assert supabase_folder(supabase.parent) == supabase
    assert supabase_folder(tmp_path / "functions") is None
    assert supabase_folder(None) is None


def test_only_public_buckets_with_objects_are_served(supabase: Path) -> None:
    (supabase / "recordings").mkdir()
    (supabase / "config.toml").write_text(
        '[storage.buckets.recordings]\npublic = true\nobjects_path = "./recordings"\n'
        '[storage.buckets.private]\nobjects_path = "./recordings"\n[storage.buckets.empty]\npublic = true\n'
    )
    assert public_buckets(supabase) == {"recordings": supabase / "recordings"}
