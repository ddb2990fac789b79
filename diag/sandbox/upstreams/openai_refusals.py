"""OpenAI's refusals: status, body and headers, as its guide to error codes and its API answer them. All pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

_ORGANISATION: Final = "org-sandbox"
_PROJECT: Final = "proj_sandbox"
_ERROR_GUIDE: Final = (
    "For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_OVERLOADED: Final[Mapping[int, str]] = {
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The server is currently overloaded with other requests. Sorry about that! You can retry your request.",
}


class Refusal(Exception):
    """An error that OpenAI answers with: status, body and headers."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body["error"]["message"])
        self.status, self.body, self.headers = status, body, headers or {}


def _refusal(
    status: int,
    message: str,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    return Refusal(status, {"error": {"message": message, "type": kind, "param": param, "code": code}}, headers)


def no_key() -> Refusal:
    """401: no key came with the request."""
    return _refusal(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from "
        "https://platform.openai.com/account/api-keys.",
    )


def wrong_key(key: str) -> Refusal:
    """401: not a key of this account; OpenAI repeats it with stars in its middle."""
    masked = f"{key[:8]}{'*' * max(len(key) - 12, 4)}{key[-4:]}"
    place = "You can find your API key at https://platform.openai.com/account/api-keys."
    return _refusal(401, f"Incorrect API key provided: {masked}. {place}", code="invalid_api_key")


def deactivated() -> Refusal:
    """401: the account of this key was closed."""
    return _refusal(
        401,
        "The OpenAI account associated with this API key has been deactivated. If you are the account owner and "
        "believe this is a mistake, please check your email or contact us through our help center at help.openai.com.",
        code="account_deactivated",
    )


def missing_scope() -> Refusal:
    """401: a restricted key that may not ask models."""
    return _refusal(
        401,
        "You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have the "
        "correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using a "
        "restricted API key, that it has the necessary scopes.",
        code="missing_scope",
    )


def foreign_organisation() -> Refusal:
    """401: the header names an organisation that the key is not of."""
    message = "OpenAI-Organization header should match organization for API key"
    return _refusal(401, message, code="mismatched_organization")


def foreign_project() -> Refusal:
    """401: the header names a project that the key is not of."""
    return _refusal(401, "OpenAI-Project header should match project for API key", code="mismatched_project")


def address_not_allowed() -> Refusal:
    """401: the project has an IP allow-list, and the caller is not on it."""
    return _refusal(
        401,
        "IP address 203.0.113.7 is not authorized: it does not match the configured IP allowlist for your project or "
        "organization.",
        code="ip_not_authorized",
    )


def country_not_supported() -> Refusal:
    """403: the caller is somewhere where OpenAI does not serve."""
    code = "unsupported_country_region_territory"
    return _refusal(403, "Country, region, or territory not supported", kind="request_forbidden", code=code)


def unverified_organisation(model: str) -> Refusal:
    """403: the model is for verified organisations only."""
    return _refusal(
        403,
        f"Your organization must be verified to use the model `{model}`. Please go to: https://platform.openai.com/"
        "settings/organization/general and click on Verify Organization. If you just verified, it can take up to 15 "
        "minutes for access to propagate.",
    )


def no_such_model(model: str) -> Refusal:
    """404: the model does not exist."""
    return _refusal(404, f"The model `{model}` does not exist or you do not have access to it.", code="model_not_found")


def model_not_allowed(model: str) -> Refusal:
    """403: the project's limits leave the model out."""
    message = f"Project `{_PROJECT}` does not have access to model `{model}`"
    return _refusal(403, message, code="model_not_found")


def overloaded(status: int) -> Refusal:
    """500 or 503: the provider's own trouble."""
    return _refusal(status, _OVERLOADED[status], kind="server_error")


def rate_limited(model: str, unit: str, limit: int, wait: float) -> Refusal:
    """429 that passes. ``unit``: a key of ``LIMITS``; ``wait`` in seconds."""
    kind, name = LIMITS[unit]
    message = (
        f"Rate limit reached for {model} in organization {_ORGANISATION} on {name}: Limit {limit}, Used {limit}, "
        f"Requested 1. Please try again in {wait:.3f}s. Visit https://platform.openai.com/account/rate-limits to "
        "learn more."
    )
    headers = {"retry-after": str(math.ceil(wait)), "retry-after-ms": str(math.ceil(wait * 1000))}
    return _refusal(429, message, kind=kind, code="rate_limit_exceeded", headers=headers)


LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "requests": ("requests", "requests per min (RPM)"),
    "tokens": ("tokens", "tokens per min (TPM)"),
    "requests-per-day": ("requests", "requests per day (RPD)"),
}
"""What is limited -> the error's ``type``, and how its message calls it."""


