"""The fields of an answer that tell of an error, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from diag.catalogue.entries import answers as words
from diag.catalogue.parts import Field, fields, is_aside, is_present, is_talk, letters, remembered
from diag.catalogue.reading import Leaf, parse


def errors(document: Any, path: str = "", depth: int = 0) -> Iterator[Leaf]:
    """The leaves that tell of an error: the signs themselves, and what stands beside them to explain."""
    if depth > words.DEEP or is_aside(path):
        return
    if isinstance(document, dict):
        yield from object_errors(document, path)
        for name, value in document.items():
            if isinstance(value, dict | list):
                yield from errors(value, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(document, list):
        for index, value in enumerate(document[:200]):
            yield from errors(value, f"{path}[{index}]", depth + 1)
    elif isinstance(document, str) and depth == 0 and words.SAYS_ERROR.search(document):
        yield Leaf(path or "text", "", document)


def object_errors(document: Mapping[Any, Any], path: str) -> Iterator[Leaf]:
    """The error leaves that one object itself holds."""
    prefix = f"{path}." if path else ""
    named = {str(key): value for key, value in document.items()}
    signs = [key for key, value in named.items() if is_sign(key, value, named)]
    beside = [key for key in named if key not in signs and key.lower() in words.EXPLAINING] if signs else []
    for key in signs:
        yield from _opened(named[key], f"{prefix}{key}", key)
    for key in beside:
        if isinstance(named[key], str | int):
            yield from _opened(named[key], f"{prefix}{key}", key)


def is_error(value: Mapping[Any, Any]) -> bool:
    """Whether an object is an error rather than a result (``{"category": "error", ...}``)."""
    return any(object_errors(value, ""))


def complaints(all_fields: list[Field]) -> Iterator[Leaf]:
    """Where one or two short texts are all that came, and they complain, the answer is an error."""
    told = [
        one
        for one in all_fields
        if isinstance(one[2], str) and one[2].strip() and (not is_talk(one) or one[1] in words.TEXT_KEYS)
    ]
    others = [one for one in all_fields if not isinstance(one[2], str) and not is_talk(one) and is_present(one[2])]
    if 0 < len(told) <= 2 and not others and any(_complains(key, value) for _, key, value in told):
        yield from (Leaf(path, key, value) for path, key, value in told)


def _complains(key: str, value: str) -> bool:
    if key in words.TELLING_KEYS and words.DEPICTS.match(value):
        return False
    longest = 60 if key in words.TELLING_KEYS else 200
    return len(value) < longest and bool(words.COMPLAINT.search(value))


def _opened(value: Any, path: str, key: str) -> Iterator[Leaf]:
    """The plain values of an error; JSON inside its strings is opened."""
    if isinstance(value, str):
        inner, is_json = parse(value.strip())
        value = inner if is_json else value
    for where, name, one in fields(value, path, key):
        if one not in (None, ""):
            yield Leaf(where, name, one if isinstance(one, str) else str(one).lower())


def is_sign(key: str, value: Any, beside: Mapping[str, Any]) -> bool:
    """Whether this field says that something went wrong."""
    name = key.lower()
    if name in words.SUCCESS_KEYS:
        return str(value).lower() in ("false", "0", "no")
    if name in words.VALID_KEYS or name in words.ERROR_FLAGS:
        return value is (name in words.ERROR_FLAGS)
    http = name in words.STATUS_KEYS or (
        name in ("code", "status") and not {"message", "msg", "error"}.isdisjoint(beside)
    )
    if http and str(value).isdecimal():
        return 400 <= int(value) <= 599
    return _is_telling(name, key, value)


def _is_telling(name: str, key: str, value: Any) -> bool:
    if name in words.REFUSING_KEYS:
        return isinstance(value, str) and bool(value)
    if name in words.ENDING_KEYS:
        return str(value).lower() in words.ENDINGS
    if words.ERROR_KEY.match(key):
        return _is_meaningful(value)
    if isinstance(value, str | dict | list) and _ends_in_error(key):
        return _is_meaningful(value)
    return isinstance(value, str) and _is_telling_text(name, value.strip())


@remembered
def _ends_in_error(key: str) -> bool:
    return bool(words.ERROR_END.search(letters(key)))


def _is_telling_text(name: str, text: str) -> bool:
    if name in words.STATE_KEYS and text.lower() in words.BAD_STATES:
        return True
    said = words.DECLINES.match(text) or (name in words.TEXT_KEYS and words.SAYS_ERROR.search(text))
    return len(text) < 2000 and bool(said)


def _is_meaningful(value: Any) -> bool:
    """Whether an error field holds an error: not null, false, empty, ``none`` or ``ok``."""
    if isinstance(value, str):
        return value.strip().lower() not in words.NOTHING
    if isinstance(value, dict):
        return any(_is_meaningful(one) for one in value.values())
    if isinstance(value, list):
        return any(_is_meaningful(one) for one in value)
    return bool(value)
