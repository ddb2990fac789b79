"""Scenarios in which the vision model is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario, wrong_twin

SCENARIOS: Final = (
    Scenario(
        "openai-key-missing", "The function has no OpenAI key", "openai.key-missing", secrets={"OPENAI_API_KEY": None}
    ),
    Scenario(
        "openai-key-invalid",
        "OpenAI refuses the function's key",
        "openai.key-invalid",
        secrets={"OPENAI_API_KEY": wrong_twin},
    ),
    Scenario(
        "openai-quota-exhausted",
        "The OpenAI account has no credit left",
        "openai.quota-exhausted",
        faults={"openai": {"credit_usd": 0.0}},
    ),
    Scenario(
        "flaky",
        "OpenAI is overloaded: half of the calls fail",
        "openai.overloaded",
        (0, 3),
        most_paid=None,
        faults={"openai": {"overloaded_share": 0.5}},
    ),
)
