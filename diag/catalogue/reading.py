"""From the raw body of an answer to a text that patterns can be written for.

Bodies come as JSON (with JSON inside its strings), Python and JavaScript object dumps, XML, HTML pages, server-sent
events, log lines and any mixture, often cut short. All of them are brought to one *normal form*: lower case, no
quotes and backslashes, blanks collapsed, one line per JSON field as ``path.key: value``. Each line remembers its
*leaf*: where it stood and how it was spelled, which is what the evidence shows.
"""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from diag.catalogue.tongues import in_english, is_foreign

HEAD, TAIL = 48_000, 16_000
"""Characters of a body that are read: its beginning and its end. What lies between is left out."""
DEEPEST = 12
MOST_LEAVES = 4_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of the body: ``path`` (``error.message``; empty for plain text), its last ``key``, the ``text`` as it
    was spelled."""

    path: str
    key: str
    text: str

    @property
    def where(self) -> str:
        """How evidence names the place."""
        return f"body {self.path}" if self.path else "body"


@dataclass(frozen=True, slots=True)
class Normal:
    """The normal form of a body: its ``text``; ``starts`` and ``leaves`` tell to which leaf a place in it belongs."""

    text: bytes
    starts: tuple[int, ...]
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Reading:
    """A body as the rules see it. ``document`` is the parsed JSON where the whole body is JSON, else None; ``text``
    is the body, cut and unescaped; ``normal`` is its normal form. That is made where it is asked for: a good answer,
    large as it may be, is none of the rules' business."""

    text: str
    document: Any
    is_json: bool
    is_html: bool
    found: Callable[[], Iterable[Leaf]]

    @cached_property
    def form(self) -> Normal:
        """The normal form with its leaves."""
        return _normal_form(list(islice(self.found(), MOST_LEAVES)))

    @property
    def normal(self) -> bytes:
        """The text of the normal form."""
        return self.form.text

    def leaf_at(self, position: int) -> Leaf:
        """The leaf that a place in the normal form belongs to."""
        return self.form.leaves[bisect_right(self.form.starts, position) - 1]


def read(body: bytes | str) -> Reading:
    """Never raises, whatever the body."""
    text = cut(body.decode("utf-8", "replace") if isinstance(body, bytes) else body).lstrip("\ufeff").strip()
    document, is_json = parse(text)
    if is_json:
        return Reading(text, document, True, False, lambda: _leaves(document))
    events = _documents(text)
    if events:
        return Reading(text, events, True, False, lambda: _leaves(events))
    is_html = bool(_HTML.search(text[:3000]))
    plain = unescape(_without_tags(text) if is_html else text)
    return Reading(plain, None, False, is_html, lambda: _events(plain if is_html else text))


def _documents(text: str) -> list[Any]:
    """The JSON documents of a stream (server-sent events or JSON lines); empty if there is anything else in the
    body."""
    documents = []
    for line in text.splitlines():
        content, document = _of_stream(line)
        if document is not None:
            documents.append(document)
        elif content not in ("", "[DONE]") and not _EVENT_FIELD.match(content):
            return []
    return documents


def _of_stream(line: str) -> tuple[str, Any]:
    """A line without its ``data:``, and the object or list that it is, or None."""
    content = line.removeprefix("data:").strip()
    return content, parse(content)[0] if content.startswith(("{", "[")) else None


