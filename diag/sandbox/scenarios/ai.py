"""Scenarios in which another model provider (OpenRouter) is at fault. The function asks it alone."""

from typing import Final

from diag.sandbox.scenarios.model import Change, Scenario, Taken

_ASKED: Final[dict[str, Change]] = {
    "VISION_PROVIDERS": "openrouter",
    "OPENROUTER_API_KEY": Taken("OPENROUTER_API_KEY"),
}


def _refused(name: str, title: str, signature: str, refusal: str) -> Scenario:
    return Scenario(name, title, signature, secrets=_ASKED, faults={"openrouter": {"refusal": refusal}})


SCENARIOS: Final = (
    Scenario(
        "ai-key-missing",
        "The function has no key for its model provider",
        "ai.key-missing",
        secrets={"VISION_PROVIDERS": "openrouter"},
    ),
    Scenario(
        "ai-key-invalid",
        "The model provider refuses the function's key",
        "ai.key-invalid",
        secrets={**_ASKED, "OPENROUTER_API_KEY": "sk-or-v1-" + "0" * 64},
    ),
    Scenario(
        "ai-model-unavailable",
        "The function asks for a model that nobody serves",
        "ai.model-unavailable",
        secrets={**_ASKED, "OPENROUTER_MODEL": "meta-llama/llama-3-vision"},
    ),
    _refused("ai-permission", "The model provider's key may not use the model", "ai.permission", "blocked"),
    _refused(
        "ai-quota-exhausted", "The account at the model provider has no credits", "ai.quota-exhausted", "no-credits"
    ),
    _refused("ai-rate-limited", "The model provider limits the rate", "ai.rate-limited", "crowded"),
    _refused("ai-overloaded", "No provider of the model has room", "ai.overloaded", "overloaded"),
    _refused("ai-refused", "The model provider's moderation flags the photos", "ai.refused", "moderated"),
    _refused(
        "ai-region-blocked",
        "The model provider does not serve the function's region",
        "ai.region-blocked",
        "wrong-region",
    ),
    Scenario(
        "ai-bad-request",
        "The function sends a limit that the model provider does not take",
        "ai.bad-request",
        secrets={**_ASKED, "VISION_MAX_TOKENS": "0"},
    ),
    Scenario(
        "ai-context-too-long",
        "The question is longer than the model provider's model can read",
        "ai.context-too-long",
        secrets=_ASKED,
        faults={"openrouter": {"context_tokens": 100}},
    ),
    Scenario(
        "ai-image-unreachable",
        "The photos' host turns the model provider's downloader away",
        "ai.image-unreachable",
        secrets=_ASKED,
        faults={"photos": {"host": "forbids-providers"}},
    ),
    Scenario(
        "ai-image-garbled",
        "The photos are damaged, and the model provider cannot read them",
        "ai.image-rejected",
        secrets=_ASKED,
        faults={"photos": {"instead": "garbled"}},
    ),
    Scenario(
        "ai-connection-broken",
        "The connection to the model provider breaks before an answer",
        "ai.timeout",
        secrets=_ASKED,
        faults={"openrouter": {"breaks": True}},
    ),
    Scenario(
        "ai-output-cut",
        "The model's answer is cut at its token limit",
        "ai.bad-output",
        most_paid=3,
        secrets=_ASKED,
        faults={"openrouter": {"reply": "truncated"}},
    ),
)
