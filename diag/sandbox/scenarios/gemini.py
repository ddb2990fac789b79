"""Scenarios in which Gemini is at fault. The function asks Gemini alone, except where a title says otherwise."""

from typing import Final

from diag.sandbox.scenarios.model import Change, Scenario, Taken

_ASKED: Final[dict[str, Change]] = {"VISION_PROVIDERS": "gemini", "GEMINI_API_KEY": Taken("GEMINI_API_KEY")}

SCENARIOS: Final = (
    Scenario(
        "gemini-key-missing",
        "The function has no Gemini key",
        "gemini.key-missing",
        secrets={"VISION_PROVIDERS": "gemini"},
    ),
    Scenario(
        "gemini-key-invalid",
        "Gemini refuses the function's key",
        "gemini.key-invalid",
        secrets={**_ASKED, "GEMINI_API_KEY": "AIza" + "x" * 35},
    ),
    Scenario(
        "gemini-key-expired",
        "The Gemini key has expired",
        "gemini.key-invalid",
        secrets=_ASKED,
        faults={"gemini": {"standing": "expired"}},
    ),
    Scenario(
        "gemini-key-leaked",
        "Google has blocked the key because it was published",
        "gemini.permission",
        secrets=_ASKED,
        faults={"gemini": {"standing": "leaked"}},
    ),
    Scenario(
        "gemini-api-disabled",
        "The Gemini API is not enabled in the Google project",
        "gemini.permission",
        secrets=_ASKED,
        faults={"gemini": {"standing": "api-disabled"}},
    ),
    Scenario(
        "gemini-region-blocked",
        "The function runs where Gemini does not serve",
        "gemini.region-blocked",
        secrets=_ASKED,
        faults={"gemini": {"standing": "region-not-supported"}},
    ),
    Scenario(
        "gemini-model-retired",
        "The function asks for a model that was retired",
        "gemini.model-unavailable",
        secrets={**_ASKED, "GEMINI_MODEL": "gemini-1.5-flash"},
    ),
    Scenario(
        "gemini-quota-exhausted",
        "Gemini's requests of the day are used up",
        "gemini.quota-exhausted",
        secrets=_ASKED,
        faults={"gemini": {"crowded": "day"}},
    ),
    Scenario(
        "gemini-spending-cap",
        "The Google project has reached its spending cap",
        "gemini.quota-exhausted",
        secrets=_ASKED,
        faults={"gemini": {"standing": "spending-cap-reached"}},
    ),
    Scenario(
        "gemini-rate-limited",
        "Gemini's requests per minute are used up",
        "gemini.rate-limited",
        secrets=_ASKED,
        faults={"gemini": {"crowded": "minute"}},
    ),
    Scenario(
        "gemini-overloaded",
        "Gemini's model is overloaded",
        "gemini.overloaded",
        secrets=_ASKED,
        faults={"gemini": {"outage": "overloaded"}},
    ),
    Scenario(
        "gemini-error",
        "Gemini has an error of its own",
        "gemini.overloaded",
        secrets=_ASKED,
        faults={"gemini": {"outage": "internal"}},
    ),
    Scenario(
        "gemini-deadline",
        "Gemini gives up after its own time limit",
        "gemini.timeout",
        secrets=_ASKED,
        faults={"gemini": {"outage": "deadline"}},
    ),
    Scenario(
        "gemini-connection-broken",
        "The connection to Gemini breaks before an answer",
        "gemini.timeout",
        secrets=_ASKED,
        faults={"gemini": {"connection": "breaks"}},
    ),
    Scenario(
        "gemini-prompt-blocked",
        "Gemini's filter blocks the photos",
        "gemini.refused",
        secrets=_ASKED,
        faults={"gemini": {"blocked": "prompt"}},
    ),
    Scenario(
        "gemini-answer-blocked",
        "Gemini's filter blocks what the model wrote",
        "gemini.refused",
        most_paid=3,
        secrets=_ASKED,
        faults={"gemini": {"blocked": "answer"}},
    ),
    Scenario(
        "gemini-output-cut",
        "Gemini's answer is cut at its token limit",
        "gemini.bad-output",
        most_paid=3,
        secrets=_ASKED,
        faults={"gemini": {"is_cut": True}},
    ),
    Scenario(
        "gemini-image-garbled",
        "The photos are damaged, and Gemini cannot read them",
        "gemini.image-rejected",
        secrets=_ASKED,
        faults={"photos": {"instead": "garbled"}},
    ),
    Scenario(
        "gemini-bad-request",
        "The function sends a value that Gemini does not take",
        "gemini.bad-request",
        secrets={**_ASKED, "GEMINI_MAX_TOKENS": "0"},
    ),
    Scenario(
        "gemini-fallback-works",
        "Gemini refuses its key, and OpenAI, asked next, answers",
        "function.ok",
        (0,),
        most_paid=None,
        secrets={"GEMINI_API_KEY": "AIza" + "x" * 35},
    ),
    Scenario(
        "gemini-and-openai-broken",
        "Gemini refuses its key, and OpenAI, asked next, has no credit left",
        "openai.quota-exhausted",
        also=("gemini.key-invalid",),
        secrets={"GEMINI_API_KEY": "AIza" + "x" * 35},
        faults={"openai": {"credit_usd": 0.0}},
    ),
)
