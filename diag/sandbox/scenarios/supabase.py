"""Scenarios in which the database, or a key to it, is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario, Taken, wrong_twin

_FORBID_WRITING = "revoke insert, update on image_tags from service_role"
_ALLOW_WRITING = "grant insert, update on image_tags to service_role"
_LET_ANON_CLAIM = """
    create policy "anon may claim" on vehicle_images for all to anon using (true) with check (true)"""
_DO_NOT_LET_ANON_CLAIM = 'drop policy "anon may claim" on vehicle_images'
_ONLY_BY_HAND = """
    alter table image_tags add constraint tags_by_hand check (source = 'manual') not valid"""
_BY_ANYBODY = "alter table image_tags drop constraint tags_by_hand"
_SLOW_WRITES = """
    create function public.sandbox_slow() returns trigger language plpgsql as
        'begin perform pg_sleep(20); return new; end';
    create trigger sandbox_slow before insert on image_tags for each row execute function public.sandbox_slow();
    alter system set statement_timeout = '700ms';
    select pg_reload_conf();"""
_USUAL_WRITES = """
    alter system reset statement_timeout;
    select pg_reload_conf();
    drop trigger sandbox_slow on image_tags;
    drop function public.sandbox_slow();"""

SCENARIOS: Final = (
    Scenario(
        "function-key-missing",
        "The function has no database key",
        "supabase.key-missing",
        secrets={"SERVICE_ROLE_KEY": None},
    ),
    Scenario(
        "function-key-wrong",
        "The function's own database key is wrong",
        "supabase.key-invalid",
        secrets={"SERVICE_ROLE_KEY": wrong_twin},
    ),
    Scenario(
        "function-url-missing",
        "The function's setting for the project's URL is empty",
        "supabase.url-missing",
        secrets={"PROJECT_URL": ""},
    ),
    Scenario(
        "function-key-anon",
        "The function holds the anon key, which may not write results",
        "supabase.permission-denied",
        most_paid=2,
        secrets={"SERVICE_ROLE_KEY": Taken("SUPABASE_ANON_KEY")},
        enter=_LET_ANON_CLAIM,
        leave=_DO_NOT_LET_ANON_CLAIM,
    ),
    Scenario(
        "function-key-sees-nothing",
        "The function holds the anon key, and row-level security hides every row from it",
        "supabase.row-not-found",
        secrets={"SERVICE_ROLE_KEY": Taken("SUPABASE_ANON_KEY")},
    ),
    Scenario(
        "results-not-writable",
        "The database role may not write into a result table",
        "supabase.permission-denied",
        most_paid=2,
        enter=_FORBID_WRITING,
        leave=_ALLOW_WRITING,
    ),
    Scenario(
        "schema-mismatch",
        "A column that the function writes was renamed",
        "supabase.schema-mismatch",
        most_paid=2,
        enter="alter table image_tags rename column confidence to certainty",
        leave="alter table image_tags rename column certainty to confidence",
    ),
    Scenario(
        "constraint-violation",
        "A new rule of the database refuses what the function writes",
        "supabase.constraint-violation",
        most_paid=6,
        enter=_ONLY_BY_HAND,
        leave=_BY_ANYBODY,
    ),
    Scenario(
        "statement-timeout",
        "The database cancels what the function writes because it takes too long",
        "supabase.timeout",
        most_paid=6,
        enter=_SLOW_WRITES,
        leave=_USUAL_WRITES,
    ),
    Scenario(
        "data-api-down",
        "The data API cannot reach its database",
        "supabase.unavailable",
        (5,),
        faults={"gateway": {"data_api": False}},
    ),
    Scenario(
        "project-key-mismatch",
        "The caller holds the service key of another project",
        "supabase.key-invalid",
        also=("gateway.auth-invalid",),  # what the gateway says to a call
        caller_key="foreign",
    ),
    Scenario(
        "anon-key",
        "The caller holds the anon key, and row-level security hides every row",
        "supabase.permission-denied",
        caller_key="anon",
    ),
)
