from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sandbox_world.conftest import listening

from diag.sandbox.counters import Counters
from diag.sandbox.upstreams.gemini import Gemini
from diag.sandbox.world import drawing
from diag.sandbox.world.analysis import analysis_of


@dataclass
class Running:
    counters: Counters
    gemini: Gemini
    url: str

    async def ask(self, picture: bytes, model: str = "gemini-2.5-flash", key: str | None = None) -> httpx.Response:
        data = base64.b64encode(picture).decode()
        body = {"contents": [{"parts": [{"text": "?"}, {"inlineData": {"mimeType": "image/jpeg", "data": data}}]}]}
        headers = {"x-goog-api-key": key or self.gemini.issue_key()}
        async with httpx.AsyncClient(base_url=self.url) as client:
            return await client.post(f"/v1beta/models/{model}:generateContent", json=body, headers=headers)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    counters = Counters()
    gemini = Gemini(counters)
    async with listening(gemini.routes()) as url:
        yield Running(counters, gemini, url)


def text_in(answer: httpx.Response) -> Any:
    return json.loads(answer.json()["candidates"][0]["content"]["parts"][0]["text"])


async def test_answer_follows_the_photo_and_is_counted_for_its_row(running, a_row):
    row = a_row("spid").id
    for _ in range(2):
        assert text_in(await running.ask(drawing.jpeg(row))) == analysis_of(row)
    assert running.counters.rows_paid_twice() == {row}


async def test_key_is_asked_for_and_checked(running, a_row):
    wrong = await running.ask(drawing.jpeg(a_row().id), key="AIza" + "x" * 35)
    assert (wrong.status_code, wrong.json()["error"]["details"][0]["reason"]) == (400, "API_KEY_INVALID")
    async with httpx.AsyncClient(base_url=running.url) as client:
        assert (await client.get("/v1beta/models")).status_code == 403
        good = {"key": running.gemini.issue_key()}
        listed = (await client.get("/v1beta/models", params=good)).json()["models"]
        assert listed[0]["name"] == "models/gemini-2.5-flash"
        assert (await client.get("/v1beta/models/gemini-2.5-pro", params=good)).status_code == 200
        assert (await client.get("/v1beta/models/gemini-1.0", params=good)).status_code == 404


@pytest.mark.parametrize(
    ("faults", "status", "name"),
    [
        ({"standing": "expired"}, 400, "INVALID_ARGUMENT"),
        ({"standing": "leaked"}, 403, "PERMISSION_DENIED"),
        ({"standing": "api-disabled"}, 403, "PERMISSION_DENIED"),
        ({"standing": "region-not-supported"}, 400, "FAILED_PRECONDITION"),
        ({"standing": "spending-cap-reached"}, 429, "RESOURCE_EXHAUSTED"),
        ({"crowded": "minute"}, 429, "RESOURCE_EXHAUSTED"),
        ({"crowded": "day"}, 429, "RESOURCE_EXHAUSTED"),
        ({"outage": "overloaded"}, 503, "UNAVAILABLE"),
        ({"outage": "internal"}, 500, "INTERNAL"),
        ({"outage": "deadline"}, 504, "DEADLINE_EXCEEDED"),
    ],
)
async def test_refusals_are_googles_status_objects_and_cost_nothing(running, a_row, faults, status, name):
    running.gemini.configure(faults)
    answer = await running.ask(drawing.jpeg(a_row().id))
    assert answer.status_code == answer.json()["error"]["code"] == status
    assert answer.json()["error"]["status"] == name
    assert running.counters.calls["gemini_accepted"] == 0


async def test_only_the_details_tell_a_days_quota_from_a_minutes_rate(running, a_row):
    told = {}
    for crowded in ("minute", "day"):
        running.gemini.configure({"crowded": crowded})
        error = (await running.ask(drawing.jpeg(a_row().id))).json()["error"]
        told[crowded] = [violation["quotaId"] for violation in error["details"][0]["violations"]]
    assert "PerMinute" in told["minute"][0]
    assert "PerDay" in told["day"][0]


@pytest.mark.parametrize(("blocked", "paid"), [("prompt", 0), ("answer", 1)])
async def test_filter_blocks_the_prompt_or_the_answer_with_a_200(running, a_row, blocked, paid):
    running.gemini.configure({"blocked": blocked})
    answer = await running.ask(drawing.jpeg(a_row().id))
    reasons = (answer.json().get("promptFeedback", {}).get("blockReason"), running.counters.calls["gemini_accepted"])
    assert answer.status_code == 200
    assert reasons == ("PROHIBITED_CONTENT" if blocked == "prompt" else None, paid)


async def test_cut_answer_says_so_and_is_no_json(running, a_row):
    running.gemini.configure({"is_cut": True})
    answer = await running.ask(drawing.jpeg(a_row().id))
    assert answer.json()["candidates"][0]["finishReason"] == "MAX_TOKENS"
    with pytest.raises(json.JSONDecodeError):
        text_in(answer)


async def test_what_is_no_picture_is_refused(running):
    answer = await running.ask(b"\xff\xd8\xff and nothing else")
    assert answer.json()["error"]["message"].startswith("Unable to process input image")
