"""Scenarios in which the way from here to the project is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario

SCENARIOS: Final = (
    Scenario(
        "host-unresolved",
        "The project is active, and its host name does not resolve here",
        "network.dns",
        faults={"gateway": {"resolves": False}},
    ),
    Scenario(
        "connection-refused",
        "Nobody listens at the project's address",
        "network.refused",
        (5,),
        faults={"gateway": {"door": "closed"}},
    ),
    Scenario(
        "tls-refused",
        "The project's address speaks no TLS",
        "network.tls",
        faults={"gateway": {"door": "no-tls"}},
    ),
    Scenario(
        "connection-reset",
        "The connection breaks before the function is called",
        "network.reset",
        (5,),
        faults={"gateway": {"connection": "breaks"}},
    ),
    Scenario(
        "answer-broken-off",
        "The connection breaks in the middle of the function's answer",
        "network.reset",
        most_paid=6,
        faults={"gateway": {"connection": "breaks-off"}},
    ),
)
