"""What somebody pastes: an answer as ``curl -i`` prints it, a record of a batch, or bare text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diag.diagnosis import Answer

_STATUS_LINE = re.compile(r"^HTTP/\d(?:\.\d)? (\d{3})[^\n]*\n")
_HEADER = re.compile(r"^([A-Za-z0-9-]{1,80}):[ \t]*(.*)$")
_FIELDS = {"id", "status", "headers", "body", "requires"}


@dataclass(frozen=True, slots=True)
class Record:
    """One answer to explain: its ``id`` as it was given, the answer, and the parts that a full answer must have."""

    id: Any
    answer: Answer
    requires: tuple[str, ...] = ()


def pasted_answer(text: str, status: int | None = None) -> Answer:
    """The answer in a pasted text. A raw HTTP response gives its status and headers, anything else is the body;
    ``status`` where the caller knows it."""
    found = _STATUS_LINE.match(text.replace("\r\n", "\n").lstrip())
    if not found:
        return Answer(status=status, body=text)
    head, _, body = text.replace("\r\n", "\n").lstrip().partition("\n\n")
    headers = {match[1]: match[2] for match in map(_HEADER.match, head.splitlines()[1:]) if match}
    return Answer(status=status or int(found[1]), headers=headers, body=body)


def batch_record(line: str) -> Record:
    """One line of a batch: ``{id, status, headers, body, requires}``. Raises ValueError with what is wrong."""
    try:
        fields = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"not JSON ({error})") from None
    return record(fields)


def is_record(document: Any) -> bool:
    """Whether a JSON document is one line of a batch rather than an answer's body."""
    return isinstance(document, dict) and "body" in document and set(document) <= _FIELDS


def record(fields: Any) -> Record:
    """The record of a parsed line. Raises ValueError with what is wrong."""
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    if "body" not in fields:
        raise ValueError("'body' is missing")
    body, requires = fields["body"], fields.get("requires") or ()
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body, ensure_ascii=False)
    names = [requires] if isinstance(requires, str) else requires
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError("'requires' must be a list of JSON paths")
    return Record(
        fields.get("id"),
        Answer(status=_status(fields.get("status")), headers=_headers(fields.get("headers")), body=text),
        tuple(names),
    )


def _status(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not str(value).strip().lstrip("-").isdigit():
        raise ValueError("'status' must be a number")
    return int(value)


def _headers(value: Any) -> Mapping[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("'headers' must be an object")
    return {str(name): ", ".join(map(str, one)) if isinstance(one, list) else str(one) for name, one in value.items()}
