"""The sandbox's scenarios, one file per component that is at fault."""

from collections.abc import Mapping
from typing import Final

from diag.sandbox.scenarios import (
    ai,
    aws,
    function,
    gateway,
    gemini,
    healthy,
    image,
    management,
    network,
    openai,
    runtime,
    service,
    supabase,
)
from diag.sandbox.scenarios.model import Scenario, Taken, wrong_twin

__all__ = ["ALIASES", "GROUPS", "SCENARIOS", "UNPLAYED", "Scenario", "Taken", "wrong_twin"]

GROUPS: Final[Mapping[str, tuple[Scenario, ...]]] = {
    "healthy": healthy.SCENARIOS,
    "openai": openai.SCENARIOS,
    "gemini": gemini.SCENARIOS,
    "ai": ai.SCENARIOS,
    "aws": aws.SCENARIOS,
    "supabase": supabase.SCENARIOS,
    "image": image.SCENARIOS,
    "service": service.SCENARIOS,
    "function": function.SCENARIOS,
    "gateway": gateway.SCENARIOS,
    "runtime": runtime.SCENARIOS,
    "management": management.SCENARIOS,
    "network": network.SCENARIOS,
}
"""Component -> its scenarios, in the order in which they are listed."""

SCENARIOS: Final[Mapping[str, Scenario]] = {
    scenario.name: scenario for scenarios in GROUPS.values() for scenario in scenarios
}

ALIASES: Final[Mapping[str, str]] = {"clock-skew": "aws-clock-skew", "openai-scope-missing": "missing-scope"}
"""Another name of a scenario -> its name."""

UNPLAYED: Final[Mapping[str, str]] = {
    "network.proxy": "the proxy is the caller's own: set HTTP_PROXY to a port on which nobody listens",
    "network.timeout": "the platform gives up before nukediag does: call with a shorter --timeout",
}
"""Signature that no scenario provokes -> why, and how to see it all the same."""
