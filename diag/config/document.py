"""``nukediag.toml``: read, checked, and the line of each setting."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from diag.config.envfiles import read_text
from diag.config.names import CONNECTION
from diag.config.settings import GateSettings, Place, Settings
from diag.errors import SettingsError
from diag.gate.limits import Limits
from diag.secret import Redactor, redact

FILE_NAME = "nukediag.toml"
_PROJECT = {known.in_file: known.key for known in CONNECTION if known.in_file}
_CREDENTIAL = re.compile(r"(?:^|_)(?:key|keys|token|password|secret|pat|pwd)$", re.IGNORECASE)
_MOST_PARTS = 100
_NO_SECRETS = (
    "It is meant to be committed: put keys and tokens into .env.local (see nukediag config show for the names)."
)


@dataclass(frozen=True, slots=True)
class Document:
    """What the file holds: ``settings`` (the sections that ``Settings`` knows, raw), ``project`` (``[project]``),
    ``signatures`` (``[[signature]]``, raw), and the ``text`` for line numbers. Empty where there is no file."""

    shown: str = FILE_NAME
    path: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    project: Mapping[str, str] = field(default_factory=dict)
    signatures: tuple[Mapping[str, Any], ...] = ()
    text: str = ""

    def place(self, dotted: str) -> Place:
        """Where a setting (``function.name``) stands."""
        line = line_of(self.text, dotted)
        text = f"{self.shown}:{line}" if line else self.shown
        return Place(text=text, file=self.path, line=line, name=dotted)


def read_document(path: Path, shown: str) -> Document:
    """Reads and checks the file. Raises SettingsError with the line; never repeats a value."""
    text = read_text(path, shown)
    try:
        raw = _parsed(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is one, and a number of 5,000 digits another
        where = re.search(r"at (?:line \d+, column \d+|end of document)", str(error))
        reason = f"{shown} is not valid TOML ({where[0] if where else 'nested too deep, or a number too long'})"
        raise SettingsError(reason, "Mend that line; strings need quotes.") from None
    document = Document(shown, path, text=text)
    _refuse_secrets(document, raw)
    known = (*Settings.model_fields, "project", "signature")
    for name in raw:
        _known_or_error(document, name, name, known)
    return Document(shown, path, _sections(document, raw), _project(document, raw), _signatures(document, raw), text)


def _parsed(text: str) -> dict[str, Any]:
    """tomllib takes a time that grows with the square of a key's parts."""
    for line in text.splitlines():
        if line.partition("=")[0].count(".") > _MOST_PARTS and not line.lstrip().startswith("#"):
            raise RecursionError
    return tomllib.loads(text)


def _sections(document: Document, raw: Mapping[str, Any]) -> dict[str, Any]:
    sections = {name: raw[name] for name in Settings.model_fields if name in raw}
    for name, section in sections.items():
        _table_or_error(document, name, section)
        group = Settings.model_fields[name].annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            for key in section:
                _known_or_error(document, f"{name}.{key}", key, tuple(group.model_fields))
    return sections


def _project(document: Document, raw: Mapping[str, Any]) -> dict[str, str]:
    section = raw.get("project", {})
    _table_or_error(document, "project", section)
    for key, value in section.items():
        _known_or_error(document, f"project.{key}", key, tuple(_PROJECT))
        if not isinstance(value, str):
            raise _error(document, f"project.{key}", "must be a text in quotes")
    return {_PROJECT[key]: value for key, value in section.items()}


def _signatures(document: Document, raw: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    entries = raw.get("signature", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _error(document, "signature", "must be written as [[signature]], once per signature")
    return tuple(entries)


def _refuse_secrets(document: Document, raw: Mapping[str, Any]) -> None:
    """A secret in a file that is committed is a leak, whatever section it stands in."""
    shapes = Redactor()
    for dotted, key, value in _texts({name: part for name, part in raw.items() if name != "signature"}):
        named = _CREDENTIAL.search(key) and dotted.partition(".")[0] not in ("secrets", "table", "function")
        if named or shapes(value) != value:
            raise SettingsError(f"{_at(document, dotted)}: {dotted} holds a secret, or its name says so", _NO_SECRETS)


def _texts(raw: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str, str]]:
    stack: list[tuple[str, str, Any]] = [(above, "", raw)]
    while stack:
        dotted, key, value = stack.pop()
        if isinstance(value, dict):
            stack += [(f"{dotted}.{name}".lstrip("."), name, part) for name, part in value.items()]
        elif isinstance(value, list):
            stack += [(dotted, key, part) for part in value]
        elif isinstance(value, str):
            yield dotted, key, value


def checked_settings(document: Document, raw: Mapping[str, Any], places: Mapping[str, Place]) -> Settings:
    """The settings from raw sections; pydantic's complaint becomes a SettingsError with the place of the value."""
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        dotted = ".".join(str(part) for part in first["loc"][:2])
        place = places.get(dotted) or document.place(dotted)
        message = redact(first["msg"].removeprefix("Value error, ")[:200])
        raise SettingsError(f"{place.text}: {_plain(dotted)}: {message}", "Correct the value.") from None
    _check_gate(settings.gate, places, document.place("gate"))
    return settings


def _check_gate(gate: GateSettings, places: Mapping[str, Place], section: Place) -> None:
    if gate.stop >= gate.go:
        place = places.get("gate.stop") or places.get("gate.go") or section
        raise SettingsError(f"{place.text}: gate.stop must be below gate.go", "Correct one of the two.")
    needed = Limits(gate.go, gate.stop, gate.error).straight
    if gate.most < needed:
        place = places.get("gate.most") or section
        why = f"with {gate.most} calls the gate could never open: its rates and its error need {needed}"
        raise SettingsError(f"{place.text}: gate.most is too small: {why}", f"Set it to {needed} or more.")


def _known_or_error(document: Document, dotted: str, name: str, known: Sequence[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    where = "section" if dotted == name else f"setting in [{dotted.partition('.')[0]}]"
    remedy = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
    raise SettingsError(f"{_at(document, dotted)}: unknown {where} {_plain(name)}", remedy)


def _table_or_error(document: Document, name: str, section: object) -> None:
    if not isinstance(section, dict):
        raise _error(document, name, f"must be a section, written as [{name}]")


def _error(document: Document, dotted: str, text: str) -> SettingsError:
    return SettingsError(f"{_at(document, dotted)}: {_plain(dotted)} {text}", "Correct the value.")


def _at(document: Document, dotted: str) -> str:
    return document.place(dotted).text


def _plain(name: str) -> str:
    """A name from the file as it may be shown: somebody may have written a key's value in its place."""
    return redact(name if len(name) <= 60 else name[:60] + "…")


def line_of(text: str, dotted: str) -> int | None:
    """The line (from 1) on which a section or setting stands, as far as a plain reading tells; else None."""
    section, _, key = dotted.partition(".")
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[{1,2}\s*([^\]\[]+?)\s*\]", line)
        if header:
            inside = header[1].strip("\"'") == section
            if inside and not key:
                return number
        elif _names(line, key if inside and key else dotted if not inside else None):
            return number
    return None


def _names(line: str, key: str | None) -> bool:
    if key is None:
        return False
    first = key.partition(".")[0] if "." in key and not line.strip().startswith(key) else key
    return bool(re.match(rf"\s*[\"']?{re.escape(first)}[\"']?\s*[=.]", line))
