"""Looking into an answer of success: is it what it claims to be?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diag.catalogue.entries import answers as words
from diag.catalogue.error_signs import complaints, errors, is_error
from diag.catalogue.parts import Field, at, fields, has_result, is_aside, is_present, is_talk, letters, remembered
from diag.catalogue.reading import Leaf, Reading


@dataclass(frozen=True, slots=True)
class Look:
    """What an answer of success holds.

    ``errors``: the leaves that tell of an error; ``warnings``: those of its warnings. ``parts``: required part ->
    whether it is there. ``content``: whether anything usable came. ``paused``, ``cached``, ``unfinished``: the leaf
    that says so, or None. ``claims``: whether the answer says itself that it succeeded.
    """

    errors: tuple[Leaf, ...]
    warnings: tuple[Leaf, ...]
    parts: Mapping[str, bool]
    content: bool
    paused: Leaf | None
    cached: Leaf | None
    unfinished: Leaf | None
    claims: bool


def reading_of(leaves: Sequence[Leaf]) -> Reading:
    """Some leaves of an answer, as a reading for the rules."""
    return Reading("", None, True, False, lambda: leaves)


def look(document: Any, requires: Sequence[str]) -> Look:
    """Look into the JSON document of an answer."""
    every = fields(document)
    found = tuple(dict.fromkeys([*errors(document), *_spoilt(document, requires)]))
    if not found and not requires:
        found = tuple(complaints(every))
    parts = {path: _is_usable(at(document, path)) for path in requires}
    top = _top(document)
    return Look(
        errors=found,
        warnings=tuple(Leaf(path, key, value) for path, key, value in every if _is_warning(path, value)),
        parts=parts,
        content=any(parts.values()) or (not requires and has_result(_without(every, found))),
        paused=next(_paused(every), None),
        cached=next(_cached(every), None),
        unfinished=next(_waiting(top), None) or next(_to_ask_later(every), None),
        claims=top.get("success") is True or top.get("ok") is True,
    )


def _top(document: Any) -> dict[str, Any]:
    """The object at the top, with lower-case names; of a stream the last one."""
    last = document[-1] if isinstance(document, list) and document else document
    return {str(key).lower(): value for key, value in last.items()} if isinstance(last, dict) else {}


def _is_usable(value: Any) -> bool:
    """Empty lists, texts and objects are missing, and so is an object or a text that is itself an error."""
    if isinstance(value, dict):
        return not is_error(value) and is_present(value)
    if isinstance(value, list):
        return any(_is_usable(one) if isinstance(one, dict) else is_present(one) for one in value)
    return is_present(value) and not (isinstance(value, str) and words.SAYS_ERROR.match(value))


def _spoilt(document: Any, requires: Sequence[str]) -> Iterator[Leaf]:
    """Required parts that are a text telling of an error."""
    for path in requires:
        value = at(document, path)
        if isinstance(value, str) and words.SAYS_ERROR.match(value):
            yield Leaf(path, path, value)


def _without(every: list[Field], found: Sequence[Leaf]) -> list[Field]:
    """The fields that are not part of an error."""
    told = {leaf.path for leaf in found}
    return [(path, key, value) for path, key, value in every if path not in told]


def _is_warning(path: str, value: Any) -> bool:
    return isinstance(value, str) and "warning" in path.lower() and bool(value.strip())


def _is_true(value: Any) -> bool:
    return value == 1 or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "hit", "1"))


def _paused(every: list[Field]) -> Iterator[Leaf]:
    for path, key, value in every:
        if not _may_pause(key) or is_aside(path):
            continue
        if key in words.PAUSE_KEYS and _is_true(value):
            yield Leaf(path, key, "true")
        elif value is False and letters(key) in words.SWITCH_KEYS and "." not in path:
            yield Leaf(path, key, "false")
        elif path.count(".") <= 1 and isinstance(value, str) and _says_paused(key, value):
            yield Leaf(path, key, value)


@remembered
def _may_pause(key: str) -> bool:
    """Whether any value of a field of this name could say so: what most fields do not is not asked for each value."""
    named = key in words.PAUSE_KEYS or letters(key) in words.SWITCH_KEYS
    return named or key in words.STATE_NAMES | words.REASONS


def _says_paused(key: str, value: str) -> bool:
    if key in words.STATE_NAMES and value.strip().lower() in words.PAUSED_STATES:
        return True
    return key in words.REASONS and len(value) < 400 and bool(words.PAUSED.search(value))


def _cached(every: list[Field]) -> Iterator[Leaf]:
    for path, key, value in every:
        if not _may_be_cached(key):
            continue
        name = letters(key)
        if _is_true(value) and (words.CACHE_KEY.match(name) or (name == words.HIT_KEY and _of_a_cache(path))):
            yield Leaf(path, key, "true")
        elif value and words.CACHE_AGE.match(name):
            yield Leaf(path, key, str(value))
        elif isinstance(value, str) and len(value) < 400 and _says_cached(key, value):
            yield Leaf(path, key, value)


@remembered
def _may_be_cached(key: str) -> bool:
    """Whether any value of a field of this name could say so."""
    name = letters(key)
    said = name in words.CACHE_PLACES or key in words.REASONS
    return said or name == words.HIT_KEY or bool(words.CACHE_KEY.match(name) or words.CACHE_AGE.match(name))


def _of_a_cache(path: str) -> bool:
    """``hit`` at the top, or below something that is called a cache."""
    return "." not in path or "cache" in path.lower()


def _says_cached(key: str, value: str) -> bool:
    if letters(key) in words.CACHE_PLACES and words.CACHED_WORD.match(value.lower().replace("_", " ")):
        return True
    said = words.STALE.search(value) or value.lower() in ("cached", "already_processed", "already_analyzed")
    return key in words.REASONS and bool(said)


def _waiting(top: Mapping[str, Any], path: str = "") -> Iterator[Leaf]:
    """States, messages and flags of the answer, or of the object that stands for it, that say: not done yet."""
    for key, value in top.items():
        name, place = letters(key), f"{path}{key}"
        if name in words.WAITING_KEYS and isinstance(value, str) and _says_waiting(value.strip().lower()):
            yield Leaf(place, key, value)
        elif (_is_some(value) and name in words.WAITING_FLAGS) or (value is False and name in words.DONE_FLAGS):
            yield Leaf(place, key, str(value).lower())
        elif isinstance(value, dict) and not path and name in words.WAITING_BRANCHES:
            yield from _waiting(value, f"{key}.")


def _is_some(value: Any) -> bool:
    """``true``, or a number of things that wait."""
    return isinstance(value, int) and value > 0


def _says_waiting(text: str) -> bool:
    return text in words.WAITING or bool(words.WAITING_TEXT.match(text))


def _to_ask_later(every: list[Field]) -> Iterator[Leaf]:
    """A job's number with nothing else beside it."""
    if all(_is_job(key) or not is_present(value) or is_talk((path, key, value)) for path, key, value in every):
        for path, key, value in every:
            if _is_job(key) and is_present(value) and letters(key) not in ("status", "requestid"):
                yield Leaf(path, key, str(value))


@remembered
def _is_job(key: str) -> bool:
    return bool(words.JOB_KEY.match(letters(key)))
