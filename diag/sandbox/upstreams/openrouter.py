"""OpenRouter, for "some other model provider": OpenAI's requests and answers, with errors of its own.

Shapes: openrouter.ai/docs (chat completions, errors): ``{"error": {"code", "message", "metadata"?}}``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams import openai_answers as answers
from diag.sandbox.upstreams.openai_faults import Reply
from diag.sandbox.upstreams.wire import hang_up
from diag.sandbox.world.rows import row_in

MODEL: Final = "meta-llama/llama-3.2-90b-vision-instruct"
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
}
"""What can be wrong -> status and message."""


class Faults(BaseModel):
    """The settings of the stand-in; the defaults are a healthy account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    refusal: str = ""
    """A key of ``REFUSALS``, or nothing."""
    breaks: bool = False
    """The connection breaks before an answer."""
    reply: Reply = "good"


class Refusal(Exception):
    """An error that OpenRouter answers with."""

    def __init__(self, name: str, model: str = "") -> None:
        self.status, message = REFUSALS[name]
        self.body = {"error": {"code": self.status, "message": message.format(model=model)}}
        super().__init__(name)


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
            question = answers.chat_question(json.loads(await request.read()))
            if question.model != MODEL:
                raise Refusal("no-model", question.model)
            if self._faults.refusal:
                raise Refusal(self._faults.refusal, question.model)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        return web.json_response(await self._answer(question))

    def _check_key(self, key: str) -> None:
        if key not in self._keys:
            raise Refusal("wrong-key" if key else "no-key")

    async def _answer(self, question: answers.Question) -> dict[str, Any]:
        await asyncio.sleep(_LATENCY)
        row = next((found for url in question.pictures if (found := row_in(url))), None)
        self._counters.accepted("openrouter", row)
        return answers.chat_completion(question, answers.said(question, row, self._faults.reply))
