"""Scenarios in which the database, or a key to it, is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario, wrong_twin

SCENARIOS: Final = (
    Scenario(
        "function-key-wrong",
        "The function's own database key is wrong",
        "supabase.key-invalid",
        secrets={"SERVICE_ROLE_KEY": wrong_twin},
    ),
    Scenario(
        "anon-key",
        "The caller holds the anon key, and row-level security hides every row",
        "supabase.permission-denied",
        caller_key="anon",
    ),
)
