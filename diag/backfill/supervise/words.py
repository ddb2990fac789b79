"""What the command says about its work, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import re2  # type: ignore[import-untyped]

from diag.config.settings import SuperviseSettings

_READ = 2_000  # characters of a line that are looked at


class Kind(StrEnum):
    """``begun``: a call for a row begins. ``retried``: a try failed, one more follows. ``failed``: a row was given up.
    ``listed``: a failed row, named once more at the end. ``fatal``: the command itself gives up."""

    BEGUN = "begun"
    SUCCEEDED = "succeeded"
    RETRIED = "retried"
    FAILED = "failed"
    LISTED = "listed"
    FATAL = "fatal"
    PROGRESS = "progress"


# The lines of scripts/backfill-all-images.js.
_BUILT_IN = (
    (Kind.BEGUN, r"^\s*Analyzing: (?P<id>[\w-]{4,64})"),
    (Kind.SUCCEEDED, r"^\s*✅ Success\s*$"),
    (Kind.RETRIED, r"^\s*⚠\x{FE0F}?\s*Error: (?P<text>.+)$"),
    (Kind.FAILED, r"^\s*❌ Failed after \d+ retries: (?P<text>.+)$"),
    (Kind.FATAL, r"^\s*❌ (?P<text>(?:Fatal error|Failed to fetch images|Missing Supabase credentials).*)$"),
    (Kind.LISTED, r"^\s*- (?P<id>[\w-]{8,64}): (?P<text>.+)$"),
    (Kind.PROGRESS, r"Progress: (?P<done>\d+)/(?P<total>\d+)"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One line that was understood: ``text`` of the error, ``row`` (an id, or the beginning of one), how many rows
    are ``done``. What the line does not tell is empty or None."""

    kind: Kind
    text: str = ""
    row: str = ""
    done: int | None = None


class Words:
    """Reads lines by the configured patterns first, then by the old script's."""

    def __init__(self, settings: SuperviseSettings) -> None:
        self._patterns = [(kind, re2.compile(pattern)) for kind, pattern in (*_own(settings), *_BUILT_IN)]

    def read(self, line: str) -> Said | None:
        """What a line says, or None where it says nothing about the work."""
        line = line[:_READ]
        for kind, pattern in self._patterns:
            if found := pattern.search(line):
                return _said(kind, found.groupdict(), line)
        return None


def _own(settings: SuperviseSettings) -> Iterator[tuple[Kind, str]]:
    for kind in (Kind.BEGUN, Kind.SUCCEEDED, Kind.FAILED, Kind.RETRIED, Kind.PROGRESS):
        for pattern in getattr(settings, kind.value):
            yield kind, pattern


def _said(kind: Kind, groups: dict[str, Any], line: str) -> Said:
    done = groups.get("done") or ""
    text = groups.get("text") or (line.strip() if kind in (Kind.FAILED, Kind.RETRIED) else "")
    return Said(kind, text, groups.get("id") or "", int(done) if done.isdecimal() and len(done) < 12 else None)
