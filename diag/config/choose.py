"""One setting of the connection: which of its values counts, what is wrong with it, what it shadows. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from diag.config.address import is_ref, normal_url
from diag.config.configuration import Entry, Shadowed
from diag.config.envfiles import Found
from diag.config.keys import read_key
from diag.config.names import ANON_NAMES, Known
from diag.config.settings import Place
from diag.config.sources import Sources
from diag.config.suspicion import faults, is_placeholder, tidy
from diag.secret import Secret, redact

DEFAULT = Place(text="default")
_BY_NAME = {"url", "management_url"}


@dataclass(slots=True)
class Choice:
    """The value that counts (None: none does), where it stood, the values behind it, and the warnings so far."""

    known: Known
    value: str | None = None
    place: Place = DEFAULT
    behind: list[Found] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def shown(self, value: str) -> str:
        """A value of this setting as it may be seen."""
        return Secret(value).masked if self.known.secret else redact(value)

    def entry(self) -> Entry:
        """The choice as ``config show`` lists it."""
        shadowed = tuple(
            Shadowed(self.shown(found.raw), found.place, self._normal(found) == self.value) for found in self.behind
        )
        shown = None if self.value is None else self.shown(self.value)
        return Entry(self.known.key, shown, self.place, shadowed, tuple(self.warnings))

    def _normal(self, found: Found) -> str | None:
        return normal_url(found.raw)[0] if self.known.key in _BY_NAME else found.raw

    def warn_of_disagreement(self) -> None:
        """Two sources that say different things are a trap: the other tool may read the other one. Two keys of
        different kinds (a legacy one and a new one) are no contradiction, and what was typed is meant."""
        if self.place.text.startswith("flag"):
            return
        for found in self.behind:
            if self._normal(found) != self.value and self._comparable(found.raw):
                self.warnings.append(
                    f"{label(self.place)} and {label(found.place)} disagree about {self.known.called}; "
                    f"{label(self.place)} counts."
                )

    def _comparable(self, other: str) -> bool:
        if not self.known.secret or self.value is None or self.known.key in ("access_token", "database_url"):
            return self.known.key != "database_url"
        one, two = read_key(Secret(self.value)), read_key(Secret(other))
        return (one.kind, one.role) == (two.kind, two.role)


def choose(known: Known, sources: Sources) -> Choice:
    """The strongest usable value. An empty one or a placeholder does not count; that it stands there is said."""
    choice = Choice(known)
    for found in _candidates(known, sources):
        usable = _usable(choice, found)
        if usable is None:
            continue
        if choice.value is None:
            choice.value, choice.place = usable.raw, usable.place
        else:
            choice.behind.append(usable)
    return choice


def _candidates(known: Known, sources: Sources) -> Iterable[Found]:
    """A service key under a low key's name is a service key all the same: the value tells, not the name."""
    special: dict[str, Callable[[], Iterable[Found]]] = {
        "service_key": lambda: [*sources.candidates(known), *_low_names(sources, service=True)],
        # Somebody's own name for the project, or config.toml's, stands in these variables too.
        "ref": lambda: sorted(sources.candidates(known), key=lambda found: not is_ref(tidy(found.raw))),
        "anon_key": lambda: [found for found in sources.candidates(known) if not _is_service(found)],
    }
    return special.get(known.key, lambda: list(sources.candidates(known)))()


def _low_names(sources: Sources, service: bool) -> Iterable[Found]:
    found = (value for name in ANON_NAMES for value in sources.variables(name))
    return [value for value in found if _is_service(value) == service]


def _is_service(found: Found) -> bool:
    return read_key(Secret(tidy(found.raw))).is_service


def _usable(choice: Choice, found: Found) -> Found | None:
    value = tidy(found.raw)
    if not value:
        return None
    if choice.known.key != "state_dir" and is_placeholder(value):
        choice.warnings.append(f"{label(found.place)} holds a placeholder, not {choice.known.called}.")
        return None
    if choice.known.key == "ref" and redact(value) != value:
        # It would become the name of a folder, and part of every address.
        choice.warnings.append(f"{label(found.place)} holds a key, not {choice.known.called}.")
        return None
    wrong = faults(found.raw)
    if wrong:
        choice.warnings.append(
            f"{label(found.place)} holds {' and '.join(wrong)}; nukediag reads it without, other tools may not."
        )
    if (found.place.name or "").endswith("SECRET_KEYS"):
        return _out_of_json(choice, Found(value, found.place))
    return _as_url(choice, Found(value, found.place)) if choice.known.key in _BY_NAME else Found(value, found.place)


def _out_of_json(choice: Choice, found: Found) -> Found | None:
    """``SUPABASE_SECRET_KEYS`` is a JSON object of keys by name; ``default`` is the one that is always there."""
    try:
        keys = json.loads(found.raw)
        texts = {name: key for name, key in keys.items() if isinstance(key, str)}
        value = texts["default"] if "default" in texts else next(iter(texts.values()))
    except (ValueError, AttributeError, StopIteration, RecursionError):
        choice.warnings.append(f"{label(found.place)} should hold a JSON object of keys by name, and does not.")
        return None
    return Found(value, found.place)


def _as_url(choice: Choice, found: Found) -> Found | None:
    url, wrong = normal_url(found.raw)
    ending = f"; nukediag uses {redact(url)}." if url else "."
    choice.warnings += [f"{label(found.place)} holds {phrase}{ending}" for phrase in wrong]
    return Found(url, found.place) if url else None


def label(place: Place) -> str:
    """A place as a sentence names it: file and line with the variable's name."""
    name = place.name or ""
    return place.text if not name or place.file is None or name in place.text else f"{place.text} ({name})"
