"""``nukediag queue`` as a user runs it: nothing happens unasked, and all of it can be taken back."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from running import Ran, nukediag
from sandboxes import settings_of

from diag.fleet.install import script
from diag.report.queue_document import QueueDocument
from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox


def run(folder: Path, sandbox: Sandbox, *words: str) -> Ran:
    return nukediag(folder, "queue", *words, "--env-file", str(sandbox.env_file))


def document(ran: Ran) -> QueueDocument:
    return QueueDocument.model_validate_json(ran.out)


@pytest.fixture
def bare(sandbox: Sandbox) -> Sandbox:
    """The shared sandbox without the functions. The data API has seen that once a new function is seen."""
    with psycopg.connect(settings_of(sandbox)["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(script("remove").encode())
    return sandbox


def test_nothing_is_changed_without_a_word(bare: Sandbox, tmp_path: Path) -> None:
    shown = run(tmp_path, bare, "install")
    assert shown.code == 0
    assert script("install") in shown.out
    assert "nothing was changed" in shown.out
    with psycopg.connect(settings_of(bare)["DATABASE_URL"]) as connection:
        assert connection.execute("select to_regnamespace('nukediag')").fetchone() == (None,)


def test_it_is_installed_looked_at_and_taken_away_over_the_management_api(bare: Sandbox, tmp_path: Path) -> None:
    installed = document(run(tmp_path, bare, "install", "--yes", "--json"))
    assert (installed.applied, installed.installed, installed.functions) == (True, True, 2)
    assert installed.sql == script("install")
    seen = run(tmp_path, bare, "status")
    assert (seen.code, seen.out.startswith("installed (version 2, pgmq), no queue yet")) == (0, True)
    removed = run(tmp_path, bare, "remove", "--yes", "-q")
    assert (removed.code, "is gone" in removed.out) == (0, True)
    missing = run(tmp_path, bare, "status", "--json")
    assert (missing.code, document(missing).installed) == (3, False)


def test_over_a_direct_connection_no_token_is_needed(bare: Sandbox, tmp_path: Path) -> None:
    url = settings_of(bare)["DATABASE_URL"]
    ran = nukediag(tmp_path, "queue", "install", "--direct", "--yes", "--json", DATABASE_URL=url)
    assert (ran.code, document(ran).installed) == (0, True)
    assert url not in ran.out + ran.err
    with psycopg.connect(url, autocommit=True) as connection:
        work = '{"function": "f", "table": "vehicle_images", "key": "id", "marker": "ai_last_scanned"}'
        connection.execute("select nukediag.begin('cars', 'r', %s, '{\"go\": 0.8, \"stop\": 0.5}')", (work,))
        connection.execute("select nukediag.fill('cars', null, 20, 10)")
        connection.execute("select nukediag.take('cars', 'host-1', 3)")
    shown = nukediag(tmp_path, "queue", "status", "cars", "--direct", DATABASE_URL=url)
    assert shown.out.splitlines()[:3] == [
        "cars: f for the rows of vehicle_images",
        "  messages: 2, of which 2 can be had now",
        "  calls flow, 2.0 calls a second for all workers together",
    ]
    assert "  - host-1: seen " in shown.out
    assert "holds 0 rows" in shown.out
    unknown = nukediag(tmp_path, "queue", "status", "lorries", "--direct", DATABASE_URL=url)
    assert (unknown.code, "no queue lorries" in unknown.out) == (3, True)
    gone = nukediag(tmp_path, "queue", "remove", "--direct", "--yes", "--json", DATABASE_URL=url)
    assert (gone.code, document(gone).installed) == (0, False)


def test_the_sql_can_be_had_without_any_setting(tmp_path: Path) -> None:
    for step in ("install", "remove"):
        ran = nukediag(tmp_path, "queue", step, "--print")
        assert (ran.code, ran.out) == (0, script(step))  # type: ignore[arg-type]


def test_without_a_way_to_the_database_the_ways_are_named(bare: Sandbox, tmp_path: Path) -> None:
    url = settings_of(bare)["SUPABASE_URL"]
    ran = nukediag(tmp_path, "queue", "install", "--yes", "-q", "--project-url", url)
    assert ran.code == 2
    for words in ("SUPABASE_ACCESS_TOKEN", "DATABASE_URL", "--print"):
        assert words in ran.err
    assert nukediag(tmp_path, "queue", "status", "--project-url", url).code == 2
