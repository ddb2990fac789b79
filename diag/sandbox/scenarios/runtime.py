"""Scenarios in which the function's worker is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = ()
