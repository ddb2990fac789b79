"""What looks wrong about a value as it was written: left-over quotes, line breaks, a placeholder. Pure.

Phrases name the fault, never the value.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"""
    <[^<>]*> | \[[A-Za-z _-]+\] | \{\{[^{}]*\}\}                      # <your key>, [YOUR-PASSWORD], {{ key }}
    | x{3,} | \.{3,} | …+ | \*{3,}
    | (?:your|my|the|insert|enter|add|put|paste|replace|example|sample|dummy|fake|placeholder|some)
      (?:[-_ ][a-z0-9_ -]*)?
    | change[-_ ]?(?:me|this).* | to-?do | tbd | none | null | undefined
    | secret | password | redacted | test | foo | bar
    | (?:sk|sb_secret|sb_publishable|sbp|eyj)[-_.]*(?:proj-)?(?:x{3,}|\.{2,}|…|your.*|\*{3,}|replace.*|example.*)
    | [a-z0-9_]+[-_](?:key|token|url|ref|id)[-_]here
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLACEHOLDER_HOST = re.compile(
    r"https?://(?:<[^>]*>|x{3,}|(?:your|my-|example)[a-z0-9-]*|\[[^\]]*\]|project[-_]?(?:ref|id))\.supabase\..*",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(r"KEY|SECRET|TOKEN|PASS|_PWD|PWD_|CREDENTIAL|PRIVATE|DSN|SALT|HMAC|SIGNING", re.IGNORECASE)
_PASSWORD_NAME = re.compile(r"PASS|_PWD|PWD_|SECRET", re.IGNORECASE)
_PASSWORD = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[^/\s].{7,}")  # people choose short ones; a path is none
_SHORTEST_SECRET = 16  # shorter values of unknown variables are words that redaction would tear out of plain text
_QUOTES = "\"'`“”‘’"


def is_placeholder(value: str) -> bool:
    """Whether the value is what an example file holds in place of the real one."""
    shortened = value.strip().strip(_QUOTES)[:400]
    return bool(_PLACEHOLDER.fullmatch(shortened) or _PLACEHOLDER_HOST.fullmatch(shortened))


def faults(value: str) -> tuple[str, ...]:
    """The faults of a raw value, each a phrase that follows "holds"."""
    bare = value.strip("\ufeff \t\r\n")
    found = (
        ("\ufeff" in value, "a byte order mark"),
        ("\r" in value, "a carriage return (Windows line ending)"),
        ("\n" in value, "a line break"),
        (bare not in ("", value.strip("\ufeff\r\n")), "blanks at its ends"),
        (bare.strip(_QUOTES) != bare, "surrounding quotes"),
        (bare.strip(_QUOTES).lower().startswith("bearer "), "the word Bearer before the value"),
    )
    return tuple(phrase for seen, phrase in found if seen)


def tidy(value: str) -> str:
    """The value without those faults: what nukediag itself goes on with (and says so)."""
    bare = value.strip("\ufeff \t\r\n").strip(_QUOTES).strip()
    bare = bare[7:].strip() if bare.lower().startswith("bearer ") else bare
    return re.sub(r"[\r\n\ufeff]", "", bare)


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable that nukediag does not know holds a secret, by its name and its value."""
    long_enough = len(value) >= _SHORTEST_SECRET and any(letter.isdigit() for letter in value)
    password = _PASSWORD_NAME.search(name) and _PASSWORD.fullmatch(value)
    return bool((_SECRET_NAME.search(name) and long_enough) or password)
