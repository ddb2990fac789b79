from __future__ import annotations

from typing import Any

import httpx
import pytest


async def _post(upstreams: Any, path: str, **request: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {request.pop('key', None) or upstreams.openai.issue_key()}"}
    async with httpx.AsyncClient(base_url=upstreams.openai_url) as client:
        return await client.post(f"/v1/{path}", headers=headers, **request)


async def test_the_same_text_has_the_same_vector_and_another_text_another(upstreams):
    async def vector(text: str) -> list[float]:
        body = {"model": "text-embedding-3-small", "input": text}
        return (await _post(upstreams, "embeddings", json=body)).json()["data"][0]["embedding"]

    first, again, other = await vector("brake"), await vector("brake"), await vector("clutch")
    assert (len(first), first == again, first == other) == (1536, True, False)
    assert sum(value * value for value in first) == pytest.approx(1, abs=1e-4)


async def test_embeddings_and_transcriptions_count_as_paid_calls(upstreams):
    await _post(upstreams, "embeddings", json={"model": "text-embedding-3-small", "input": "brake"})
    form = {"data": {"model": "whisper-1"}, "files": {"file": ("a.wav", b"RIFF" * 100)}}
    assert (await _post(upstreams, "audio/transcriptions", **form)).json()["text"].endswith(".")
    assert upstreams.counters.snapshot()["calls"]["openai_accepted"] == 2


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (("a.txt", b"RIFF" * 100), "Invalid file format"),
        (("a.wav", b"RIFF"), "corrupted or unsupported"),
    ],
)
async def test_a_file_that_is_no_recording_is_refused(upstreams, file, message):
    answer = await _post(upstreams, "audio/transcriptions", data={"model": "whisper-1"}, files={"file": file})
    assert (answer.status_code, message in answer.json()["error"]["message"]) == (400, True)


@pytest.mark.parametrize("path", ["embeddings", "audio/transcriptions"])
async def test_a_key_that_was_not_issued_is_refused(upstreams, path):
    answer = await _post(upstreams, path, key="sk-proj-" + "0" * 40, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
