"""Scenarios in which Supabase's front door, or the project behind it, is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final = (
    Scenario("not-deployed", "The function is not deployed", "gateway.function-not-found", deployed=False),
    Scenario(
        "project-paused",
        "The project is paused",
        "gateway.project-paused",
        faults={"gateway": {"status": "INACTIVE"}},
    ),
    Scenario(
        "project-paused-unresolved",
        "The project is paused, and its host name does not resolve",
        "gateway.project-paused",
        also=("network.dns",),  # all that a single call can tell
        faults={"gateway": {"status": "INACTIVE", "resolves": False}},
    ),
    Scenario(
        "project-restricted",
        "The project has used up its quota and is restricted",
        "gateway.restricted",
        faults={"gateway": {"restricted": "exceed_egress_quota"}},
    ),
    Scenario(
        "cdn-error",
        "The network in front of Supabase answers with a page of its own",
        "gateway.unavailable",
        (5,),
        faults={"gateway": {"cdn_status": 522}},
    ),
    Scenario(
        "gateway-rate-limited",
        "Supabase limits the rate of the function's calls",
        "gateway.rate-limited",
        faults={"gateway": {"refusal": "RATE_LIMIT_EXCEEDED"}},
    ),
    Scenario(
        "method-refused",
        "The function takes GET alone, and is called with POST",
        "gateway.method-not-allowed",
        code="get-only",
    ),
    Scenario(
        "url-refused",
        "The gateway takes the function's URL for invalid",
        "gateway.invalid-url",
        faults={"gateway": {"refusal": "INVALID_URL"}},
    ),
    Scenario(
        "request-too-large",
        "The network in front of Supabase lets no request of that size through",
        "gateway.payload-too-large",
        faults={"gateway": {"largest_body": 64}},
    ),
    Scenario(
        "new-keys",
        "The caller holds a new secret key, and the JWT check lets it pass",
        "function.ok",
        (0,),
        most_paid=None,
        caller_key="secret",
    ),
    Scenario(
        "jwt-refused",
        "The caller holds a new secret key, and the JWT check refuses it",
        "gateway.auth-missing",
        also=("gateway.auth-invalid",),
        caller_key="secret",
        faults={"gateway": {"new_keys_pass": False}},
    ),
    Scenario(
        "legacy-keys-disabled",
        "The project's legacy keys are switched off, and the function still has one",
        "supabase.key-invalid",
        caller_key="secret",
        faults={"gateway": {"legacy_keys": False}},
    ),
)
