"""A provider that is named with an HTTP status and no cause."""

from __future__ import annotations

from collections.abc import Iterator

import re2  # type: ignore[import-untyped]

from diag.catalogue.speakers import MODELS, NAMED, Heard, Speakers

_SAID_BY = (
    rb"(?:status(?: ?code)?|statuscode|code|error|http(?:/\d(?:\.\d)?)?|returned|responded(?: with)?|failed|failure"
    rb"|response|request|exception|\bgot|received|answered)"
)
_BETWEEN = rb"[ :=(\[#-]{0,5}(?:(?:an? )?(?:http |api )?(?:status|code|error|response)(?: ?code)?(?: of)?[ :=(]{0,3})?"
_PHRASE = (
    rb"(?:bad request|unauthorized|payment required|forbidden|not found|conflict|too many requests|internal server"
    rb"|bad gateway|service unavailable|gateway time)"
)
_STATED = re2.compile(
    rb"%(said)s%(between)s([45]\d\d)\b|(?:^|[ \[(])([45]\d\d)[\])]?:? %(phrase)s|^([45]\d\d)\b|(?:: |- )([45]\d\d)\b"
    % {b"said": _SAID_BY, b"between": _BETWEEN, b"phrase": _PHRASE}
)
STATED, PASSED_ON = 60, 38
"""Weights: of a status that the text gives to the provider, and of the answer's own status beside a provider's name."""
_CAUSES = {
    "model": {
        400: "bad-request",
        401: "key-invalid",
        402: "quota-exhausted",
        403: "permission",
        404: "model-unavailable",
        408: "timeout",
        413: "context-too-long",
        422: "bad-request",
        429: "rate-limited",
    },
    "aws": {400: "bad-request", 401: "key-invalid", 403: "access-denied", 404: "resource-not-found", 429: "throttled"},
    "supabase": {401: "key-invalid", 403: "permission-denied"},
    "service": {401: "key-invalid", 403: "key-invalid", 429: "rate-limited"},
}
_BROKEN = {"model": "overloaded", "aws": "unavailable", "supabase": "unavailable", "service": "unavailable"}


def bare_statuses(text: bytes, status: int | None, voices: Speakers) -> Iterator[tuple[str, int, int]]:
    """(signature, weight, place) for each provider that is named together with a status."""
    for found in _STATED.finditer(text):
        number = int(next(group for group in found.groups() if group))
        speaker = _speaker(voices, found.start(), found.end())
        cause = speaker and _cause(speaker.provider, number)
        if speaker and cause:
            yield f"{speaker.provider}.{cause}", STATED if speaker.provider in MODELS else STATED - 6, found.start()
    model = voices.strongest(*MODELS, "aws")
    if model and model.weight >= NAMED and status and status >= 400:
        cause = _cause(model.provider, status)
        if cause:
            yield f"{model.provider}.{cause}", PASSED_ON if status >= 500 else STATED - 10, model.start


def _speaker(voices: Speakers, start: int, end: int) -> Heard | None:
    model = voices.model_at(start, end)
    if model and model.weight >= NAMED:
        return model
    other = voices.strongest("aws", "supabase", "service")
    return other if other and other.weight >= NAMED else model


def _cause(provider: str, status: int) -> str | None:
    group = "model" if provider in MODELS else provider
    return _CAUSES[group].get(status) or (_BROKEN[group] if status >= 500 else None)
