"""How a stored value differs from the local one, found by trying: only digests are known of what is stored. Pure.

The Management API lists the plain SHA-256 of each value's UTF-8 text, so every usual accident of copying can be made
on purpose and its digest compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import product

EMPTY = hashlib.sha256(b"").hexdigest()

_QUOTES = (("", ""), ('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("<", ">"))
_BEFORE = {
    "": "", " ": "a blank before it", "\t": "a tab before it", "\n": "a line break before it",
    "\ufeff": "a byte order mark before it",
    "Bearer ": "the word Bearer before it", "bearer ": "the word Bearer before it",
}  # fmt: skip
_AFTER = {
    "": "", "\n": "a line break at its end", "\r\n": "a Windows line break (CRLF) at its end",
    "\r": "a carriage return at its end", " ": "a blank at its end", "\t": "a tab at its end",
    ",": "a comma at its end", ";": "a semicolon at its end", "\\n": "the two characters \\n at its end",
}  # fmt: skip
_EXAMPLES = (
    "changeme", "change-me", "change_me", "placeholder", "secret", "password", "test", "todo", "TODO", "tbd", "xxx",
    "xxxx", "none", "None", "null", "undefined", "your-key", "your_key", "your-api-key", "your_api_key", "YOUR_API_KEY",
    "your-key-here", "your_key_here", "your-api-key-here", "your_api_key_here", "sk-xxx", "sk-...", "sk-your-key",
    "sk-proj-xxx", "sk-proj-...", "your-openai-api-key", "your-openai-key", "your_openai_api_key", "your-secret-key",
    "your-access-key", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "...", "***", "-",
)  # fmt: skip


def digest_of(value: str) -> str:
    """SHA-256 in hex of the UTF-8 text."""
    return hashlib.sha256(value.encode()).hexdigest()


def alteration(digest: str, value: str, name: str) -> str | None:
    """What was added to (or lost from) ``value`` on its way into the project, in words that follow "the local value
    with"; None where no usual accident explains the digest."""
    return next((told for spoilt, told in _accidents(value, name) if digest_of(spoilt) == digest), None)


def _accidents(value: str, name: str) -> Iterator[tuple[str, str]]:
    named = {f"{name}=": "its own name before it", f"export {name}=": "its own name before it"}
    for (opening, closing), before, after in product(_QUOTES, (*_BEFORE, *named), _AFTER):
        quoted = f"{opening}{value}{closing}"
        words = ({**_BEFORE, **named}[before], "quotes around it" if opening else "", _AFTER[after])
        told = " and ".join(word for word in words if word)
        if told:
            yield f"{before}{quoted}{after}", told
    yield value[:-1], "its last character cut off"
    yield value[1:], "its first character cut off"
    yield value * 2, "itself once more (it was pasted twice)"


def placeholder_phrase(digest: str, name: str) -> str | None:
    """The example text that was stored in place of a value, or None. Such a text is no secret."""
    return next((text for text in _examples(name) if digest_of(text) == digest), None)


def _examples(name: str) -> Iterator[str]:
    yield from _EXAMPLES
    words = name.lower().replace("_", "-")
    yield from (name, f"<{name}>", f"${name}", f"${{{name}}}", f"env({name})", f"<{words}>", f"<your-{words}>")
    yield from (
        f"your-{words}",
        f"your_{name.lower()}",
        f"YOUR_{name}",
        f"your-{words}-here",
        f"your_{name.lower()}_here",
    )
