"""The tables of a ``supabase`` folder in the sandbox: its migrations and its seed, as the Supabase CLI applies them.

Source: the CLI's local development guide: ``migrations/*.sql`` in the order of their names, then ``seed.sql`` or what
``[db.seed] sql_paths`` names. A migration that cannot be applied is told and left out: hosted projects have extensions
and schemas that the sandbox has not, and a function may work without what it makes.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from diag.errors import SandboxError

LOCAL = re.compile(r"http://(?:127\.0\.0\.1|localhost):54321\b")
"""The address of every project that the Supabase CLI serves: seeds are full of it."""

GROUND = """
create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role;
alter database postgres set search_path = "$user", public, extensions;
create schema if not exists auth;
grant usage on schema auth to anon, authenticated, service_role;
create table if not exists auth.users (
    id uuid primary key default gen_random_uuid(),
    email text,
    raw_user_meta_data jsonb not null default '{}',
    created_at timestamptz not null default now()
);
create or replace function auth.jwt() returns jsonb language sql stable as
    $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create or replace function auth.uid() returns uuid language sql stable as
    $$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
create or replace function auth.role() returns text language sql stable as $$ select auth.jwt() ->> 'role' $$;
"""
"""What migrations take for granted in a hosted project, as far as the sandbox can have it."""

Query = Callable[[str], Awaitable[object]]


def sql_files(supabase: Path) -> tuple[Path, ...]:
    """The migrations and seeds of a ``supabase`` folder in the order in which they are applied."""
    return (*sorted(supabase.glob("migrations/*.sql")), *_seeds(supabase))


def _seeds(supabase: Path) -> Iterator[Path]:
    settings = config(supabase).get("db", {}).get("seed", {})
    if settings.get("enabled", True):
        for pattern in settings.get("sql_paths", ["seed.sql"]):
            yield from sorted(path for path in supabase.glob(str(pattern).removeprefix("./")) if path.is_file())


def config(supabase: Path) -> dict[str, Any]:
    """What ``config.toml`` says; empty where there is none to read (whoever reads the functions complains of that)."""
    try:
        return tomllib.loads((supabase / "config.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


async def apply(supabase: Path, url: str, query: Query, say: Callable[[str], None]) -> None:
    """Apply all, each file in a transaction of its own. ``url``: the project's, in place of the local one."""
    files = sql_files(supabase)
    if not files:
        return
    await query(GROUND)
    for path in files:
        shown = path.relative_to(supabase.parent)
        try:
            text = await asyncio.to_thread(path.read_text, encoding="utf-8")
            await query(f"begin;\n{LOCAL.sub(url, text)}\n;commit;")
        except (SandboxError, OSError, UnicodeDecodeError) as error:
            say(f"{shown} was left out: {str(error).removeprefix('Postgres refused a statement: ')}")
    say(f"the tables of {supabase} are there ({len(files)} file{'s' * (len(files) > 1)} of SQL)")
