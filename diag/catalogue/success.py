"""Looking into an answer of success: is it what it claims to be?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diag.catalogue.reading import Leaf, Reading, assemble, parse

_DEEP = 8
_NOTHING = ("", "none", "null", "no", "false", "n/a", "ok", "0", "undefined", "unknown")
_ERROR_KEY = re.compile(
    r"^(?:errors?|err|exceptions?|failures?|failed|fault|__type|\$fault|error_?(?:message|description|detail|code|type|subject|reason|text|info)s?|last_?error|\w+_error|\w+error)$",
    re.IGNORECASE,
)
_BAD_STATES = {
    "error",
    "errored",
    "failed",
    "failure",
    "fail",
    "rejected",
    "ko",
    "unsuccessful",
    "exception",
    "timeout",
    "timed_out",
    "crashed",
    "aborted",
}
_STATE_KEYS = {"status", "state", "result", "outcome", "category", "type", "kind", "verdict"}
_WAITING = {
    "processing",
    "queued",
    "pending",
    "in_progress",
    "in-progress",
    "accepted",
    "started",
    "running",
    "enqueued",
    "scheduled",
    "inprogress",
    "submitted",
    "starting",
    "working",
    "not_ready",
    "waiting",
    "analyzing",
    "deferred",
}
_CACHE_KEYS = {
    "cached",
    "from_cache",
    "fromcache",
    "is_cached",
    "iscached",
    "cache_hit",
    "cachehit",
    "already_processed",
    "already_analyzed",
    "alreadyprocessed",
    "alreadyanalyzed",
    "was_cached",
    "usedcache",
    "served_from_cache",
    "reused",
    "cache",
}
_PAUSE_KEYS = {
    "paused",
    "disabled",
    "maintenance",
    "is_paused",
    "ispaused",
    "maintenance_mode",
    "kill_switch",
    "killswitch",
    "suspended",
    "analysis_paused",
}
_PAUSED = re.compile(
    r"\b(?:paused|(?:currently|temporarily|has been|is|are) (?:disabled|switched off|turned off|deactivated)|kill.?switch|maintenance)\b",
    re.IGNORECASE,
)
_STALE = re.compile(
    r"\b(?:already (?:been )?(?:analy[sz]ed|processed|scanned|completed|done)|from cache|cached (?:result|response|analysis)|returning cached|skipp(?:ed|ing)[^.]{0,40}(?:already|exists|existing))",
    re.IGNORECASE,
)
_SAYS_ERROR = re.compile(
    r"^\W{0,5}(?:error\b|failed\b|failure\b|exception\b|traceback|internal server error|unauthorized|forbidden|bad request|invalid api|api error|"
    r"(?:[\w ]{1,40}) (?:has )?(?:failed|errored)\b|unable to (?:analy|process|complete)|could not (?:analy|process|complete)|something went wrong|an? (?:unexpected |internal |unknown )?error\b)|"
    r"\b(?:rate limit (?:exceeded|reached)|quota exceeded|insufficient_quota|invalid api key|api key not valid)\b",
    re.IGNORECASE,
)
_DECLINES = re.compile(
    r"^\W{0,3}(?:i(?:'|’)?m (?:sorry|unable|not able)|i am (?:sorry|unable|not able)|sorry,? (?:but )?i|i can(?:'|’)?t|i cannot|as an ai\b)",
    re.IGNORECASE,
)
_EMPTY_WORDS = re.compile(
    r"^\W*(?:no|none|n/?a|nothing|not|null|undefined|unknown|empty)\b(?: [\w-]+){0,3}\W*(?:available|found|detected|data|analysis|results?|content|response|provided|returned|generated)?\W*$",
    re.IGNORECASE,
)
_TALK = {
    "success",
    "ok",
    "succeeded",
    "status",
    "state",
    "message",
    "msg",
    "id",
    "image_id",
    "vehicle_id",
    "user_id",
    "request_id",
    "requestid",
    "timestamp",
    "duration",
    "duration_ms",
    "elapsed",
    "time",
    "created_at",
    "updated_at",
    "version",
    "model",
    "model_used",
    "code",
    "statuscode",
    "error",
    "errors",
    "name",
    "provider",
    "job_id",
    "scanned_at",
    "cost",
    "usage",
    "url",
    "image_url",
    "count",
    "total",
    "processed",
    "failed",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What an answer of success holds.

    ``errors``: the leaves that tell of an error. ``parts``: required part -> whether it is there. ``content``: whether anything usable
    came. ``paused``, ``cached``, ``unfinished``: the evidence's leaf, or None. ``claims``: whether it says itself that it succeeded.
    """

    errors: tuple[Leaf, ...]
    parts: Mapping[str, bool]
    content: bool
    paused: Leaf | None
    cached: Leaf | None
    unfinished: Leaf | None
    claims: bool

    @property
    def error_reading(self) -> Reading:
        """The error's leaves, as a reading for the rules."""
        return assemble("", None, True, False, list(self.errors))