def quota_exhausted() -> Refusal:
    """429 that does not pass: the money is gone."""
    message = f"You exceeded your current quota, please check your plan and billing details. {_ERROR_GUIDE}"
    return _refusal(429, message, kind="insufficient_quota", code="insufficient_quota")


def billing_limit() -> Refusal:
    """400: the monthly limit that the owner set is reached."""
    return _refusal(400, "Billing hard limit has been reached", code="billing_hard_limit_reached")


def billing_inactive() -> Refusal:
    """429: no way of paying stands behind the account."""
    message = "Your account is not active, please check your billing details on our website."
    return _refusal(429, message, kind="billing_not_active", code="billing_not_active")


def spend_limit() -> Refusal:
    """429: the project's share of the money is used up."""
    message = "This project has reached its monthly spend limit. Raise it in the project's limits to go on."
    return _refusal(429, message, kind="insufficient_quota", code="project_spend_limit_exceeded")


def content_policy() -> Refusal:
    """400: the safety system will not have it."""
    message = (
        "Your request was rejected as a result of our safety system. Your prompt may contain text or images that are "
        "not allowed by our safety system."
    )
    return _refusal(400, message, code="content_policy_violation")


def context_too_long(most: int, tokens: int) -> Refusal:
    """400: more than the model can read at once."""
    message = (
        f"This model's maximum context length is {most} tokens. However, your messages resulted in {tokens} tokens. "
        "Please reduce the length of the messages."
    )
    return _refusal(400, message, param="messages", code="context_length_exceeded")


def unsupported_parameter(name: str, instead: str) -> Refusal:
    """400: the model does not know the parameter."""
    message = f"Unsupported parameter: '{name}' is not supported with this model. Use '{instead}' instead."
    return _refusal(400, message, param=name, code="unsupported_parameter")


def unreachable_picture(url: str) -> Refusal:
    """400: the picture could not be downloaded."""
    return _refusal(400, f"Error while downloading {url}.", param="url", code="invalid_image_url")


def unsupported_picture() -> Refusal:
    """400: what was downloaded is no picture that OpenAI reads."""
    formats = "['png', 'jpeg', 'gif', 'webp']"
    message = (
        f"You uploaded an unsupported image. Please make sure your image has of one the following formats: {formats}."
    )
    return _refusal(400, message, code="invalid_image_format")


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refusal:
    """400: a request that cannot be carried out."""
    return _refusal(400, message, param=param, code=code)


STANDINGS: Final[Mapping[str, Callable[[str], Refusal]]] = {
    "deactivated": lambda model: deactivated(),
    "restricted": lambda model: missing_scope(),
    "country-not-supported": lambda model: country_not_supported(),
    "address-not-allowed": lambda model: address_not_allowed(),
    "unverified": unverified_organisation,
    "model-not-allowed": model_not_allowed,
    "billing-limit-reached": lambda model: billing_limit(),
    "billing-inactive": lambda model: billing_inactive(),
    "spend-limit-reached": lambda model: spend_limit(),
}
"""What can be wrong with an account or a key -> the refusal, for the model that was asked for."""
