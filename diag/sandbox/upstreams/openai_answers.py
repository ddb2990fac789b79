"""What is asked of OpenAI, its completions and responses, and what the model writes in them. All pure."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from diag.sandbox.upstreams import openai_refusals as refusals
from diag.sandbox.upstreams.openai_faults import Reply
from diag.sandbox.world.analysis import analysis_of, labels_of

Json = dict[str, Any]
_CREATED: Final = 1_760_000_000
_REASONING: Final = ("gpt-5", "o1", "o3", "o4")
_SORRY: Final = "I'm sorry, I can't assist with that request."


@dataclass(frozen=True, slots=True)
class Question:
    """A request, whichever endpoint it came to: the model, the pictures' URLs, the words, and the form that the
    answer must have: None for prose, {} for any JSON, else a JSON schema."""

    model: str
    pictures: tuple[str, ...] = ()
    words: str = ""
    form: Mapping[str, Any] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Said:
    """What the model wrote: its text or its refusal, and whether it was cut off."""

    text: str
    refusal: str | None = None
    is_cut: bool = False


def model(name: str) -> Json:
    """A model, as ``/v1/models`` lists it."""
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "system"}


def chat_question(body: Json) -> Question:
    """Reads a request to ``/v1/chat/completions``."""
    _require(body, "model", str)
    if "max_tokens" in body and body["model"].startswith(_REASONING):
        raise refusals.unsupported_parameter("max_tokens", "max_completion_tokens")
    form = body.get("response_format") or {}
    parts = list(_parts(_require(body, "messages", list)))
    pictures = [part["image_url"]["url"] for part in parts if part.get("type") == "image_url"]
    return Question(body["model"], tuple(pictures), _words(parts), _form(form, form.get("json_schema", {})))


def response_question(body: Json) -> Question:
    """Reads a request to ``/v1/responses``."""
    _require(body, "model", str)
    said = body.get("input", "")
    parts = list(_parts(said)) if isinstance(said, list) else [{"text": str(said)}]
    form = (body.get("text") or {}).get("format") or {}
    pictures = [part["image_url"] for part in parts if part.get("type") == "input_image"]
    return Question(body["model"], tuple(pictures), _words(parts), _form(form, form))


def chat_completion(question: Question, reply: Said) -> Json:
    """The answer of ``/v1/chat/completions``."""
    asked, said = _tokens(question, reply)
    content = None if reply.refusal else reply.text
    message: Json = {"role": "assistant", "content": content, "refusal": reply.refusal, "annotations": []}
    finish = "length" if reply.is_cut else "stop"
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": question.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def response(question: Question, reply: Said) -> Json:
    """The answer of ``/v1/responses``."""
    asked, said = _tokens(question, reply)
    text: Json = {"type": "output_text", "text": reply.text, "annotations": []}
    if reply.refusal:
        text = {"type": "refusal", "refusal": reply.refusal}
    message = {"type": "message", "id": f"msg_{uuid.uuid4().hex}", "status": "completed", "role": "assistant"}
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": _CREATED,
        "status": "incomplete" if reply.is_cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if reply.is_cut else None,
        "error": None,
        "model": question.model,
        "output": [{**message, "content": [text]}],
        "usage": {"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said},
    }


def said(question: Question, row: str | None, reply: Reply = "good", without: Sequence[str] = ()) -> Said:
    """What the model makes of the row's photo: its analysis, or one of the ways in which that goes wrong."""
    text = _content(question, row, without)
    return {
        "good": Said(text),
        "refusal": Said("", refusal=_SORRY),
        "prose": Said(f"Sure! Here is the analysis you asked for:\n\n```json\n{text}\n```"),
        "truncated": Said(text[: len(text) // 2], is_cut=True),
        "empty": Said(""),
    }[reply]


def _content(question: Question, row: str | None, without: Sequence[str]) -> str:
    analysis = analysis_of(row or hashlib.sha256("".join(question.pictures).encode()).hexdigest())
    if question.form is None:
        return str(analysis["appraisal"]["description"])
    offered = {**analysis, "tags": _tags(row)}
    answer = _fitted(question.form, offered, question.form) if question.form else offered
    return json.dumps({part: value for part, value in answer.items() if part not in without})


def _tags(row: str | None) -> list[Json]:
    """What there is to be seen, for whoever asks the model for that too."""
    labels = labels_of(row) if row else ()
    return [{"name": label["Name"], "confidence": label["Confidence"]} for label in labels]


def _require(body: Json, name: str, kind: type) -> Any:
    if not isinstance(body.get(name), kind):
        raise refusals.invalid(f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")
    return body[name]


def _parts(messages: Sequence[Any]) -> Iterator[Json]:
    for message in messages:
        said = message.get("content", "") if isinstance(message, dict) else ""
        yield from said if isinstance(said, list) else [{"type": "text", "text": str(said)}]


def _words(parts: Sequence[Json]) -> str:
    return " ".join(str(part.get("text", "")) for part in parts)


def _form(form: Mapping[str, Any], holder: Mapping[str, Any]) -> Mapping[str, Any] | None:
    kind = form.get("type", "text")
    if kind == "text":
        return None
    return holder.get("schema", {}) if kind == "json_schema" else {}


def tokens_asked(question: Question) -> int:
    """How much of its context the model needs to read the question."""
    return len(question.words) // 4 + 85 * len(question.pictures) + 12


def _tokens(question: Question, reply: Said) -> tuple[int, int]:
    return tokens_asked(question), len(reply.text or reply.refusal or "") // 4 + 1


def _fitted(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> Any:
    """``value`` cut and filled up so that it fits the schema, as structured output promises."""
    if "$ref" in schema:
        return _fitted(root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {}), value, root)
    if "anyOf" in schema:
        return _fitted(_option(schema["anyOf"], value), value, root)
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if value is None and "null" in kinds:
        return None
    if kinds[0] == "object":
        known = value if isinstance(value, dict) else {}
        parts = schema.get("properties", {})
        return {name: _fitted(part, known.get(name), root) for name, part in parts.items()}
    if kinds[0] == "array":
        return [_fitted(schema.get("items", {}), item, root) for item in value] if isinstance(value, list) else []
    return schema["enum"][0] if "enum" in schema else _SAMPLES[kinds[0]] if value is None else value


def _option(options: Sequence[Mapping[str, Any]], value: Any) -> Mapping[str, Any]:
    """Nothing stays nothing where the schema allows it: what zod and pydantic write for "nullable"."""
    nothing = next((option for option in options if option.get("type") == "null"), None) if value is None else None
    return nothing or options[0]


_SAMPLES: Final[Mapping[str, Any]] = {
    "string": "not visible",
    "integer": 1,
    "number": 0.5,
    "boolean": False,
    "null": None,
}