def look(document: Any, requires: Sequence[str]) -> Look:
    """Look into the JSON document of an answer."""
    errors = tuple(dict.fromkeys(_errors(document)))
    parts = {path: _usable(_at(document, path)) for path in requires}
    fields = list(_fields(document))
    last = document[-1] if isinstance(document, list) and document else document
    top = last if isinstance(last, dict) else {}
    lowered = {str(key).lower(): value for key, value in top.items()}
    claims = lowered.get("success") is True or lowered.get("ok") is True
    if not errors and not requires:
        errors = tuple(_only_complaints(fields))
    content = any(parts.values()) or (not requires and _has_content(fields))
    return Look(errors, parts, content, _paused(fields), _cached(fields), _waiting(lowered), claims)


def _at(document: Any, path: str) -> Any:
    """The value at a path (``appraisal.category``, ``results[0].tags``, ``results.0.tags``), or None."""
    for step in (step for step in re.split(r"[.\[\]]+", path.removeprefix("$").strip(".")) if step):
        if isinstance(document, str):
            document = parse(document)[0]
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _usable(value: Any) -> bool:
    """Empty lists, texts and objects, null, and an object that is itself an error are missing."""
    if isinstance(value, dict):
        return bool(value) and not any(_object_errors(value, "")) and any(_present(one) for one in value.values())
    if isinstance(value, list):
        return any(_present(one) for one in value)
    if isinstance(value, str):
        return (
            bool(value.strip())
            and value.strip().lower() not in ("null", "none", "undefined", "n/a", "error")
            and not _SAYS_ERROR.match(value)
        )
    return value is not None and value is not False


def _present(value: Any) -> bool:
    """Whether a value inside a part holds anything."""
    if isinstance(value, dict | list):
        return _usable(value)
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _fields(document: Any, path: str = "", key: str = "", depth: int = 0) -> Iterator[tuple[str, str, Any]]:
    """(path, lower-case key, value) of each plain value."""
    if depth > _DEEP:
        return
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _fields(value, f"{path}.{name}" if path else str(name), str(name).lower(), depth + 1)
    elif isinstance(document, list):
        for index, value in enumerate(document[:200]):
            yield from _fields(value, f"{path}[{index}]", key, depth + 1)
    else:
        yield path, key, document


def _aside(path: str) -> bool:
    return any(
        part.startswith("_") or part in ("debug", "meta", "warnings") for part in re.split(r"[.\[]", path.lower())
    )


def _has_content(fields: Sequence[tuple[str, str, Any]]) -> bool:
    return any(
        key not in _TALK and not _aside(path) and _usable(value) and value not in (0, True)
        and not (isinstance(value, str) and _EMPTY_WORDS.match(value))
        for path, key, value in fields
    )  # fmt: skip


def _only_complaints(fields: Sequence[tuple[str, str, Any]]) -> Iterator[Leaf]:
    """Where one or two short texts are all that came, and they complain, the answer is an error."""
    told = [
        (path, key, value)
        for path, key, value in fields
        if isinstance(value, str) and value.strip() and key not in _TALK - _TEXT_KEYS
    ]
    others = [value for _, key, value in fields if not isinstance(value, str) and key not in _TALK and _usable(value)]
    if (
        told
        and len(told) <= 2
        and not others
        and any(len(value) < 200 and _COMPLAINT.search(value) for _, _, value in told)
    ):
        yield from (Leaf(path, key, value) for path, key, value in told)


_COMPLAINT = re.compile(
    r"\b(?:error|fail(?:ed|ure)|unavailable|not (?:available|configured|found|supported|allowed|detected|possible)|unable to|could ?n[o']t|cannot|can't|invalid|denied|exceeded|timed out|"
    r"timeout|exception|missing|refused|quota|no \w+ (?:detected|found|visible|recogni[sz]ed)|unauthorized|forbidden|try again)\b",
    re.IGNORECASE,
)


def _errors(document: Any, path: str = "", depth: int = 0) -> Iterator[Leaf]:
    """The leaves that tell of an error, wherever they stand."""
    if depth > _DEEP or _aside(path):
        return
    if isinstance(document, dict):
        own = list(_object_errors(document, path))
        yield from own
        for name, value in document.items():
            inner = f"{path}.{name}" if path else str(name)
            if isinstance(value, dict | list):
                yield from _errors(value, inner, depth + 1)
    elif isinstance(document, list):
        for index, value in enumerate(document[:200]):
            yield from _errors(value, f"{path}[{index}]", depth + 1)
    elif isinstance(document, str) and depth == 0 and _SAYS_ERROR.search(document):
        yield Leaf(path or "text", "", document)


def _object_errors(document: Mapping[Any, Any], path: str) -> Iterator[Leaf]:
    """The error leaves that one object itself holds."""
    prefix = f"{path}." if path else ""
    fields = {str(key): value for key, value in document.items()}
    signs = [key for key, value in fields.items() if _sign(key, value, fields)]
    for key in signs:
        yield from _opened(fields[key], f"{prefix}{key}", key)
    if signs:
        for key, value in fields.items():
            if key not in signs and isinstance(value, str | int) and key.lower() in _EXPLAINING:
                yield from _opened(value, f"{prefix}{key}", key)


