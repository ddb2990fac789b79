"""Scenarios in which a third party that the function asks (a vehicle's history) is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Change, Scenario, Taken

_ASKED: Final[dict[str, Change]] = {"VEHICLE_HISTORY_KEY": Taken("VEHICLE_HISTORY_KEY")}

SCENARIOS: Final = (
    Scenario(
        "service-key-invalid",
        "A third party refuses the function's key",
        "service.key-invalid",
        secrets={"VEHICLE_HISTORY_KEY": "vh_live_" + "0" * 32},
    ),
    Scenario(
        "service-rate-limited",
        "A third party gets too many requests",
        "service.rate-limited",
        secrets=_ASKED,
        faults={"history": {"crowded": True}},
    ),
    Scenario(
        "service-unavailable",
        "A third party is down",
        "service.unavailable",
        secrets=_ASKED,
        faults={"history": {"outage": "maintenance"}},
    ),
)
