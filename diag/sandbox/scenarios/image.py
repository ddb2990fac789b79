"""Scenarios in which the pictures are at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final = (
    Scenario(
        "dead-images",
        "15 % of the photos are gone",
        "image.not-found",
        (0,),
        most_paid=None,
        faults={"photos": {"dead_share": 0.15}},
    ),
)