_EXPLAINING = {
    "message",
    "msg",
    "detail",
    "details",
    "reason",
    "description",
    "subject",
    "code",
    "hint",
    "type",
    "error_code",
    "errorcode",
    "statuscode",
    "status",
    "text",
    "info",
    "missing",
    "name",
    "cause",
    "provider",
    "model",
    "service",
    "step",
    "stage",
}


def _opened(value: Any, path: str, key: str) -> Iterator[Leaf]:
    """The plain values of an error; JSON inside its strings is opened."""
    if isinstance(value, str):
        inner, is_json = parse(value.strip())
        value = inner if is_json else value
    for where, name, one in _fields(value, path, key):
        if one not in (None, ""):
            yield Leaf(
                where, name, one if isinstance(one, str) else str(one).lower() if isinstance(one, bool) else str(one)
            )


def _sign(key: str, value: Any, beside: Mapping[str, Any]) -> bool:
    """Whether this field says that something went wrong."""
    name = key.lower()
    if name in ("success", "ok", "succeeded", "is_success", "issuccess"):
        return value is False or (isinstance(value, str) and value.lower() == "false")
    if name in ("valid", "is_valid", "isvalid", "accepted"):
        return value is False
    if name in _STATE_KEYS and isinstance(value, str):
        return value.strip().lower() in _BAD_STATES
    if name in ("statuscode", "status_code", "httpstatus", "http_status") or (
        name in ("code", "status") and ("message" in beside or "error" in beside)
    ):
        return str(value).isdigit() and 400 <= int(value) <= 599
    if name in ("refusal", "blockreason", "block_reason"):
        return isinstance(value, str) and bool(value)
    if name in ("finishreason", "finish_reason"):
        return str(value).lower() in (
            "safety",
            "content_filter",
            "recitation",
            "prohibited_content",
            "blocklist",
            "spii",
            "image_safety",
            "length",
            "max_tokens",
            "malformed_function_call",
        )
    if name in ("iserror", "is_error", "has_error", "haserror", "error_occurred"):
        return value is True
    if _ERROR_KEY.match(key):
        return _meaningful(value)
    return (
        isinstance(value, str)
        and len(value) < 2000
        and bool(_DECLINES.match(value) or (name in _TEXT_KEYS and _SAYS_ERROR.search(value)))
    )


_TEXT_KEYS = {
    "message",
    "msg",
    "result",
    "analysis",
    "text",
    "output",
    "response",
    "answer",
    "data",
    "content",
    "reply",
    "detail",
    "details",
    "body",
}


def _meaningful(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in _NOTHING
    if isinstance(value, dict):
        return any(_meaningful(one) for one in value.values())
    if isinstance(value, list):
        return any(_meaningful(one) for one in value)
    return bool(value)


def _truthy(value: Any) -> bool:
    return (
        value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "hit", "1")) or value == 1
    )


def _paused(fields: Sequence[tuple[str, str, Any]]) -> Leaf | None:
    for path, key, value in fields:
        if _aside(path):
            continue
        if key in _PAUSE_KEYS and _truthy(value):
            return Leaf(path, key, "true")
        if path.count(".") <= 1 and isinstance(value, str) and len(value) < 400:
            if key in ("status", "state", "reason") and value.strip().lower() in (
                "paused",
                "disabled",
                "maintenance",
                "suspended",
                "switched_off",
            ):
                return Leaf(path, key, value)
            if key in ("message", "msg", "reason", "error", "detail", "note") and _PAUSED.search(value):
                return Leaf(path, key, value)
    return None


def _cached(fields: Sequence[tuple[str, str, Any]]) -> Leaf | None:
    for path, key, value in fields:
        if key in _CACHE_KEYS and _truthy(value):
            return Leaf(path, key, "true")
        if isinstance(value, str) and len(value) < 400:
            if key in (
                "source",
                "origin",
                "cache",
                "cache_status",
                "served_from",
                "servedfrom",
                "from",
                "via",
            ) and re.match(
                r"^(?:.{0,12}\b)?(?:cached?|hit|memory|stored|database_cache|redis)\b", value.lower().replace("_", " ")
            ):
                return Leaf(path, key, value)
            if key in ("message", "msg", "reason", "note", "status", "detail", "skipped_reason", "skip_reason") and (
                _STALE.search(value) or value.lower() in ("cached", "already_processed", "already_analyzed")
            ):
                return Leaf(path, key, value)
    return None


def _waiting(top: Mapping[str, Any]) -> Leaf | None:
    for key in ("status", "state", "message", "job_status", "processing_status", "ai_processing_status"):
        value = top.get(key)
        if isinstance(value, str) and (
            value.strip().lower() in _WAITING
            or (
                key == "message"
                and re.match(
                    r"^.{0,40}\b(?:queued|in progress|started in (?:the )?background|processing (?:has )?started|will be processed|accepted for processing)\b",
                    value.lower(),
                )
            )
        ):
            return Leaf(key, key, value)
    return next(
        (
            Leaf(key, key, "true")
            for key in ("queued", "processing", "pending", "accepted", "async", "background")
            if top.get(key) is True
        ),
        None,
    )
