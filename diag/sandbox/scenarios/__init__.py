"""The sandbox's scenarios, one file per component that is at fault."""

from collections.abc import Mapping
from typing import Final

from diag.sandbox.scenarios import aws, function, gateway, healthy, image, openai, runtime, supabase
from diag.sandbox.scenarios.model import Scenario, Taken, wrong_twin

__all__ = ["GROUPS", "SCENARIOS", "Scenario", "Taken", "wrong_twin"]

GROUPS: Final[Mapping[str, tuple[Scenario, ...]]] = {
    "healthy": healthy.SCENARIOS,
    "openai": openai.SCENARIOS,
    "aws": aws.SCENARIOS,
    "supabase": supabase.SCENARIOS,
    "image": image.SCENARIOS,
    "function": function.SCENARIOS,
    "gateway": gateway.SCENARIOS,
    "runtime": runtime.SCENARIOS,
}
"""Component -> its scenarios, in the order in which they are listed."""

SCENARIOS: Final[Mapping[str, Scenario]] = {
    scenario.name: scenario for scenarios in GROUPS.values() for scenario in scenarios
}
