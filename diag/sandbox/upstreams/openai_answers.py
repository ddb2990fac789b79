"""What OpenAI says: its refusals, its completions and responses, and what the model writes in them. All pure."""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from diag.sandbox.world.analysis import analysis_of

Json = dict[str, Any]
_CREATED: Final = 1_760_000_000
_ORGANISATION: Final = "org-sandbox"
_NO_KEY: Final = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
    "(i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys."
)
_QUOTA: Final = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_OVERLOADED: Final[Mapping[int, str]] = {
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The server is currently overloaded with other requests. Sorry about that! You can retry your request.",
}


class Refusal(Exception):
    """An error that OpenAI answers with: status, body and headers."""

    def __init__(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body["error"]["message"])
        self.status, self.body, self.headers = status, body, headers or {}


@dataclass(frozen=True, slots=True)
class Question:
    """A request, whichever endpoint it came to: the model, the pictures' URLs, the words, and the form that the
    answer must have: None for prose, {} for any JSON, else a JSON schema."""

    model: str
    pictures: tuple[str, ...] = ()
    words: str = ""
    form: Mapping[str, Any] | None = field(default=None)


def no_key() -> Refusal:
    """401: no key came with the request."""
    return _refusal(401, _NO_KEY)


def wrong_key(key: str) -> Refusal:
    """401: not a key of this account; OpenAI repeats it with stars in its middle."""
    masked = f"{key[:8]}{'*' * max(len(key) - 12, 4)}{key[-4:]}"
    place = "You can find your API key at https://platform.openai.com/account/api-keys."
    return _refusal(401, f"Incorrect API key provided: {masked}. {place}", code="invalid_api_key")


def no_such_model(model: str) -> Refusal:
    """404: the model does not exist."""
    return _refusal(404, f"The model `{model}` does not exist or you do not have access to it.", code="model_not_found")


def overloaded(status: int) -> Refusal:
    """500 or 503: the provider's own trouble."""
    return _refusal(status, _OVERLOADED[status], kind="server_error")


def rate_limited(model: str, per_minute: int, wait: float) -> Refusal:
    """429 that passes: too many requests this minute; ``wait`` in seconds."""
    message = (
        f"Rate limit reached for {model} in organization {_ORGANISATION} on requests per min (RPM): Limit {per_minute},"
        f" Used {per_minute}, Requested 1. Please try again in {wait:.3f}s."
    )
    headers = {"retry-after": str(math.ceil(wait)), "retry-after-ms": str(math.ceil(wait * 1000))}
    return Refusal(429, _error(message, "requests", None, "rate_limit_exceeded"), headers)


def quota_exhausted() -> Refusal:
    """429 that does not pass: the money is gone."""
    return _refusal(429, _QUOTA, kind="insufficient_quota", code="insufficient_quota")


def unreachable_picture(url: str) -> Refusal:
    """400: the picture could not be downloaded."""
    return _refusal(400, f"Error while downloading {url}.", param="url", code="invalid_image_url")


def unsupported_picture() -> Refusal:
    """400: what was downloaded is no picture that OpenAI reads."""
    formats = "['png', 'jpeg', 'gif', 'webp']"
    message = (
        f"You uploaded an unsupported image. Please make sure your image has of one the following formats: {formats}."
    )
    return _refusal(400, message, code="invalid_image_format")


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refusal:
    """400: a request that cannot be carried out."""
    return _refusal(400, message, param=param, code=code)


def model(name: str) -> Json:
    """A model, as ``/v1/models`` lists it."""
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "system"}


def chat_question(body: Json) -> Question:
    """Reads a request to ``/v1/chat/completions``."""
    _require(body, "model", str)
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


def chat_completion(question: Question, content: str) -> Json:
    """The answer of ``/v1/chat/completions``."""
    asked, said = _tokens(question, content)
    message: Json = {"role": "assistant", "content": content, "refusal": None, "annotations": []}
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": question.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def response(question: Question, content: str) -> Json:
    """The answer of ``/v1/responses``."""
    asked, said = _tokens(question, content)
    text = {"type": "output_text", "text": content, "annotations": []}
    message = {"type": "message", "id": f"msg_{uuid.uuid4().hex}", "status": "completed", "role": "assistant"}
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": _CREATED,
        "status": "completed",
        "error": None,
        "model": question.model,
        "output": [{**message, "content": [text]}],
        "usage": {"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said},
    }


def content(question: Question, row: str | None, without: Sequence[str] = ()) -> str:
    """What the model writes about the row's photo, in the form that was asked for."""
    analysis = analysis_of(row or hashlib.sha256("".join(question.pictures).encode()).hexdigest())
    if question.form is None:
        return str(analysis["appraisal"]["description"])
    answer = _fitted(question.form, analysis, question.form) if question.form else analysis
    return json.dumps({part: value for part, value in answer.items() if part not in without})


def _refusal(
    status: int, message: str, kind: str = "invalid_request_error", param: str | None = None, code: str | None = None
) -> Refusal:
    return Refusal(status, _error(message, kind, param, code))


def _error(message: str, kind: str, param: str | None, code: str | None) -> Json:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _require(body: Json, name: str, kind: type) -> Any:
    if not isinstance(body.get(name), kind):
        raise invalid(f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")
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


def _tokens(question: Question, content: str) -> tuple[int, int]:
    return len(question.words) // 4 + 85 * len(question.pictures) + 12, len(content) // 4 + 1


def _fitted(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any]) -> Any:
    """``value`` cut and filled up so that it fits the schema, as structured output promises."""
    if "$ref" in schema:
        return _fitted(root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {}), value, root)
    if "anyOf" in schema:
        return _fitted(schema["anyOf"][0], value, root)
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


_SAMPLES: Final[Mapping[str, Any]] = {
    "string": "not visible",
    "integer": 1,
    "number": 0.5,
    "boolean": False,
    "null": None,
}
