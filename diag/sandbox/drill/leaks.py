"""Finding pieces of secrets in an answer. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from diag.diagnosis import Answer
from diag.sandbox.drill.model import Leak
from diag.secret import Secret

_SHORTEST: Final = 8  # characters; shorter pieces occur by chance
_LONGEST: Final = 1 << 20  # characters of one text that are searched
_PUBLIC: Final = ("SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_PUBLISHABLE_KEYS", "SUPABASE_JWKS", "AWS_REGION")
_PUBLIC_PREFIXES: Final = ("SB_", "DENO_")
_CREDENTIAL: Final = re.compile(r"KEY|SECRET|TOKEN|PASS|CREDENTIAL|PRIVATE|SIGNATURE|DSN|SALT", re.IGNORECASE)


def secrets_in(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """A worker's variables as the secrets among them (name -> value) and the texts that everybody may see."""
    public = [value for name, value in environment.items() if _is_public(name)]
    return {name: part for name, value in environment.items() for part in _parts(name, value)}, public


def _is_public(name: str) -> bool:
    return name in _PUBLIC or name.startswith(_PUBLIC_PREFIXES)


def _parts(name: str, value: str) -> list[str]:
    """The secret in a variable: the password of a URL, the one key of a JSON object, or the value itself."""
    if _is_public(name) or len(value) < _SHORTEST:
        return []
    value = value.strip().strip("\"'")  # a value that was pasted with its quotes is the same secret
    if "://" in value:
        password = urlsplit(value).password
        return [password] if password else []
    if value.startswith("{"):
        return [part for _, part in _leaves(_parsed(value)) if len(part) >= _SHORTEST]
    return [value] if Secret(value).kind or _CREDENTIAL.search(name) else []


def find_leaks(answer: Answer, secrets: Mapping[str, str], public: Iterable[str]) -> tuple[Leak, ...]:
    """The pieces of eight and more characters of any secret in body or headers, longest first; what also stands in a
    public text (a type prefix, the head that all JWTs share, the anon key) gives nothing away."""
    known = list(public)
    found = [leak for where, text in _texts(answer) for leak in _in_text(where, text, secrets, known)]
    longest: dict[tuple[str, str], Leak] = {}
    for leak in sorted(found, key=lambda each: each.characters):
        longest[leak.where, leak.secret] = leak
    by_piece = {(leak.where, leak.piece): leak for leak in longest.values()}  # two names may have one value
    return tuple(sorted(by_piece.values(), key=lambda each: -each.characters))


def _in_text(where: str, text: str, secrets: Mapping[str, str], public: list[str]) -> Iterator[Leak]:
    grams = {text[at : at + _SHORTEST] for at in range(len(text) - _SHORTEST + 1)}
    for name, value in secrets.items():
        known = [*public, Secret(value).kind, value.partition(".")[0] if value.startswith("eyJ") else ""]
        for piece in _runs(value, text, grams):
            if not any(piece in each for each in known):
                yield Leak(where, name, len(piece), piece)


def _runs(value: str, text: str, grams: set[str]) -> Iterator[str]:
    """The longest pieces of the value that stand in the text."""
    start = 0
    while start <= len(value) - _SHORTEST:
        if value[start : start + _SHORTEST] not in grams:
            start += 1
            continue
        end = start + _SHORTEST
        while end < len(value) and value[start : end + 1] in text:
            end += 1
        yield value[start:end]
        start = end - _SHORTEST + 1


def _texts(answer: Answer) -> Iterator[tuple[str, str]]:
    body = answer.body if isinstance(answer.body, str) else answer.body.decode(errors="replace")
    document = _parsed(body)
    if isinstance(document, dict | list):
        yield from ((path or "body", text[:_LONGEST]) for path, text in _leaves(document))
    else:
        yield "body", body[:_LONGEST]
    yield from ((f"header {name}", value) for name, value in answer.headers.items())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a document (names of fields too), each with where it stands."""
    waiting = [(path, value)]
    while waiting:
        where, each = waiting.pop()
        if isinstance(each, dict):
            waiting += [(f"{where}.{name}".lstrip("."), inner) for name, inner in each.items()]
            yield from ((f"{where}.{name}".lstrip("."), str(name)) for name in each)
        elif isinstance(each, list):
            waiting += [(f"{where}[{at}]", inner) for at, inner in enumerate(each)]
        elif isinstance(each, str):
            yield where, each
