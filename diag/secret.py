"""Secret values that cannot be printed by accident, and the redactor through which everything from outside passes.

The rule: no value of a secret reaches a terminal, a log, a file, a report or a test snapshot, in whole or in part,
beyond its type prefix and the first 8 hexadecimal digits of its SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NoReturn

from diag.spellings import SHORTEST, based, spellings

_TYPE_PREFIXES = (
    "sb_publishable_", "sb_secret_", "sbp_oauth_", "sbp_v0_", "sbp_fc", "sbp_",
    "sk-svcacct-", "sk-proj-", "sk-admin-", "sk-ant-", "sk-", "AKIA", "ASIA", "AIza", "AQ.", "eyJ",
)  # fmt: skip
_ONE_CREDENTIAL = re.compile(r"[A-Za-z0-9+/=_.-]+")
# Only here can a piece stand. Most of an answer is shorter words, which need no look at each of their characters.
_RUN = re.compile(rf"[A-Za-z0-9+/=_.-]{{{SHORTEST},}}")
_LONG = 20  # a value without a type prefix that is at least so long may be a credential in pieces
# So may one of hexadecimal digits, or of small letters and digits.
_SMALL = re.compile(r"(?=(?:[a-z]*\d){4})[a-z0-9]{24,}")

# What may stand in the middle of a value that is shown: escape sequences of a terminal, invisible characters, the end
# of a line with the indentation or the quotation mark of the next.
_INVISIBLE = "\x1b\\[[0-9;:?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff]"
_BREAK = re.compile(rf"{_INVISIBLE}|\\?\r?\n")
_INDENTED_BREAK = re.compile(rf"{_INVISIBLE}|\\?\r?\n[ \t>|]*")

# Shapes that are credentials wherever they stand, also when nukediag never held their value.
_SHAPES = re.compile(
    r"""
    (?<![A-Za-z0-9])  # not the end of a longer word: "task-list-of-items" holds no key
    (?: sb_(?:publishable|secret)_[A-Za-z0-9_-]{6,}
      | sbp_[A-Za-z0-9_]{16,}
      | sk-[A-Za-z0-9_*-]{10,}  # OpenAI echoes a wrong key with stars in its middle
      | (?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{4,}
      | [A-Z0-9]{4,128}(?=/\d{8}/[a-z]{2}-)  # what AWS repeats of a key id with a blank in it
      | AIza[A-Za-z0-9_-]{20,}
      | AQ\.[A-Za-z0-9_-]{20,}
      | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?
      | ya29\.[A-Za-z0-9_-]{16,}  # Google's access tokens
    )
    | -----BEGIN\ [A-Z\ ]{0,20}PRIVATE\ KEY-----  # whole or cut off; JSON writes its line ends as letters
      (?:(?:\\++[nr]|\s)*+[A-Za-z0-9+/=]{16,}+)*+
      (?:(?:\\++[nr]|\s)*+[A-Za-z0-9+/=]++)?+
    | (?<=[Bb]earer[ ])(?=[A-Za-z._~+/=-]*\d)[\w.~+/=-]{16,}
    | (?<=[Bb]asic[ ])(?=[A-Za-z+/]*[\d=])[A-Za-z0-9+/]{12,}={0,2}
    | (?<=://)[^\s/@:]{1,256}:[^\s/@]{1,256}(?=@)  # user:password in a URL
    | (?<=[?&]token=)[^&\s"']{8,}
    | (?<=[?&]X-Amz-Signature=)[0-9a-fA-F]{16,}
    | (?<=[?&]key=)[^&\s"']{16,}
    | (?<=Credential=)[^,'"]{1,300}?(?=/\d{8}/)  # AWS repeats an Authorization header that it cannot read
    """,
    re.VERBOSE,
)

# Without one of these there is no such shape; to look for them costs a tenth of what the shapes cost. "/" stands for
# the scope of AWS, which is a date between two of them.
_SIGNS = (
    "sb_", "sbp_", "sk-", "AKIA", "ASIA", "AROA", "AIDA", "AIza", "AQ.", "eyJ",
    "ya29.", "PRIVATE KEY", "earer ", "asic ", "://", "token=", "X-Amz-Signature=", "key=",
)  # fmt: skip
_DATE = re.compile(r"/\d{8}/")

# The same words where AWS repeats them alone: whatever stands before the scope of a signature is a key, whole or not.
_WORD = re.compile(r"""[^\s'"=,]++""")
_SCOPE = re.compile(r"/\d{8}/[\w-]{1,40}/[\w-]{1,40}/aws4_request")


class Secret:
    """A value that is only ever seen masked. ``reveal()`` is the one way to the value, for the wire."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The value itself: for a request header or a child's environment, never for text."""
        return self.__value

    @property
    def fingerprint(self) -> str:
        """The first 8 hexadecimal digits of the value's SHA-256."""
        return self.digest[:8]

    @property
    def digest(self) -> str:
        """SHA-256 of the UTF-8 text in lower-case hex, as the Management API lists it. Guessable values can be
        found from it, so it is compared and never shown."""
        return hashlib.sha256(self.__value.encode()).hexdigest()

    @property
    def kind(self) -> str:
        """The public type prefix (``sk-proj-``, ``sb_secret_``, ``eyJ`` ...), or an empty text."""
        return next((prefix for prefix in _TYPE_PREFIXES if self.__value.startswith(prefix)), "")

    @property
    def masked(self) -> str:
        """What may be shown: type prefix and fingerprint."""
        return f"{self.kind}…[sha256 {self.fingerprint}]"

    def matches(self, other: str) -> bool:
        """Whether ``other`` is the same value, in constant time."""
        return hmac.compare_digest(self.__value.encode(), other.encode())

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        raise TypeError("secrets are compared with matches()")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not serialised")


class Redactor:
    """Takes credentials out of text. Knows the values it was told (``learn``), in the spellings in which they come
    back (URL-encoded, JSON-escaped, base64 ...), broken by lines or escape sequences, and in pieces; and the shapes
    that are credentials anyway."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Know no values any more; the shapes stay."""
        self._spellings: dict[str, str] = {}
        self._pieces: dict[str, str] = {}

    def learn(self, *secrets: Secret) -> None:
        """Remember values to take out from now on."""
        for secret in secrets:
            for spelling in spellings(secret.reveal()):
                self._spellings[spelling] = secret.masked
            self._pieces.update(dict.fromkeys(_pieces(secret), f"{secret.kind}…"))
        # The longest first: of two values of which one holds the other, the whole is named.
        self._spellings = {one: self._spellings[one] for one in sorted(self._spellings, key=len, reverse=True)}

    def __call__(self, text: str) -> str:
        """The text without credentials: a known value becomes its mask, a known shape becomes its prefix. Half of a
        character (a lone surrogate, which JSON can spell) becomes U+FFFD: nothing that is written can hold it."""
        if not text.isascii():
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        for spelling, mask in self._spellings.items():
            if spelling in text:
                text = text.replace(spelling, mask)
        if self._spellings and _BREAK.search(text):
            text = self._without_broken(self._without_broken(text, _INDENTED_BREAK), _BREAK)
        if "aws4_request" in text:
            text = _WORD.sub(_mask_scoped, text)
        if _DATE.search(text) or any(sign in text for sign in _SIGNS):
            text = _SHAPES.sub(_mask_shape, text)
        return self._without_pieces(text)

    def _without_broken(self, text: str, by: re.Pattern[str]) -> str:
        """Values that a line's end or a terminal's escape sequence goes through."""
        joined, place = _joined(text, by)
        found = [
            (at, at + len(spelling), mask)
            for spelling, mask in self._spellings.items()
            for at in _places(spelling, joined)
        ]
        kept, done = list[str](), 0
        for start, end, mask in sorted(found):
            if place(start) >= done:
                kept += [text[done : place(start)], mask]
            done = max(done, place(end - 1) + 1)
        return "".join(kept) + text[done:]

    def _without_pieces(self, text: str) -> str:
        """A function may repeat a key's beginning, or a server half of a key that was pasted with a blank in it."""
        return _RUN.sub(lambda run: self._masked_run(run[0]), text) if self._pieces else text

    def _masked_run(self, text: str) -> str:
        kept, done, at = list[str](), 0, 0
        while at + SHORTEST <= len(text):
            mask = self._pieces.get(text[at : at + SHORTEST])
            if mask is None:
                at += 1
                continue
            kept += [text[done:at], mask]
            at = done = self._end_of_piece(text, at)
        return "".join(kept) + text[done:]

    def _end_of_piece(self, text: str, at: int) -> int:
        while text[at + 1 : at + 1 + SHORTEST] in self._pieces:
            at += 1
        return at + SHORTEST


def _joined(text: str, by: re.Pattern[str]) -> tuple[str, Callable[[int], int]]:
    """The text without its breaks, and where each of its characters stands in the text with them."""
    starts, removed = list[int](), [0]
    for found in by.finditer(text):
        starts.append(found.start() - removed[-1])
        removed.append(removed[-1] + found.end() - found.start())
    return by.sub("", text), lambda at: at + removed[bisect_right(starts, at)]


def _places(spelling: str, text: str) -> Iterator[int]:
    at = text.find(spelling)
    while at >= 0:
        yield at
        at = text.find(spelling, at + len(spelling))


def _pieces(secret: Secret) -> Iterator[str]:
    """Every 8 characters in a row of a value that is long and mixed enough for them to stand nowhere else, and of its
    base64. What lies within the public type prefix is none."""
    value, public = secret.reveal().strip().strip("\"'"), len(secret.kind)
    if not _ONE_CREDENTIAL.fullmatch(value):
        # A connection string, a PEM block or a JSON text is no single credential: a host or a name in it stands in
        # other texts, a key in it (that of a service account) does not.
        words, public = [word for word in _RUN.findall(value) if _is_random(word)], 0
    else:
        words = [value] if secret.kind or _is_random(value) else []
    for word in words:
        yield from _windows(word, max(0, public - SHORTEST + 1))
        for encoded in based(word[public:]):
            yield from _windows(encoded)


def _is_random(value: str) -> bool:
    mixed = any(letter.isdigit() for letter in value) and any(letter.isupper() for letter in value)
    return (len(value) >= _LONG and mixed) or _SMALL.fullmatch(value) is not None


def _windows(text: str, first: int = 0) -> Iterator[str]:
    return (text[at : at + SHORTEST] for at in range(first, len(text) - SHORTEST + 1))


def _mask_scoped(found: re.Match[str]) -> str:
    scope = _SCOPE.search(found[0])
    return f"{Secret(found[0]).kind}…{found[0][scope.start() :]}" if scope else found[0]


def _mask_shape(found: re.Match[str]) -> str:
    return f"{Secret(found[0]).kind}…"


redact = Redactor()
"""The process's redactor: settings teach it every secret they read; every sink (terminal, log, journal, report) and
every text from outside goes through it."""
