"""The words that every part of nukediag uses for what happened to one call, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

_EMPTY: Mapping[str, str] = MappingProxyType({})


class Verdict(StrEnum):
    """``ok``: fresh work was done, so the credentials it used are proven. ``degraded``: an answer came, but a part
    is missing. ``failed``: no usable result. ``inconclusive``: the answer proves nothing about the credentials."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


class Scope(StrEnum):
    """``project``: every call will fail alike until somebody mends it. ``item``: this row only. ``transient``:
    likely to pass later, unchanged."""

    PROJECT = "project"
    ITEM = "item"
    TRANSIENT = "transient"


class Headers(dict[str, str]):
    """Headers by their names in lower case: each is found at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call brought back: an HTTP response, or the failure of nukediag's own connection that came instead.

    ``status`` is the HTTP status, or None where there was no response or it is not known (pasted text).
    ``headers`` are looked up without regard to case by the classifier. ``body`` is raw (bytes or text, any size; the
    classifier cuts it). ``failure`` is a ``network.*`` signature id, set by the module that made the call, with the
    exception's redacted text in ``failure_text``. ``duration_ms`` counts from the start of the call.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    body: bytes | str = b""
    failure: str | None = None
    failure_text: str = ""
    duration_ms: float = 0.0

    @property
    def succeeded(self) -> bool:
        """Whether its status is one of success."""
        return self.status is not None and 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name."""
        wanted = name.lower()
        if isinstance(self.headers, Headers):
            return self.headers.get(wanted)
        for key, value in self.headers.items():  # no generator: this is asked seven times for each answer
            if key.lower() == wanted:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Evidence:
    """``where`` the text was found (``status``, ``header sb-error-code``, ``body error.message`` ...) and the
    ``text``, redacted and cut to a readable length."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way to mend it: what it does, the command to copy (or None), the vendor's page (or None)."""

    text: str
    command: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one answer means.

    ``signature`` is an id of the catalogue, ``component`` its first word. ``scope`` is None for ``function.ok`` and
    ``function.cached``. ``others`` are further causes that were seen, most telling first. ``parts`` tells for each
    required part of a full answer whether it was there (empty where none are required or the answer is no 2xx).
    ``retry_after`` is the wait that the answer asked for, in seconds, or None.
    """

    verdict: Verdict
    signature: str
    scope: Scope | None
    title: str
    remedies: tuple[Remedy, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    others: tuple[str, ...] = ()
    parts: Mapping[str, bool] = field(default_factory=dict)
    retry_after: float | None = None

    @property
    def component(self) -> str:
        """Who is at fault: the first word of the signature id."""
        return self.signature.partition(".")[0]
