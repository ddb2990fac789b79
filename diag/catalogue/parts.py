"""The values of a JSON answer: at a path, plain, usable or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from diag.catalogue.entries import answers as words
from diag.catalogue.reading import parse

Field = tuple[str, str, Any]
"""(path, lower-case key, plain value)"""
_T = TypeVar("_T")
_LONGEST_REMEMBERED = 120  # characters
MOST_REMEMBERED = 2048
_INDEX = re.compile(r"[0-9]{1,9}")


class _Memory(dict[str, _T]):
    """A dictionary that works out what it does not know. Looked into once or more for every field of every answer, so
    no Python of ours runs where it knows."""

    def __init__(self, of: Callable[[str], _T]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, name: str) -> _T:
        found = self._of(name)
        if len(name) <= _LONGEST_REMEMBERED:
            if len(self) >= MOST_REMEMBERED:
                self.clear()
            self[name] = found
        return found


def remembered(of: Callable[[str], _T]) -> Callable[[str], _T]:
    """A function of a field's name or path, with a memory: the next answer has mostly the same ones. Long ones are
    not remembered, and no more than so many, so that no answer can fill the memory."""
    return _Memory(of).__getitem__


def at(document: Any, path: str) -> Any:
    """The value at a path (``appraisal.category``, ``results[0].tags``, ``results.0.tags``, ``$.tags``), or None."""
    for step in _steps(path):
        if isinstance(document, str):
            document, _ = parse(document)
        document = _step(document, step)
    return document


@remembered
def _steps(path: str) -> tuple[str, ...]:
    return tuple(filter(None, re.split(r"[.\[\]]+", path.removeprefix("$"))))


def _step(document: Any, step: str) -> Any:
    if isinstance(document, dict):
        return document.get(step)
    inside = isinstance(document, list) and _INDEX.fullmatch(step) and int(step) < len(document)
    return document[int(step)] if inside else None


def fields(document: Any, path: str = "", key: str = "") -> list[Field]:
    """All plain values, as deep as answers are looked into."""
    found: list[Field] = []
    _gather(found, document, path, key, 0)
    return found


def _gather(found: list[Field], value: Any, path: str, key: str, depth: int) -> None:
    """Into one list and without a call for a plain value: an answer holds dozens of them."""
    if not isinstance(value, dict | list):
        found.append((path, key, value))
    elif depth < words.DEEP:
        inside = _named(value, path) if isinstance(value, dict) else _numbered(value, path, key)
        for place, name, one in inside:
            if isinstance(one, dict | list):
                _gather(found, one, place, name, depth + 1)
            else:
                found.append((place, name, one))


def _named(document: dict[Any, Any], path: str) -> list[Field]:
    prefix = f"{path}." if path else ""
    return [(f"{prefix}{name}", str(name).lower(), value) for name, value in document.items()]


def _numbered(values: list[Any], path: str, key: str) -> list[Field]:
    return [(f"{path}[{index}]", key, value) for index, value in enumerate(values[: words.WIDE])]


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
    return any(_tells(field[-1]) and not is_talk(field) for field in all_fields)


def _tells(value: Any) -> bool:
    return is_present(value) and value not in (0, True) and not _says_nothing(value)


def _says_nothing(value: Any) -> bool:
    return isinstance(value, str) and bool(words.EMPTY_WORDS.match(value))
