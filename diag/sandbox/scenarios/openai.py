"""Scenarios in which OpenAI, or what the function asks of it, is at fault."""

from typing import Final

from diag.sandbox.scenarios.model import Scenario, Taken, wrong_twin


def _quoted(key: str) -> str:
    return f'"{key}"'


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
        "openai-key-quoted",
        "The OpenAI key was stored with quotes around it",
        "openai.key-invalid",
        secrets={"OPENAI_API_KEY": _quoted},
    ),
    Scenario(
        "secret-drift",
        "The keys were renewed in the local file alone: the project still has the former ones",
        "openai.key-invalid",
        secrets={
            "OPENAI_API_KEY": wrong_twin,
            "AWS_ACCESS_KEY_ID": Taken("AWS_OTHER_KEY_ID"),
            "AWS_SECRET_ACCESS_KEY": Taken("AWS_OTHER_SECRET"),
        },
    ),
    Scenario(
        "openai-account-deactivated",
        "The account that the OpenAI key belongs to was deactivated",
        "openai.key-invalid",
        secrets={"OPENAI_API_KEY": Taken("OPENAI_DEACTIVATED_KEY")},
    ),
    Scenario(
        "missing-scope",
        "The OpenAI key is restricted and may not ask models",
        "openai.permission",
        secrets={"OPENAI_API_KEY": Taken("OPENAI_RESTRICTED_KEY")},
    ),
    Scenario(
        "openai-organisation-mismatch",
        "The function names an OpenAI organisation that its key is not of",
        "openai.permission",
        secrets={"OPENAI_ORG_ID": "org-somebody-else"},
    ),
    Scenario(
        "openai-project-mismatch",
        "The function names an OpenAI project that its key is not of",
        "openai.permission",
        secrets={"OPENAI_PROJECT_ID": "proj_somebody_else"},
    ),
    Scenario(
        "openai-organisation-unverified",
        "The model is for verified organisations only",
        "openai.permission",
        faults={"openai": {"standing": "unverified"}},
    ),
    Scenario(
        "openai-address-not-allowed",
        "The OpenAI project's IP allow-list leaves the function out",
        "openai.permission",
        faults={"openai": {"standing": "address-not-allowed"}},
    ),
    Scenario(
        "openai-country-blocked",
        "The function runs where OpenAI does not serve",
        "openai.region-blocked",
        faults={"openai": {"standing": "country-not-supported"}},
    ),
    Scenario(
        "openai-model-missing",
        "The function asks for a model that was retired",
        "openai.model-unavailable",
        secrets={"VISION_MODEL": "gpt-4-vision-preview"},
    ),
    Scenario(
        "openai-model-not-allowed",
        "The OpenAI project's limits leave the model out",
        "openai.model-unavailable",
        faults={"openai": {"standing": "model-not-allowed"}},
    ),
    Scenario(
        "openai-quota-exhausted",
        "The OpenAI account has no credit left",
        "openai.quota-exhausted",
        faults={"openai": {"credit_usd": 0.0}},
    ),
    Scenario(
        "openai-billing-limit",
        "The OpenAI account has reached its billing limit",
        "openai.quota-exhausted",
        faults={"openai": {"standing": "billing-limit-reached"}},
    ),
    Scenario(
        "openai-billing-inactive",
        "Nobody pays for the OpenAI account",
        "openai.quota-exhausted",
        faults={"openai": {"standing": "billing-inactive"}},
    ),
    Scenario(
        "openai-spend-limit",
        "The OpenAI project has reached its spend limit",
        "openai.quota-exhausted",
        faults={"openai": {"standing": "spend-limit-reached"}},
    ),
    Scenario(
        "openai-requests-per-minute",
        "Others of the organisation use up OpenAI's requests per minute",
        "openai.rate-limited",
        faults={"openai": {"crowded": "requests"}},
    ),
    Scenario(
        "openai-tokens-per-minute",
        "Others of the organisation use up OpenAI's tokens per minute",
        "openai.rate-limited",
        faults={"openai": {"crowded": "tokens"}},
    ),
    Scenario(
        "openai-requests-per-day",
        "The OpenAI organisation has used up its requests of the day",
        "openai.rate-limited",
        also=("openai.quota-exhausted",),
        faults={"openai": {"crowded": "requests-per-day"}},
    ),
    Scenario(
        "openai-rate-limited",
        "OpenAI takes three requests per second and no more",
        "openai.rate-limited",
        (0,),
        most_paid=None,
        faults={"openai": {"requests_per_minute": 180, "burst": 6}},
    ),
    Scenario(
        "openai-overloaded", "OpenAI is overloaded", "openai.overloaded", faults={"openai": {"outage": "overload"}}
    ),
    Scenario(
        "openai-error", "OpenAI has an error of its own", "openai.overloaded", faults={"openai": {"outage": "error"}}
    ),
    Scenario(
        "openai-bad-gateway",
        "OpenAI's proxy answers with a page",
        "openai.overloaded",
        faults={"openai": {"outage": "page"}},
    ),
    Scenario(
        "flaky",
        "OpenAI is overloaded: half of the calls fail",
        "openai.overloaded",
        (0, 3),
        most_paid=None,
        faults={"openai": {"overloaded_share": 0.5}},
    ),
    Scenario(
        "openai-slow",
        "OpenAI does not answer within the function's own limit",
        "openai.timeout",
        secrets={"VISION_TIMEOUT_MS": "200"},
        faults={"openai": {"connection": "stalls"}},
    ),
    Scenario(
        "openai-connection-broken",
        "The connection to OpenAI breaks before an answer",
        "openai.timeout",
        faults={"openai": {"connection": "breaks"}},
    ),
    Scenario(
        "openai-answer-broken-off",
        "The connection to OpenAI breaks in the middle of the answer",
        "openai.timeout",
        most_paid=3,
        faults={"openai": {"connection": "breaks-off"}},
    ),
    Scenario(
        "openai-image-unreachable",
        "The photos' host turns OpenAI's downloader away",
        "openai.image-unreachable",
        faults={"photos": {"host": "forbids-providers"}},
    ),
    Scenario(
        "openai-image-garbled",
        "The photos are damaged, and OpenAI cannot read them",
        "openai.image-rejected",
        faults={"photos": {"instead": "garbled"}},
    ),
    Scenario(
        "openai-context-too-long",
        "The question is longer than the model can read",
        "openai.context-too-long",
        faults={"openai": {"context_tokens": 100}},
    ),
    Scenario(
        "openai-content-policy",
        "OpenAI's safety system rejects the photos",
        "openai.refused",
        faults={"openai": {"content_policy": True}},
    ),
    Scenario(
        "openai-refusal",
        "The model declines to look at the photos",
        "openai.refused",
        most_paid=3,
        faults={"openai": {"reply": "refusal"}},
    ),
    Scenario(
        "openai-output-chatter",
        "The model wraps its JSON in chatter",
        "openai.bad-output",
        most_paid=3,
        faults={"openai": {"reply": "prose"}},
    ),
    Scenario(
        "openai-output-cut",
        "The model's answer is cut at its token limit",
        "openai.bad-output",
        most_paid=3,
        faults={"openai": {"reply": "truncated"}},
    ),
    Scenario(
        "openai-output-empty",
        "The model answers with nothing",
        "openai.bad-output",
        most_paid=3,
        faults={"openai": {"reply": "empty"}},
    ),
    Scenario(
        "openai-parameter-unknown",
        "The function sends a parameter that its model does not know",
        "openai.bad-request",
        secrets={"VISION_MODEL": "gpt-5-mini"},
    ),
)
