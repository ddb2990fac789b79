"""What a Gemini account can be made to suffer from, and its refusals as google.rpc.Status. All pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

_SERVICE: Final = "generativelanguage.googleapis.com"
_PROJECT: Final = "100000000001"


class Faults(BaseModel):
    """The settings of the stand-in; the defaults are a healthy account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standing: str = ""
    """What is wrong with the key or its project: a key of ``STANDINGS``, or nothing."""
    outage: str = ""
    """A key of ``OUTAGES``, or nothing."""
    crowded: str = ""
    """Which allowance is used up: a key of ``CROWDED``, or none."""
    connection: Literal["good", "breaks", "stalls"] = "good"
    blocked: Literal["", "prompt", "answer"] = ""
    """The safety filter stops the prompt before, or the answer after the model worked."""
    context_tokens: int = 1_048_576
    """What the model can read at once."""
    is_cut: bool = False
    """The answer ends at the limit of its tokens."""
    latency_ms: float = Field(40.0, ge=0)


class Refusal(Exception):
    """An error that Gemini answers with: ``status`` of HTTP, ``body``."""

    def __init__(self, status: int, name: str, message: str, *details: dict[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, Any] = {"code": status, "message": message, "status": name}
        self.body = {"error": {**error, "details": list(details)} if details else error}


def _info(reason: str, **metadata: str) -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"@type": kind, "reason": reason, "domain": "googleapis.com", "metadata": {"service": _SERVICE, **metadata}}


def no_key() -> Refusal:
    """403: nobody asks."""
    return Refusal(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
        "form of API consumer identity to call this API.",
    )


def wrong_key() -> Refusal:
    """400: not a key."""
    message = "API key not valid. Please pass a valid API key."
    return Refusal(400, "INVALID_ARGUMENT", message, _info("API_KEY_INVALID"))


def no_such_model(model: str) -> Refusal:
    """404: unknown, or retired."""
    return Refusal(
        404,
        "NOT_FOUND",
        f"models/{model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels "
        "to see the list of available models and their supported methods.",
    )


def invalid(message: str) -> Refusal:
    """400: a request that cannot be carried out."""
    return Refusal(400, "INVALID_ARGUMENT", message)


def bad_picture() -> Refusal:
    """400: a picture that cannot be read."""
    return invalid(
        "Unable to process input image. Please retry or report in "
        "https://developers.generativeai.google/guide/troubleshooting"
    )


def unreachable_picture() -> Refusal:
    """400: the host of a file that is given by its URL does not hand it out."""
    return invalid("Cannot fetch content from the provided URL.")


def too_long(tokens: int, most: int) -> Refusal:
    """400: more than the model can read at once."""
    return invalid(f"The input token count ({tokens}) exceeds the maximum number of tokens allowed ({most}).")


def _expired() -> Refusal:
    message = "API key expired. Please renew the API key."
    return Refusal(400, "INVALID_ARGUMENT", message, _info("API_KEY_INVALID"))


def _leaked() -> Refusal:
    return Refusal(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key.")


def _disabled() -> Refusal:
    page = f"https://console.developers.google.com/apis/api/{_SERVICE}/overview?project={_PROJECT}"
    message = (
        f"Generative Language API has not been used in project {_PROJECT} before or it is disabled. Enable it by "
        f"visiting {page} then retry. If you enabled this API recently, wait a few minutes for the action to propagate "
        "to our systems and retry."
    )
    return Refusal(403, "PERMISSION_DENIED", message, _info("SERVICE_DISABLED", consumer=f"projects/{_PROJECT}"))


def _region() -> Refusal:
    return Refusal(400, "FAILED_PRECONDITION", "User location is not supported for the API use.")


def _spending_cap() -> Refusal:
    message = "Your project has exceeded its monthly spending cap. Please go to AI Studio to manage your billing."
    return Refusal(429, "RESOURCE_EXHAUSTED", message)


def _quota(model: str, period: str, limit: int, *more: dict[str, Any]) -> Refusal:
    metric = f"{_SERVICE}/generate_content_free_tier_requests"
    violation = {
        "quotaMetric": metric,
        "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier",
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": str(limit),
    }
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        "error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n"
        f"* Quota exceeded for metric: {metric}, limit: {limit}, model: {model}"
    )
    failure = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}
    return Refusal(429, "RESOURCE_EXHAUSTED", message, failure, *more)


def _per_minute(model: str) -> Refusal:
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}
    return _quota(model, "Minute", 10, retry)


def _per_day(model: str) -> Refusal:
    return _quota(model, "Day", 250)


STANDINGS: Final[Mapping[str, Callable[[], Refusal]]] = {
    "expired": _expired,
    "leaked": _leaked,
    "api-disabled": _disabled,
    "region-not-supported": _region,
    "spending-cap-reached": _spending_cap,
}
CROWDED: Final[Mapping[str, Callable[[str], Refusal]]] = {"minute": _per_minute, "day": _per_day}
OUTAGES: Final[Mapping[str, Callable[[], Refusal]]] = {
    "overloaded": lambda: Refusal(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "internal": lambda: Refusal(
        500,
        "INTERNAL",
        "An internal error has occurred. Please retry or report in "
        "https://developers.generativeai.google/guide/troubleshooting",
    ),
    "deadline": lambda: Refusal(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
