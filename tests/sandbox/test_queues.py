"""Supabase Queues in the sandbox, SQL over the management API, and a data API that hears of new functions."""

from __future__ import annotations

import time

import httpx
import psycopg
import pytest
from sandboxes import settings_of

from diag.errors import SandboxError
from diag.sandbox import pgmq
from diag.sandbox.state import Sandbox

pytestmark = pytest.mark.sandbox


def query(sandbox: Sandbox, sql: str, **more: object) -> httpx.Response:
    settings = settings_of(sandbox)
    return httpx.post(
        f"{settings['NUKEDIAG_MANAGEMENT_URL']}/v1/projects/{settings['SUPABASE_PROJECT_ID']}/database/query",
        headers={"Authorization": f"Bearer {settings['SUPABASE_ACCESS_TOKEN']}"},
        json={"query": sql, **more},
    )


def call(sandbox: Sandbox, name: str, **arguments: object) -> httpx.Response:
    settings = settings_of(sandbox)
    key = settings["SUPABASE_SERVICE_ROLE_KEY"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    return httpx.post(f"{settings['SUPABASE_URL']}/rest/v1/rpc/{name}", headers=headers, json=arguments)


def test_pgmq_is_there_as_in_a_project_with_queues(sandbox: Sandbox) -> None:
    with psycopg.connect(settings_of(sandbox)["DATABASE_URL"]) as connection:
        connection.execute("select pgmq.create('of_a_test')")
        connection.execute("""select pgmq.send('of_a_test', '{"n": 1}')""")
        row = connection.execute("select read_ct, message from pgmq.read('of_a_test', 30, 1)").fetchone()
        connection.rollback()
    assert row == (1, {"n": 1})


def test_the_rows_of_the_last_statement_come_back(sandbox: Sandbox) -> None:
    answer = query(sandbox, "select 1; select 2 as two, null as nothing, now() as moment")
    assert answer.status_code == 201
    assert [(row["two"], row["nothing"], type(row["moment"])) for row in answer.json()] == [(2, None, str)]
    assert query(sandbox, "select from vehicles where false").json() == []


def test_what_the_database_refuses_is_a_400_with_its_words(sandbox: Sandbox) -> None:
    answer = query(sandbox, "selec 1")
    assert (answer.status_code, "42601: syntax error" in answer.json()["message"]) == (400, True)
    denied = query(sandbox, "create table never ()", read_only=True)
    assert (denied.status_code, "read-only" in denied.json()["message"]) == (400, True)
    assert query(sandbox, "select to_regclass('never') as there").json() == [{"there": None}]


def test_statements_that_fail_leave_nothing_of_those_before_them(sandbox: Sandbox) -> None:
    assert query(sandbox, "create table half_done (); selec 1").status_code == 400
    assert query(sandbox, "select to_regclass('half_done') as there").json() == [{"there": None}]


def test_a_new_function_is_reached_after_a_notification(sandbox: Sandbox) -> None:
    name = f"of_a_test_{time.monotonic_ns()}"
    create = f"create function public.{name}(a int) returns int language sql as 'select a + 1'"
    assert call(sandbox, name, a=1).json()["code"] == "PGRST202"
    query(sandbox, f"{create}; notify pgrst, 'reload schema'")
    deadline = time.monotonic() + 60
    while (answer := call(sandbox, name, a=1)).status_code == 404 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert (answer.status_code, answer.json()) == (200, 2)
    query(sandbox, f"drop function public.{name}; notify pgrst, 'reload schema'")


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diag.sandbox.pgmq.find_spec", lambda name: None)
    with pytest.raises(SandboxError) as missing:
        pgmq.sql()
    assert "nukediag[sandbox]" in missing.value.remedy
