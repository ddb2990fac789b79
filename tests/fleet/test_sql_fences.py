"""What the functions may not do: serve others than the service role, read what they should not, leave things behind."""

import re

import httpx
import psycopg
import pytest
from sandboxes import settings_of

from diag.fleet.install import VERSION, script
from diag.fleet.queue import can_fill
from diag.fleet.state import Work

from .databases import WORK

pytestmark = pytest.mark.sandbox
FUNCTIONS = sorted(set(re.findall(r"function public\.(nukediag_\w+)", script("install"))))
IN_PGMQ_1_4_4 = {"archive", "create", "delete", "drop_queue", "list_queues", "read", "send", "send_batch", "set_vt"}
LEFTOVERS = """
select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = 'nukediag' or p.proname like 'nukediag%' or to_regnamespace('nukediag') is not null
"""


def test_only_functions_are_used_that_the_oldest_pgmq_on_supabase_has():
    used = set(re.findall(r"pgmq\.(\w+)\(", script("install") + script("remove")))
    assert used == IN_PGMQ_1_4_4
    assert "pop" not in used


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_no_other_role_may_execute_any_of_it(sql, role):
    allowed = sql.connection.execute(
        "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where (n.nspname = 'nukediag' or p.proname like 'nukediag%%')"
        " and (has_function_privilege(%s, p.oid, 'execute') or has_function_privilege('public', p.oid, 'execute'))",
        (role,),
    ).fetchall()
    assert allowed == []
    assert not sql.one("select has_schema_privilege(%s, 'nukediag', 'usage')", role)
    assert len(FUNCTIONS) == 13


def test_the_service_role_reaches_the_functions_and_no_table(sql):
    for function in FUNCTIONS:
        assert sql.one(
            "select has_function_privilege('service_role', oid, 'execute') from pg_proc where proname = %s", function
        )
    tables = sql.connection.execute("select tablename from pg_tables where schemaname = 'nukediag'").fetchall()
    assert len(tables) == 4
    assert not any(
        sql.one("select has_table_privilege('service_role', %s, 'select,insert,update,delete')", f"nukediag.{name}")
        for (name,) in tables
    )


def test_every_function_has_a_fixed_search_path(sql):
    unsafe = sql.connection.execute(
        "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where (n.nspname = 'nukediag' or p.proname like 'nukediag%')"
        " and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)"
    ).fetchall()
    assert unsafe == []


def test_types_that_a_caller_makes_for_a_session_stand_for_none_of_the_functions(sql, queue):
    sql.begin(queue)
    with psycopg.connect(sql.url, autocommit=True) as caller:
        for name in ("float8", "timestamptz", "jsonb", "regclass", "record"):
            caller.execute(f"create temporary table {name} (trap text)")
        taken = caller.execute("select nukediag.take(%s, 'a', 3)::text", (queue,)).fetchone()
        claimed = caller.execute("select nukediag.claim(%s, 'a', array[]::text[], 60)::text", (queue,)).fetchone()
    assert '"granted"' in taken[0]
    assert '"ids"' in claimed[0]


def test_the_data_api_refuses_the_anon_key(sql, sandbox):
    settings = settings_of(sandbox)
    answers = {
        name: httpx.post(
            f"{settings['SUPABASE_URL']}/rest/v1/rpc/nukediag_status",
            json={"queue": None},
            headers={"apikey": settings[name], "Authorization": f"Bearer {settings[name]}"},
        )
        for name in ("SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY")
    }
    assert answers["SUPABASE_ANON_KEY"].status_code == 401
    assert answers["SUPABASE_ANON_KEY"].json()["code"] == "42501"
    assert answers["SUPABASE_SERVICE_ROLE_KEY"].status_code == 200


@pytest.mark.parametrize(
    "work",
    [
        {"table": "vehicle_images; drop table vehicles"},
        {"table": "pg_authid"},
        {"table": 'vehicle_images" cross join "vehicles'},
        {"key": "id) from vehicle_images; drop table vehicles; --"},
        {"marker": "no_such_column"},
        {"where": {"id = id or true; --": "is.null"}},
    ],
)
def test_names_that_are_no_relation_or_column_are_refused(sql, queue, work):
    assert sql.begin(queue, **work)["refused"]
    assert sql.one("select count(*) from nukediag.queues where queue = %s", queue) == 0
    assert sql.one("select to_regclass('public.vehicles') is not null")


