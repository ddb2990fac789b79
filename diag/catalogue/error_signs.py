"""The fields of an answer that tell of an error, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from diag.catalogue.entries import answers as words
from diag.catalogue.parts import Field, fields, is_aside, is_present, is_talk, letters, remembered
from diag.catalogue.reading import Leaf, parse

_LONG = 2_000  # characters: nobody tells of an error at such length
_TELLING = frozenset[str]().union(
    words.SUCCESS_KEYS, words.VALID_KEYS, words.ERROR_FLAGS, words.STATUS_KEYS, words.REFUSING_KEYS,
    words.ENDING_KEYS, words.STATE_KEYS, words.TEXT_KEYS, {"code"},
)  # fmt: skip


def errors(document: Any) -> list[Leaf]:
    """The leaves that tell of an error: the signs themselves, and what stands beside them to explain."""
    found: list[Leaf] = []
    if isinstance(document, str) and words.SAYS_ERROR.search(document):
        found.append(Leaf("", "", document))
    _gather(found, document, "", 0)
    return found


def _gather(found: list[Leaf], document: Any, path: str, depth: int) -> None:
    if depth >= words.DEEP or is_aside(path):
        return
    if isinstance(document, dict):
        found += object_errors(document, path)
        for name, value in document.items():
            if isinstance(value, dict | list):
                _gather(found, value, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(document, list):
        for index, value in enumerate(document[: words.WIDE]):
            if isinstance(value, dict | list):
                _gather(found, value, f"{path}[{index}]", depth + 1)


def object_errors(document: Mapping[Any, Any], path: str) -> list[Leaf]:
    """The error leaves that one object itself holds."""
    named = {str(key): value for key, value in document.items()}
    signs = [
        key
        for key, value in named.items()
        if (is_sign(key, value, named) if _may_tell(key) else isinstance(value, str) and _declines(value.strip()))
    ]
    return list(_told(named, signs, f"{path}." if path else "")) if signs else []


def _told(named: Mapping[str, Any], signs: list[str], prefix: str) -> Iterator[Leaf]:
    for key in signs:
        yield from _opened(named[key], f"{prefix}{key}", key)
    for key in named:
        if key not in signs and key.lower() in words.EXPLAINING and isinstance(named[key], str | int):
            yield from _opened(named[key], f"{prefix}{key}", key)


def is_error(value: Mapping[Any, Any]) -> bool:
    """Whether an object is an error rather than a result (``{"category": "error", ...}``)."""
    return any(object_errors(value, ""))


def complaints(all_fields: list[Field]) -> Iterator[Leaf]:
    """Where one or two short texts are all that came, and they complain, the answer is an error."""
    told = [field for field in all_fields if isinstance(field[-1], str) and _is_told(field)]
    others = any(
        not isinstance(field[-1], str) and not is_talk(field) and is_present(field[-1]) for field in all_fields
    )
    if len(told) <= 2 and not others and any(_complains(key, value) for _, key, value in told):
        yield from (Leaf(path, key, value) for path, key, value in told)


def _is_told(field: Field) -> bool:
    """Whether a text is there and says something of the matter."""
    _, key, text = field
    return bool(text.strip()) and (key in words.TEXT_KEYS or not is_talk(field))


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
    return bool(http and words.HTTP_ERROR.fullmatch(str(value))) or _is_telling(name, key, value)


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
def _may_tell(key: str) -> bool:
    """Whether a field of this name could be a sign by anything but a text that declines: most could not."""
    name = key.lower()
    return name in _TELLING or bool(words.ERROR_KEY.match(key)) or _ends_in_error(key)


@remembered
def _ends_in_error(key: str) -> bool:
    return bool(words.ERROR_END.search(letters(key)))


def _is_telling_text(name: str, text: str) -> bool:
    if name in words.STATE_KEYS and text.lower() in words.BAD_STATES:
        return True
    return _declines(text) or (len(text) < _LONG and name in words.TEXT_KEYS and bool(words.SAYS_ERROR.search(text)))


def _declines(text: str) -> bool:
    return len(text) < _LONG and bool(words.DECLINES.match(text))


def _is_meaningful(value: Any) -> bool:
    """Whether an error field holds an error: not null, false, empty, ``none`` or ``ok``."""
    if isinstance(value, str):
        return value.strip().lower() not in words.NOTHING
    if isinstance(value, dict):
        return any(_is_meaningful(one) for one in value.values())
    if isinstance(value, list):
        return any(_is_meaningful(one) for one in value)
    return bool(value)
