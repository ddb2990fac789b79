"""Scenarios in which the access token, or the management API, is at fault: the function itself works."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final = (
    Scenario(
        "scoped-token",
        "The access token may not read secrets or the project's state",
        "function.ok",
        (0,),
        most_paid=None,
        access="scoped",
        faults={"management": {"lacks": ("edge_functions_secrets_read", "project_admin_read")}},
    ),
    Scenario(
        "access-token-refused",
        "The access token was revoked",
        "gateway.auth-invalid",
        also=("function.ok",),  # the function itself does not need the token
        access="refused",
    ),
    Scenario(
        "management-rate-limited",
        "The management API has had enough of us",
        "function.ok",
        (0,),
        most_paid=None,
        faults={"management": {"per_minute": 0}},
    ),
)