def test_a_table_that_the_service_role_may_not_read_is_refused(sql, queue):
    sql.do("create table if not exists public.hidden (id int, done int); revoke all on public.hidden from service_role")
    refused = sql.begin(queue, table="hidden", key="id", marker="done", where={})["refused"]
    sql.do("drop table public.hidden")
    assert "service_role" in refused


@pytest.mark.parametrize("name", ["Cars", "1cars", "cars;drop", "", "a" * 41, "cars--", "../cars", "car s"])
def test_names_that_are_no_plain_words_make_no_queue(sql, name):
    assert sql.begin(name)["refused"]


@pytest.mark.parametrize(
    ("condition", "known"),
    [
        ("is.null", True),
        ("not.is.null", True),
        ("eq.' or true --", True),
        ("neq.a", True),
        ("not.gte.2024-01-01", True),
        ("in.(a,b c)", True),
        ("not.in.(a)", True),
        ('in.("a,b")', False),
        ("like.*a*", False),
        ("is.null) or (true", False),
        ("fts.car", False),
        ("eq", False),
        ("", False),
    ],
)
def test_filters_that_queue_and_database_know_are_the_same(sql, condition, known):
    said = sql.one("select nukediag.condition('id', %s)", condition)
    assert (said is not None) is known
    assert can_fill(Work(**{**WORK, "where": {"id": condition}})) is known


def test_a_hostile_value_stays_a_value(sql, queue):
    sql.begin(queue, where={"image_url": "eq.x') or true; drop table vehicles; --"})
    assert sql.one("select nukediag.fill(%s, null, 100, 50)", queue)["rows"] == 0
    assert sql.one("select to_regclass('public.vehicles') is not null")


def test_an_unknown_filter_fills_nothing_and_says_so(sql, queue):
    sql.begin(queue, where={"image_url": "like.*"})
    assert "filter" in sql.one("select nukediag.fill(%s, null, 100, 50)", queue)["refused"]


def test_a_queue_of_somebody_elses_is_left_alone(sql, queue):
    sql.do(f"select pgmq.create('{queue}'); select pgmq.send('{queue}', '{{}}'::jsonb)")
    assert "other messages" in sql.begin(queue)["refused"]
    assert sql.one(f"select count(*) from pgmq.q_{queue}") == 1


def test_other_work_is_not_mixed_into_a_queue_that_is_not_empty(sql, queue):
    sql.begin(queue)
    sql.one("select nukediag.fill(%s, null, 10, 5)", queue)
    assert "other messages" in sql.begin(queue, function="another")["refused"]
    assert sql.begin(queue)["state"] == "closed"


def test_installing_twice_is_harmless_and_removing_leaves_nothing_but_foreign_queues(sql, queue):
    sql.do(f"select pgmq.create('{queue}_foreign')")
    sql.begin(queue)
    sql.do(script("install"))
    assert sql.one("select count(*) from nukediag.queues where queue = %s", queue) == 1
    sql.do(script("remove"))
    sql.do(script("remove"))
    assert sql.one(LEFTOVERS) == 0
    left = [row[0] for row in sql.connection.execute("select queue_name from pgmq.list_queues()")]
    assert f"{queue}_foreign" in left
    assert queue not in left
    sql.do(script("install"))
    assert sql.one("select nukediag.version()") == VERSION


def test_a_queue_of_the_first_version_goes_on_after_installing_the_next(sql, queue):
    sql.begin(queue)
    news = ("stale", "refused_at", "crept", "flow", "flowed")
    gone = ", ".join(f"drop column {name}" for name in news)
    sql.do(f"alter table nukediag.queues {gone}, add column cut_call bigint not null default 7")
    sql.do(script("install"))
    assert sql.take(queue, "w", 1, 0.0)["state"] == "closed"
    assert sql.one("select stale from nukediag.queues where queue = %s", queue) == 0


def test_without_pgmq_and_without_the_extension_nothing_is_installed(sql):
    without = "begin; drop schema nukediag cascade; drop schema pgmq cascade;"
    with pytest.raises(psycopg.Error, match="pgmq"):
        sql.do(without + script("install"))
    sql.do("rollback")
    assert sql.one("select nukediag.version()") == VERSION
