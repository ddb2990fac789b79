"""A stand-in for OpenAI's API: what a vision call needs of it, with its real requests, refusals and headers.

Shapes: OpenAI's API reference (chat completions, responses, models) and its guide to error codes and rate limits.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams import openai_answers as answers
from diag.sandbox.upstreams import openai_refusals as refusals
from diag.sandbox.upstreams import openai_texts as texts
from diag.sandbox.upstreams.openai_answers import Question, Said
from diag.sandbox.upstreams.openai_faults import Bucket, Faults
from diag.sandbox.upstreams.openai_pictures import Pictures
from diag.sandbox.upstreams.openai_refusals import Refusal
from diag.sandbox.upstreams.wire import break_off, hang_up, stall

MODELS: Final = ("gpt-4o-mini", "gpt-4o", "gpt-4.1", "gpt-4.1-mini", "gpt-5-mini", "gpt-5-nano", *texts.MODELS)
_ORGANISATION, _PROJECT = "org-sandbox", "proj_sandbox"
_PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
)
_CROWDED: Final[Mapping[str, tuple[int, float]]] = {
    "requests": (500, 0.12),
    "tokens": (30_000, 0.2),
    "requests-per-day": (200_000, 0.432),
}  # the limit, and the seconds until there is room for another call
_USD_PER_TOKEN: Final = (0.15e-6, 0.60e-6)  # gpt-4o-mini: asked, said
Reader = Callable[[dict[str, Any]], Question]
Writer = Callable[[Question, Said], dict[str, Any]]


class OpenAI:
    """Knows the keys that it issued. ``configure`` takes the fields of ``Faults`` by name."""

    def __init__(self, counters: Counters, dice: random.Random | None = None) -> None:
        self._counters = counters
        self._dice = dice or random.Random()  # noqa: S311 - latency and faults, not secrets
        self._keys: dict[str, str] = {}
        self._pictures = Pictures()
        self.configure({})

    def issue_key(self, standing: str = "") -> str:
        """A new key that is known from now on. ``standing``: what is wrong with it, a key of ``STANDINGS``."""
        key = "sk-proj-" + secrets.token_urlsafe(48)
        self._keys[key] = standing
        return key

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as in a healthy account."""
        self._faults = Faults.model_validate(faults)
        self._credit = self._faults.credit_usd
        self._bucket = Bucket(self._faults.requests_per_minute, self._faults.burst)

    def routes(self) -> list[web.RouteDef]:
        """Chat completions, responses, embeddings, transcriptions and models, below ``/v1``."""
        return [
            web.post("/v1/chat/completions", self._chat),
            web.post("/v1/responses", self._respond),
            web.post("/v1/embeddings", self._embed),
            web.post("/v1/audio/transcriptions", self._transcribe),
            web.get("/v1/models", self._models),
            web.get("/v1/models/{model}", self._model),
        ]

    async def start(self) -> None:
        """Open what pictures are downloaded with."""
        await self._pictures.start()

    async def close(self) -> None:
        """Close it."""
        await self._pictures.close()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, answers.chat_question, answers.chat_completion)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, answers.response_question, answers.response)

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, texts.embedding_question, texts.embedding)

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, texts.transcription_question, texts.transcription)

    async def _answer(self, request: web.Request, read: Reader, write: Writer) -> web.StreamResponse:
        self._counters.attempted("openai")
        if self._faults.connection == "breaks":
            return hang_up(request)
        if self._faults.connection == "stalls":
            return await stall(request)
        if self._faults.outage == "page":
            return web.Response(status=502, text=_PAGE, content_type="text/html")
        response = await self._answered(request, read, write)
        if self._faults.connection == "breaks-off" and isinstance(response.body, bytes):
            return await break_off(request, response.body)
        return response

    async def _answered(self, request: web.Request, read: Reader, write: Writer) -> web.Response:
        started = time.monotonic()
        try:
            self._check_key(request)
            question = await _question(request, read)
            self._check_account(question, started)
            reply, row = await self._work(question)
        except Refusal as refusal:
            return self._reply(refusal.body, started, refusal.status, refusal.headers)
        self._counters.accepted("openai", row)
        return self._reply(self._billed(write(question, reply)), started)

    def _check_key(self, request: web.Request) -> None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise refusals.no_key()
        if key not in self._keys:
            raise refusals.wrong_key(key)
        if request.headers.get("OpenAI-Organization", _ORGANISATION) != _ORGANISATION:
            raise refusals.foreign_organisation()
        if request.headers.get("OpenAI-Project", _PROJECT) != _PROJECT:
            raise refusals.foreign_project()
        if self._keys[key]:
            raise refusals.STANDINGS[self._keys[key]]("")

    def _check_account(self, question: Question, now: float) -> None:
        if question.model not in MODELS:
            raise refusals.no_such_model(question.model)
        if self._faults.standing:
            raise refusals.STANDINGS[self._faults.standing](question.model)
        self._check_load(question.model, now)
        if self._credit <= 0:
            raise refusals.quota_exhausted()
        if self._faults.content_policy:
            raise refusals.content_policy()
        if (tokens := answers.tokens_asked(question)) > self._faults.context_tokens:
            raise refusals.context_too_long(self._faults.context_tokens, tokens)

    def _check_load(self, model: str, now: float) -> None:
        if self._faults.outage or self._dice.random() < self._faults.overloaded_share:
            statuses = {"error": (500,), "overload": (503,)}.get(self._faults.outage, (500, 503))
            raise refusals.overloaded(self._dice.choice(statuses))
        if self._faults.crowded:
            raise refusals.rate_limited(model, self._faults.crowded, *_CROWDED[self._faults.crowded])
        wait = self._bucket.take(now)
        if wait > 0:
            raise refusals.rate_limited(model, "requests", self._faults.requests_per_minute, wait)

    async def _work(self, question: Question) -> tuple[Said, str | None]:
        """What the model wrote, and the row whose picture it saw. Takes as long as a model does."""
        row = None
        for url in question.pictures:
            row = await self._pictures.look_at(url) or row
        await asyncio.sleep(self._faults.latency_ms / 1000 * math.exp(self._dice.gauss(0, self._faults.latency_sigma)))
        return answers.said(question, row, self._faults.reply, self._faults.without), row

    def _billed(self, answer: dict[str, Any]) -> dict[str, Any]:
        tokens = [count for count in answer["usage"].values() if isinstance(count, int)][:2]
        self._credit -= sum(count * price for count, price in zip(tokens, _USD_PER_TOKEN, strict=True))
        return answer

    async def _models(self, request: web.Request) -> web.Response:
        return self._free(request, lambda: {"object": "list", "data": [answers.model(name) for name in MODELS]})

    async def _model(self, request: web.Request) -> web.Response:
        name = request.match_info["model"]

        def found() -> dict[str, Any]:
            if name not in MODELS:
                raise refusals.no_such_model(name)
            return answers.model(name)

        return self._free(request, found)

    def _free(self, request: web.Request, look_up: Callable[[], dict[str, Any]]) -> web.Response:
        started = time.monotonic()
        try:
            self._check_key(request)
            return self._reply(look_up(), started)
        except Refusal as refusal:
            return self._reply(refusal.body, started, refusal.status)

    def _reply(
        self, body: Mapping[str, Any], started: float, status: int = 200, extra: Mapping[str, str] | None = None
    ) -> web.Response:
        headers = {
            "x-request-id": f"req_{uuid.uuid4().hex}",
            "openai-version": "2020-10-01",
            "openai-processing-ms": str(round((time.monotonic() - started) * 1000)),
            **self._bucket.headers(time.monotonic()),
            **(extra or {}),
        }
        return web.json_response(body, status=status, headers=headers)


async def _question(request: web.Request, read: Reader) -> Question:
    try:
        body = (
            await _form(request) if request.content_type.startswith("multipart/") else json.loads(await request.read())
        )
    except ValueError:
        raise refusals.invalid("We could not parse the JSON body of your request.") from None
    try:
        return read(body)
    except (KeyError, TypeError, AttributeError):
        raise refusals.invalid("Invalid type for a part of your request.", code="invalid_type") from None


async def _form(request: web.Request) -> dict[str, Any]:
    """The fields of a form, a file as ``(name, content)``."""
    fields = (await request.post()).items()
    return {
        name: (each.filename, each.file.read()) if isinstance(each, web.FileField) else each for name, each in fields
    }
