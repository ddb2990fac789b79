"""What a function's text says about its request, its answer and its tables: a reading of the text, no evaluation.

What is put together while the function runs is not found; ``unclear`` says that there is such a thing. Pure but for the
reading of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from diag.project.source import without_comments

_BODY = re.compile(
    r"(?:\b(?:const|let|var)\s+(?P<target>\w+|\{[^{}]*\})\s*(?::\s*(?P<type>\w+))?[^=;{]{0,40}|\b(?P<again>\w+)\s*)=\s*"
    r"\(?\s*await\s+\(?\s*(?:\w+\.)?(?:_?req|_?request|r)\.json(?:<[^()]*>)?\(\)(?P<rest>[^;\n]*)"
)
_PARSED = re.compile(r"\b(?P<schema>\w+)\.(?:safeParse|parse)\(\s*await\s+(?:\w+\.)?(?:req|request)\.json\(\)")
_FORM = re.compile(r"\b(?:_?req|_?request|r)\.formData\(\)")
_CAST = re.compile(r"\bas\s+(?P<type>[A-Z]\w*)")
_SHAPE = r"\b(?:interface\s+{0}\b[^{{]*|type\s+{0}\s*=\s*)\{{(?P<fields>[^{{}}]*)\}}"
_NAMED_FIELD = re.compile(r"(?:^|[;,\n])\s*(?:readonly\s+)?(\w+)\??\s*:")
_FROM = re.compile(r"(?P<before>[\w.()\s]{0,30})\.from\(\s*(?:[\"'`](?P<table>\w+)[\"'`]|(?P<variable>\w+))\s*\)")
_ACT = re.compile(
    r"\s*\.\s*(?P<act>insert|upsert|update|select|delete)\s*\(\s*(?P<open>\[?\s*\{|(?P<variable>\w+)\s*[,)])?"
)
_ANSWER = re.compile(r"(?:Response\.json|JSON\.stringify|\bjson\w*)\(\s*\{|\breturn\s*\{")
_ITEM = re.compile(r"\s*(?:\.\.\.|(?P<key>[A-Za-z_$][\w$]*|[\"'][\w-]+[\"'])\s*(?P<colon>:)?)")
_CONSTANT = re.compile(r"\s*(?:true|false|null|[\"'`\d]|[A-Z][A-Z0-9_]*\s*$)")
_FURTHER = 300  # characters behind `.from("x")` in which what is done to it stands


@dataclass(frozen=True, slots=True)
class Code:
    """``fields``: of the request, in order. ``tables``: all that are named; ``written``: table -> the columns that are
    inserted or updated there; ``inserted``: tables that get new records. ``answer``: the parts of a full answer that
    are no constants; ``unclear``: whether tables are named by variables; ``form``: whether it reads a form."""

    files: tuple[Path, ...] = ()
    fields: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    inserted: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    unclear: bool = False
    form: bool = False


def read_code(files: Sequence[Path]) -> Code:
    """What these files say; the first is the function's entry."""
    texts = [without_comments(path.read_text(encoding="utf-8", errors="replace")) for path in files]
    return replace(read_text("\n".join(texts)), files=tuple(files))


def read_text(text: str) -> Code:
    """What this text says."""
    acts = list(_acts(text))
    written: dict[str, dict[str, None]] = {}
    for table, act, columns in acts:
        if act in ("insert", "upsert", "update"):
            written.setdefault(table, {}).update(dict.fromkeys(columns))
    return Code(
        fields=tuple(dict.fromkeys(_fields(text))),
        tables=tuple(dict.fromkeys(table for table, _, _ in acts)),
        written={table: tuple(columns) for table, columns in written.items()},
        inserted=tuple(dict.fromkeys(table for table, act, _ in acts if act in ("insert", "upsert"))),
        answer=_answer(text),
        unclear=any(found["variable"] for found in _from(text)),
        form=_FORM.search(text) is not None,
    )


def _fields(text: str) -> Iterator[str]:
    """The fields of the request; of the ``record`` that database webhooks send, its own ones."""
    for name in _top_fields(text):
        own = dict.fromkeys(_of_record(text)) if name == "record" else {}
        yield from own or (name,)


def _of_record(text: str) -> Iterator[str]:
    yield from (f"record.{name}" for name in re.findall(r"\brecord\??\.(\w+)\b(?!\s*\()", text))
    for inner in re.findall(r"(?:const|let|var)\s*(\{[^{}]*\})[^=;]{0,60}=\s*(?:\w+\??\.)?record\b", text):
        yield from (f"record.{key}" for key, _ in _items(inner, 0))


