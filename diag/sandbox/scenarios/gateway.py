"""Scenarios in which Supabase's front door, or the project behind it, is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final = (
    Scenario("not-deployed", "The function is not deployed", "gateway.function-not-found", deployed=False),
)
