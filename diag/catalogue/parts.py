"""The values of a JSON answer: at a path, plain, usable or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any, TypeVar

from diag.catalogue.entries import answers as words
from diag.catalogue.reading import parse

Field = tuple[str, str, Any]
"""(path, lower-case key, plain value)"""
_T = TypeVar("_T")
_LONGEST_REMEMBERED = 120


def remembered(of: Callable[[str], _T]) -> Callable[[str], _T]:
    """A function of a field's name or path, with a memory: the next answer has mostly the same ones. Long ones are
    not remembered, so that no answer can fill the memory."""
    known = lru_cache(maxsize=2048)(of)

    @wraps(of)
    def look_up(name: str) -> _T:
        return known(name) if len(name) <= _LONGEST_REMEMBERED else of(name)

    return look_up


def at(document: Any, path: str) -> Any:
    """The value at a path (``appraisal.category``, ``results[0].tags``, ``results.0.tags``, ``$.tags``), or None."""
    for step in filter(None, re.split(r"[.\[\]]+", path.removeprefix("$"))):
        document = _step(parse(document)[0] if isinstance(document, str) else document, step)
    return document


def _step(document: Any, step: str) -> Any:
    if isinstance(document, dict):
        return document.get(step)
    inside = isinstance(document, list) and step.isdecimal() and int(step) < len(document)
    return document[int(step)] if inside else None


def fields(document: Any, path: str = "", key: str = "", depth: int = 0) -> Iterator[Field]:
    """All plain values, as deep as answers are looked into."""
    if depth > words.DEEP:
        return
    if isinstance(document, dict):
        for name, value in document.items():
            yield from fields(value, f"{path}.{name}" if path else str(name), str(name).lower(), depth + 1)
    elif isinstance(document, list):
        for index, value in enumerate(document[:200]):
            yield from fields(value, f"{path}[{index}]", key, depth + 1)
    else:
        yield path, key, document


@remembered
def is_aside(path: str) -> bool:
    """Whether a path leads into a branch that talks about the answer and is no part of it (``_debug``, ``usage``)."""
    steps = re.split(r"[.\[]", path.lower())
    return any((step.startswith("_") and not step.startswith("__")) or step in words.ASIDES for step in steps)


@remembered
def letters(key: str) -> str:
    """A field's name without what spellings differ in: ``servedFromCache`` and ``served_from_cache`` are one."""
    return "".join(filter(str.isalnum, key)).lower()


def is_present(value: Any) -> bool:
    """Whether a value holds anything at all: empty lists, texts and objects do not, at any depth."""
    if isinstance(value, dict):
        return any(is_present(one) for one in value.values())
    if isinstance(value, list):
        return any(is_present(one) for one in value)
    if isinstance(value, str):
        return value.strip().lower() not in words.HOLLOW
    return value is not None and value is not False


def is_talk(field: Field) -> bool:
    """Whether a field talks about the answer and is no result."""
    path, key, _ = field
    return _is_talking(key) or is_aside(path)


@remembered
def _is_talking(key: str) -> bool:
    return key in words.TALK or bool(words.TALKING.search(key))


def has_result(all_fields: list[Field]) -> bool:
    """Whether any field is a result: present, no mere number zero or flag, no word for nothing."""
    return any(
        not is_talk(field) and is_present(field[2]) and field[2] not in (0, True) and not _says_nothing(field[2])
        for field in all_fields
    )


def _says_nothing(value: Any) -> bool:
    return isinstance(value, str) and bool(words.EMPTY_WORDS.match(value))
