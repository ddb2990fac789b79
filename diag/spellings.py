"""How a secret may be written when it comes back: encoded by a URL, by JSON, by HTML, in hexadecimal, in base64 at any
place of a longer text (as inside of a JWT or of a Basic header). Pure."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Characters of a spelling that is looked for: shorter ones would tear ordinary words out of plain text."""
_LONG = 16


def spellings(value: str) -> set[str]:
    """Every way in which the whole value may be written."""
    stripped = value.strip().strip("\"'")
    in_json = json.dumps(stripped, ensure_ascii=False)[1:-1]  # as in the claims of a JWT
    found = {value, stripped, *_escaped(stripped), *based(stripped), *based(in_json)}
    if not value.isascii():
        found |= {*_in_other_alphabets(stripped)}
    elif len(stripped) >= _LONG and any(letter.isdigit() for letter in stripped):  # no word
        found |= {stripped.lower(), stripped.upper()}  # a host and a header lose their capitals
    return {spelling for spelling in found if len(spelling) >= SHORTEST}


def _in_other_alphabets(value: str) -> Iterator[str]:
    """As bytes that Python shows, as UTF-8 that somebody took for Latin-1, and as two systems spell accents."""
    raw = value.encode("utf-8", "surrogatepass")
    yield from (repr(raw)[2:-1], raw.decode("latin-1"), raw.decode("cp1252", "replace"))
    yield from (unicodedata.normalize("NFC", value), unicodedata.normalize("NFD", value))


def _escaped(value: str) -> Iterator[str]:
    once = quote(value, safe="")
    raw = value.encode("utf-8", "surrogatepass")
    yield from (once, quote_plus(value), quote(value), quote(once, safe=""))
    yield from (_lower(once), _lower(quote_plus(value)))
    in_json = json.dumps(value)[1:-1]
    yield from (in_json, in_json.replace("/", "\\/"), json.dumps(in_json)[1:-1])
    yield from (json.dumps(value, ensure_ascii=False)[1:-1], html.escape(value), repr(value)[1:-1])
    yield from (raw.hex(), raw.hex().upper())


def _lower(quoted: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quoted)


def based(value: str) -> Iterator[str]:
    """Base64 of a text in which the value begins at the first, second or third byte of a group: of each what depends
    on nothing but the value, in both alphabets."""
    raw = value.encode("utf-8", "surrogatepass")
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + raw).decode()
        certain = whole[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
        yield from (certain, certain.translate(_URL_SAFE))


_URL_SAFE = str.maketrans("+/", "-_")
