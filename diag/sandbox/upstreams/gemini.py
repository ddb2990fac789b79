"""A stand-in for the Gemini API: generateContent and the list of models, with their real requests and refusals.

Shapes: ai.google.dev/api (generateContent, models) and its troubleshooting guide; errors are google.rpc.Status.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams.decoding import size_of
from diag.sandbox.upstreams.downloads import Unreachable, download_once
from diag.sandbox.upstreams.gemini_refusals import (
    CROWDED,
    OUTAGES,
    STANDINGS,
    Faults,
    Refusal,
    bad_picture,
    invalid,
    no_key,
    no_such_model,
    too_long,
    unreachable_picture,
    wrong_key,
)
from diag.sandbox.upstreams.wire import hang_up, stall
from diag.sandbox.world.analysis import analysis_of
from diag.sandbox.world.drawing import row_of_photo

MODELS: Final = ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite")
_AGENT: Final = "Google"
_TOKENS_PER_PICTURE: Final = 258
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_UNSAFE: Final = [{"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}]


class Gemini:
    """Knows the keys that it issued. ``configure`` takes the fields of ``Faults`` by name."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._keys: set[str] = set()
        self.configure({})

    def issue_key(self) -> str:
        """A new key that is accepted from now on."""
        key = "AIza" + secrets.token_urlsafe(27)[:35]
        self._keys.add(key)
        return key

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as in a healthy account."""
        self._faults = Faults.model_validate(faults)

    def routes(self) -> list[web.RouteDef]:
        """``/v1beta/models``, one model, and ``:generateContent``."""
        return [
            web.get("/v1beta/models", self._models),
            web.get("/v1beta/models/{model}", self._model),
            web.post("/v1beta/models/{model}:generateContent", self._generate),
        ]

    async def _generate(self, request: web.Request) -> web.Response:
        self._counters.attempted("gemini")
        if self._faults.connection == "breaks":
            return hang_up(request)
        if self._faults.connection == "stalls":
            return await stall(request)
        try:
            self._check(request)
            picture = await self._picture(await request.read())
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        row = row_of_photo(picture)
        await asyncio.sleep(self._faults.latency_ms / 1000)
        if self._faults.blocked != "prompt":
            self._counters.accepted("gemini", row)
        return web.json_response(self._answer(row))

    def _check(self, request: web.Request) -> None:
        self._check_key(request)
        model = request.match_info["model"]
        if model not in MODELS:
            raise no_such_model(model)
        if self._faults.standing:
            raise STANDINGS[self._faults.standing]()
        if self._faults.outage:
            raise OUTAGES[self._faults.outage]()
        if self._faults.crowded:
            raise CROWDED[self._faults.crowded](model)

    def _check_key(self, request: web.Request) -> None:
        key = request.headers.get("x-goog-api-key") or request.query.get("key", "")
        if not key:
            raise no_key()
        if key not in self._keys:
            raise wrong_key()

    async def _picture(self, body: bytes) -> bytes:
        question = _question(body)
        if question.tokens > self._faults.context_tokens:
            raise too_long(question.tokens, self._faults.context_tokens)
        try:
            picture = question.picture if question.url is None else await download_once(question.url, _AGENT)
        except Unreachable:
            raise unreachable_picture() from None
        if size_of(picture, _FORMATS, whole=False) is None:
            raise bad_picture()
        return picture

    def _answer(self, row: str | None) -> dict[str, Any]:
        usage = {"promptTokenCount": 350, "candidatesTokenCount": 210, "totalTokenCount": 560}
        if self._faults.blocked == "prompt":
            feedback = {"blockReason": "PROHIBITED_CONTENT", "safetyRatings": _UNSAFE}
            return {"promptFeedback": feedback, "usageMetadata": usage, "modelVersion": MODELS[0]}
        text, reason = json.dumps(analysis_of(row or "no row")), "STOP"
        content: dict[str, Any] = {"role": "model", "parts": [{"text": text}]}
        if self._faults.blocked == "answer":
            content, reason = {}, "SAFETY"
        elif self._faults.is_cut:
            content, reason = {"role": "model", "parts": [{"text": text[: len(text) // 2]}]}, "MAX_TOKENS"
        candidate = {"content": content, "finishReason": reason, "index": 0}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": MODELS[0]}

    async def _models(self, request: web.Request) -> web.Response:
        return self._free(request, {"models": [_model(name) for name in MODELS]})

    async def _model(self, request: web.Request) -> web.Response:
        return self._free(request, _model(request.match_info["model"]), request.match_info["model"])

    def _free(self, request: web.Request, found: dict[str, Any], model: str = MODELS[0]) -> web.Response:
        try:
            self._check_key(request)
            if model not in MODELS:
                raise no_such_model(model)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        return web.json_response(found)


def _model(name: str) -> dict[str, Any]:
    methods = ["generateContent", "countTokens"]
    return {"name": f"models/{name}", "displayName": name, "supportedGenerationMethods": methods}


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: the picture, or the URL where it is, and how much of the context that takes."""

    picture: bytes
    url: str | None
    tokens: int


def _question(body: bytes) -> _Question:
    """Reads a request; raises ``Refusal`` for one that Gemini does not take."""
    try:
        question = json.loads(body)
        parts = [part for content in question["contents"] for part in content["parts"]]
        words = " ".join(str(part.get("text", "")) for part in [*parts, *_instructions(question)])
        most = question.get("generationConfig", {}).get("maxOutputTokens", 1)
        file = next(part for part in parts if "inlineData" in part or "fileData" in part)
        url = file["fileData"]["fileUri"] if "fileData" in file else None
        picture = b"" if url else base64.b64decode(file["inlineData"]["data"], validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, binascii.Error):
        raise invalid("Request contains an invalid argument.") from None
    if most < 1:
        raise invalid(
            f"Unable to submit request because it has a maxOutputTokens value of {most} but the supported "
            "range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again."
        )
    return _Question(picture, url, len(words) // 4 + _TOKENS_PER_PICTURE)


def _instructions(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(question.get("systemInstruction", {}).get("parts", []))
