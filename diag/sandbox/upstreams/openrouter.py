"""OpenRouter, for "some other model provider": OpenAI's requests and answers, with errors of its own.

Shapes: openrouter.ai/docs (chat completions, errors): ``{"error": {"code", "message", "metadata"?}}``.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams import openai_answers as answers
from diag.sandbox.upstreams.decoding import size_of
from diag.sandbox.upstreams.downloads import Unreachable, download_once
from diag.sandbox.upstreams.openai_faults import Reply
from diag.sandbox.upstreams.wire import hang_up
from diag.sandbox.world.rows import row_in

MODEL: Final = "meta-llama/llama-3.2-90b-vision-instruct"
_AGENT: Final = "OpenRouter"
_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
_LATENCY: Final = 0.04  # seconds
REFUSALS: Final[Mapping[str, tuple[int, str]]] = {
    "no-key": (401, "No auth credentials found"),
    "wrong-key": (401, "User not found."),
    "no-model": (404, "No endpoints found for {model}."),
    "no-credits": (
        402,
        "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
    ),
    "crowded": (429, "Rate limit exceeded: free-models-per-min."),
    "blocked": (403, "Key limit exceeded or data policy: this key is not allowed to use the model."),
    "moderated": (403, "Your chosen model requires moderation and your input was flagged"),
    "overloaded": (503, "There is no available model provider that meets your routing requirements"),
    "wrong-region": (403, "This model is not available in your region."),
    "too-long": (
        400,
        "This endpoint's maximum context length is {most} tokens. However, you requested about {tokens} tokens "
        "({asked} of text input, {wanted} in the output). Please reduce the length of either one, or use the "
        '"middle-out" transform to compress your prompt automatically.',
    ),
    "no-picture": (400, "Received {status} status code when fetching image from URL: {url}"),
}
"""What can be wrong -> status and message."""
PASSED_ON: Final[Mapping[str, str]] = {
    "bad-picture": "cannot identify image file <_io.BytesIO object>",
    "bad-limit": "max_tokens must be at least 1, got {wanted}.",
}
"""What the provider behind it says to a request that it does not take; OpenRouter wraps that."""
_BEHIND: Final = "DeepInfra"


class Faults(BaseModel):
    """The settings of the stand-in; the defaults are a healthy account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    refusal: str = ""
    """A key of ``REFUSALS``, or nothing."""
    breaks: bool = False
    """The connection breaks before an answer."""
    context_tokens: int = 131_072
    """What the model can read and write at once."""
    reply: Reply = "good"


class Refusal(Exception):
    """An error that OpenRouter answers with."""

    def __init__(self, name: str, **words: object) -> None:
        passed_on = PASSED_ON.get(name)
        self.status, message = (400, "Provider returned error") if passed_on else REFUSALS[name]
        error: dict[str, Any] = {"code": self.status, "message": message.format(**words)}
        if passed_on:
            error["metadata"] = {"raw": _raw(passed_on.format(**words)), "provider_name": _BEHIND}
        self.body = {"error": error}
        super().__init__(name)


def _raw(message: str) -> str:
    return json.dumps({"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400})


class OpenRouter:
    """Knows the keys that it issued. ``configure`` takes the fields of ``Faults`` by name."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._keys: set[str] = set()
        self.configure({})

    def issue_key(self) -> str:
        """A new key that is accepted from now on."""
        key = "sk-or-v1-" + secrets.token_hex(32)
        self._keys.add(key)
        return key

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as in a healthy account."""
        self._faults = Faults.model_validate(faults)

    def routes(self) -> list[web.RouteDef]:
        """``/api/v1/chat/completions``."""
        return [web.post("/api/v1/chat/completions", self._chat)]

    async def _chat(self, request: web.Request) -> web.Response:
        self._counters.attempted("openrouter")
        if self._faults.breaks:
            return hang_up(request)
        try:
            self._check_key(request.headers.get("Authorization", "").removeprefix("Bearer "))
            body = json.loads(await request.read())
            question = answers.chat_question(body)
            if question.model != MODEL:
                raise Refusal("no-model", model=question.model)
            if self._faults.refusal:
                raise Refusal(self._faults.refusal)
            self._check_length(answers.tokens_asked(question), int(body.get("max_tokens", 1)))
            for url in question.pictures:
                await _look_at(url)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        return web.json_response(await self._answer(question))

    def _check_key(self, key: str) -> None:
        if key not in self._keys:
            raise Refusal("wrong-key" if key else "no-key")

    def _check_length(self, asked: int, wanted: int) -> None:
        most, tokens = self._faults.context_tokens, asked + wanted
        if tokens > most:
            raise Refusal("too-long", most=most, tokens=tokens, asked=asked, wanted=wanted)
        if wanted < 1:
            raise Refusal("bad-limit", wanted=wanted)

    async def _answer(self, question: answers.Question) -> dict[str, Any]:
        await asyncio.sleep(_LATENCY)
        row = next((found for url in question.pictures if (found := row_in(url))), None)
        self._counters.accepted("openrouter", row)
        return answers.chat_completion(question, answers.said(question, row, self._faults.reply))


async def _look_at(url: str) -> None:
    """Raises ``Refusal`` for a picture that OpenRouter cannot fetch, or that the provider behind it cannot read."""
    try:
        inline = url.startswith("data:")
        picture = base64.b64decode(url.partition(",")[2]) if inline else await download_once(url, _AGENT)
    except Unreachable as error:
        raise Refusal("no-picture", status=error.status or 502, url=url) from None
    except binascii.Error:
        raise Refusal("bad-picture") from None
    if size_of(picture, _FORMATS, whole=False) is None:
        raise Refusal("bad-picture")
