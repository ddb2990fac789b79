"""Nothing is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final = (Scenario("healthy", "Everything works", "function.ok", (0,), most_paid=None),)
