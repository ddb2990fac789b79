"""OpenAI's embeddings and transcriptions: what is asked, and what comes back. All pure.

Shapes: OpenAI's API reference (embeddings, audio/transcriptions).
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from typing import Any, Final

from diag.sandbox.upstreams import openai_refusals as refusals
from diag.sandbox.upstreams.openai_answers import Json, Question, Said

MODELS: Final = ("text-embedding-3-small", "text-embedding-3-large", "whisper-1", "gpt-4o-mini-transcribe")
_DIMENSIONS: Final[Mapping[str, int]] = {"text-embedding-3-large": 3072}
_AUDIO: Final = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
_SENTENCE: Final = "the engine starts at once and runs quietly after the carburettor was cleaned and the timing was set"


def embedding_question(body: Json) -> Question:
    """Reads a request to ``/v1/embeddings``."""
    for name in ("model", "input"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise refusals.invalid(f"Missing required parameter: '{name}'.", param=name)
    return Question(body["model"], words=body["input"])


def embedding(question: Question, reply: Said) -> Json:
    """The answer of ``/v1/embeddings``: the same text has the same vector, of length 1."""
    dice = random.Random(hashlib.sha256(question.words.encode()).digest())  # noqa: S311 - no secret
    vector = [dice.gauss(0, 1) for _ in range(_DIMENSIONS.get(question.model, 1536))]
    length = sum(value * value for value in vector) ** 0.5
    tokens = len(question.words) // 4 + 1
    return {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [round(value / length, 8) for value in vector]}],
        "model": question.model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def transcription_question(form: Json) -> Question:
    """Reads a request to ``/v1/audio/transcriptions``: its form, the file as ``(name, content)``."""
    for name in ("file", "model"):
        if not form.get(name):
            raise refusals.invalid(f"Missing required parameter: '{name}'.", param=name)
    name, content = form["file"]
    if name.rpartition(".")[2].lower() not in _AUDIO:
        raise refusals.invalid(f"Invalid file format. Supported formats: {list(_AUDIO)}")
    if len(content) < 100:
        raise refusals.invalid("Audio file might be corrupted or unsupported", param="file", code="invalid_value")
    return Question(form["model"], words=hashlib.sha256(content).hexdigest())


def transcription(question: Question, reply: Said) -> Json:
    """The answer of ``/v1/audio/transcriptions``: the same recording has the same words."""
    dice = random.Random(question.words)  # noqa: S311 - no secret
    words = _SENTENCE.split()
    count = dice.randint(6, len(words))
    usage: dict[str, Any] = {"type": "tokens", "input_tokens": 10 * count, "output_tokens": count}
    return {"text": " ".join(words[:count]).capitalize() + ".", "usage": usage}