def _top_fields(text: str) -> Iterator[str]:
    for parsed in _PARSED.finditer(text):
        schema = re.search(rf"\b{parsed['schema']}\s*=\s*z\.(?:strictO|o)bject\(\s*\{{", text)
        yield from (key for key, _ in _items(text, schema.end() - 1)) if schema else ()
    for found in _BODY.finditer(text):
        target, kind = found["target"] or found["again"], found["type"] or _first_cast(found["rest"])
        if target.startswith("{"):
            yield from (key for key, _ in _items(target, 0))
            continue
        for cast in [kind, *re.findall(rf"\b{target}\s+as\s+([A-Z]\w*)", text)]:
            yield from _shape(text, cast)
        yield from re.findall(rf"\b{target}\??\.(\w+)\b(?!\s*\()", text)
        for inner in re.findall(rf"(?:const|let|var)\s*(\{{[^{{}}]*\}})[^=;]{{0,60}}=\s*{target}\b(?!\??\.)", text):
            yield from (key for key, _ in _items(inner, 0))


def _first_cast(rest: str) -> str | None:
    cast = _CAST.search(rest)
    return cast["type"] if cast else None


def _shape(text: str, kind: str | None) -> list[str]:
    found = re.search(_SHAPE.format(re.escape(kind)), text) if kind else None
    return _NAMED_FIELD.findall(found["fields"]) if found else []


def _from(text: str) -> Iterator[re.Match[str]]:
    """Tables, not the buckets of ``storage.from`` nor ``Array.from``."""
    for found in _FROM.finditer(text):
        if not re.search(r"storage\s*$|\b[A-Z]\w*\s*$", found["before"]):
            yield found


def _acts(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Table, what is done to it, and the columns in question."""
    for found in _from(text):
        if found["table"] is None:
            continue
        act = _ACT.match(text, found.end(), found.end() + _FURTHER)
        if act is None:
            kept = re.search(r"(?:const|let)\s+(\w+)\s*=\s*$", found["before"])
            act = re.search(rf"\b{kept[1]}{_ACT.pattern}", text[found.end() :]) if kept else None
            yield found["table"], act["act"] if act else "", ()
            continue
        yield found["table"], act["act"], _columns(text, act)


def _columns(text: str, act: re.Match[str]) -> tuple[str, ...]:
    if act["variable"]:
        literal = re.search(rf"(?:const|let)\s+{act['variable']}\b[^=;]{{0,60}}=\s*\[?\s*\{{", text)
        return tuple(key for key, _ in _items(text, literal.end() - 1)) if literal else ()
    return tuple(key for key, _ in _items(text, act.end() - 1)) if act["open"] else ()


def _answer(text: str) -> tuple[str, ...]:
    """The parts of the largest object that is answered with and tells of no error; none where it takes in others."""
    best: tuple[str, ...] = ()
    for found in _ANSWER.finditer(text):
        items = _items(text, found.end() - 1)
        keys = [key for key, _ in items]
        is_answer = {"success", "ok"} & set(keys) or found[0].startswith("Response")
        if not is_answer or {"error", "errors"} & set(keys) or "" in keys:
            continue
        parts = tuple(key for key, value in items if not _CONSTANT.match(value))
        best = max(best, parts, key=len)
    return best


def _items(text: str, start: int) -> list[tuple[str, str]]:
    """Key and value of the items of the object literal (or pattern) whose brace stands at ``start``; the key is empty
    for ``...other``."""
    items = []
    for item in _split(text, start):
        found = _ITEM.match(item)
        if found:
            key = (found["key"] or "").strip("\"'")
            items.append((key, item[found.end() :] if found["colon"] else key))
    return items


def _split(text: str, start: int) -> Iterator[str]:
    """What stands between the commas at the first level, up to the closing brace."""
    depth, begun, quote = 0, start + 1, ""
    for place in range(start, min(len(text), start + 4_000)):
        character = text[place]
        if quote:
            quote = "" if character == quote and text[place - 1] != "\\" else quote
        elif character in "\"'`":
            quote = character
        elif character in "{[(":
            depth += 1
        elif character in "}])":
            depth -= 1
            if depth == 0:
                yield text[begun:place]
                return
        elif character == "," and depth == 1:
            yield text[begun:place]
            begun = place + 1