def cut(text: str) -> str:
    """The text, or its head and tail where it is too long: what matters stands at one of the two ends."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n…\n{text[-TAIL:]}"


def parse(text: str) -> tuple[Any, bool]:
    """The document that the text is, and whether it is one. A bare word or number is not taken for JSON."""
    if not text.startswith(("{", "[", '"')):
        return None, False
    try:
        return json.loads(text, strict=False), True
    except (ValueError, RecursionError):
        return None, False


def normalise(text: str) -> str:
    """The normal form of one line of text."""
    lowered = text.replace('":', '": ').replace("':", "': ").translate(_DROPPED).lower()
    if "=" in lowered:
        lowered = _ASSIGNED.sub(r"\1: ", lowered)
    if "timeout" in lowered or "ratelimit" in lowered:
        lowered = _NOISE.sub(" ", lowered)
    return _SPACES.sub(" ", _LONE_APOSTROPHE.sub("", lowered)).strip()


def unescape(text: str) -> str:
    """The text with JSON's and Python's escapes undone, as often as they were nested."""
    for _ in range(4):
        if "\\" not in text:
            return text
        text = _ESCAPE.sub(_unescaped, text)
    return text


_DROPPED = str.maketrans(
    {'"': None, "\\": None, "`": None, "“": None, "”": None, "„": None, "’": "'", "‘": "'", "\u00a0": " "}
)
_LONE_APOSTROPHE = re.compile(r"(?<![a-z0-9])'|'(?![a-z])")
_SPACES = re.compile(r"\s+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\\nrt\"'/])")
_HTML = re.compile(r"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<title>|<h1>", re.IGNORECASE)
_SILENT = re.compile(r"<(script|style|svg)\b[^<>]{0,500}>[^<]{0,20000}</\1>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_EVENT_FIELD = re.compile(r"(?:event|id|retry):|:")
_ASSIGNED = re.compile(r"\b(\w{0,40}(?:code|status|type|reason|message|param|details|error)) ?= ?")
# Settings, headers and stack frames that clients print along with an error, and whose names sound like one.
_NOISE = re.compile(
    r"\b(?:x|anthropic|openai)-ratelimit-[\w-]{1,60}(?:'?: *'?[\w.]{1,40})?"
    r"|\b(?:clarify)?timeout(?:error|ms)?'?[=:] ?'?(?:\d+|false|true|null|none|undefined|timeout|self|not_given)\b"
    r"|list_?ontimeout|settimeout|_ontimeout|cleartimeout|timeout\.(?:js|_\w{1,30})"
)
_PLAIN = {"n": "\n", "r": "\n", "t": " "}


def _unescaped(found: re.Match[str]) -> str:
    (code,) = found.groups()
    if code.startswith(("u", "x")):
        return chr(int(code[1:], 16))
    return _PLAIN.get(code, code)


def _without_tags(text: str) -> str:
    return html.unescape(_TAG.sub(" ", _SILENT.sub(" ", text)))


def _leaves(document: Any, path: str = "", key: str = "", depth: int = 0) -> Iterator[Leaf]:
    if isinstance(document, dict) and depth < DEEPEST:
        for name, value in document.items():
            yield from _leaves(value, f"{path}.{name}" if path else str(name), str(name), depth + 1)
    elif isinstance(document, list) and depth < DEEPEST:
        for index, value in enumerate(document):
            yield from _leaves(value, f"{path}[{index}]", key, depth + 1)
    else:
        yield from _value(document, path, key, depth)


def _value(value: Any, path: str, key: str, depth: int) -> Iterator[Leaf]:
    """One value; a string that is itself JSON is opened, one that holds lines or JSON is taken apart."""
    if not isinstance(value, str):
        yield Leaf(path, key, json.dumps(value, ensure_ascii=False, default=str)[:HEAD])
        return
    inner, is_json = parse(value.strip()) if depth < DEEPEST else (None, False)
    if is_json and not isinstance(inner, str):
        yield from _leaves(inner, path, key, depth + 1)
    else:
        yield Leaf(path, key, unescape(value))


def _events(text: str) -> Iterator[Leaf]:
    """The JSON documents of server-sent events (``data: {...}``) and of JSON lines."""
    for number, line in enumerate(text.splitlines(), 1):
        _, document = _of_stream(line)
        if document is not None:
            yield from _leaves(document, f"line {number}" if number > 1 else "")
        else:
            yield Leaf("", "", unescape(line))


def _normal_form(leaves: list[Leaf]) -> Normal:
    leaves = [leaf for leaf in leaves if leaf.text] or [Leaf("", "", "")]
    normals = [normalise(leaf.text) for leaf in leaves]
    if is_foreign("\n".join(normals).encode("utf-8", "replace")):
        normals = [in_english(normal) for normal in normals]
    starts, pieces, position = [], [], 0
    for leaf, normal in zip(leaves, normals, strict=True):
        piece = f"{leaf.path.lower()}: {normal}\n" if leaf.path else f"{normal} "
        starts.append(position)
        pieces.append(piece.encode("utf-8", "replace"))  # a lone surrogate cannot be encoded
        position += len(pieces[-1])
    return Normal(b"".join(pieces), tuple(starts), tuple(leaves))
