"""A provider that is named with an HTTP status and no cause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import re2  # type: ignore[import-untyped]

from diag.catalogue.speakers import FAINT, MODELS, NAMED, Heard, Speakers

_SAID_BY = (
    rb"(?:status(?: ?code)?|statuscode|code|error|http(?:/\d(?:\.\d)?)?|returned|responded(?: with)?|failed|failure"
    rb"|response|request|exception|\bgot|received|answered)"
)
_BETWEEN = rb"[ :=(\[#-]{0,5}(?:(?:an? )?(?:http |api )?(?:status|code|error|response)(?: ?code)?(?: of)?[ :=(]{0,3})?"
_PHRASE = (
    rb"(?:(?:client|server) error|bad request|unauthorized|payment required|forbidden|not found|conflict"
    rb"|too many requests|internal server|bad gateway|service unavailable|gateway time)"
)
_STATED = re2.compile(
    rb"%(said)s%(between)s([45]\d\d)\b|(?:^|[ \[(])([45]\d\d)[\])]?:? %(phrase)s|^([45]\d\d)\b"
    rb"|\b(?:openai|gemini|claude|anthropic|rekognition|bedrock|groq|mistral|openrouter|vision api|llm"
    rb"|ai (?:api|gateway|service))(?: api)?(?: error)?"
    rb" \(?([45]\d\d)\b"
    rb"|(?:: |- )(?P<mere>[45]\d\d)\b" % {b"said": _SAID_BY, b"between": _BETWEEN, b"phrase": _PHRASE}
)
_VAGUE = {400, 422}  # statuses that say no more than the words "invalid request" beside them
MOST = 40
"""Statuses in one text that are looked at."""
STATED, PASSED_ON = 61, 38
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
    "aws": {
        400: "bad-request",
        401: "key-invalid",
        403: "access-denied",
        404: "resource-not-found",
        408: "timeout",
        413: "image-rejected",
        429: "throttled",
    },
    "supabase": {401: "key-invalid", 403: "permission-denied"},
    "service": {401: "key-invalid", 403: "key-invalid", 429: "rate-limited"},
}
_REFUSED = {"model": "bad-request", "aws": "bad-request"}  # what any other 4xx means that the text gives to them
_BROKEN = {"model": "overloaded", "aws": "unavailable", "supabase": "unavailable", "service": "unavailable"}


def bare_statuses(text: bytes, status: int | None, voices: Speakers) -> Iterator[tuple[str, int, int]]:
    """(signature, weight, place) for each provider that is named together with a status."""
    for found in islice(_STATED.finditer(text), MOST):
        number = int(found[found.lastindex])
        speaker = _speaker(voices, found.start(), found.end())
        mere = found.lastgroup is not None  # its only named group
        cause = speaker and _cause(speaker.provider, number, mere=mere)
        if speaker and cause:
            weight = STATED - 4 if mere else STATED
            yield f"{speaker.provider}.{cause}", weight if speaker.provider in MODELS else weight - 6, found.start()
    yield from _passed_on(status, voices.strongest(*MODELS, "aws"))


def _passed_on(status: int | None, speaker: Heard | None) -> Iterator[tuple[str, int, int]]:
    """The answer's own status beside a provider's words: a 4xx is likely the provider's, a 5xx the function's."""
    if speaker is None or status is None or speaker.weight <= FAINT:
        return
    group = _group(speaker.provider)
    if cause := _CAUSES[group].get(status):
        yield f"{speaker.provider}.{cause}", STATED - 10 if status in _VAGUE else STATED, speaker.start
    elif status >= 500 and speaker.weight >= NAMED:
        yield f"{speaker.provider}.{_BROKEN[group]}", PASSED_ON, speaker.start


def _speaker(voices: Speakers, start: int, end: int) -> Heard | None:
    model = voices.model_at(start, end)
    if model and model.weight >= NAMED:
        return model
    return voices.strongest("aws", "supabase", "service") or model


def _group(provider: str) -> str:
    return "model" if provider in MODELS else provider


def _cause(provider: str, status: int, *, mere: bool) -> str | None:
    """What a status means that the text itself gives to the provider. A ``mere`` number may be another thing (a port,
    an amount) where it is no status of a meaning of its own."""
    group = _group(provider)
    if status >= 500:
        return _BROKEN[group]
    return _CAUSES[group].get(status) or (None if mere else _REFUSED.get(group))
