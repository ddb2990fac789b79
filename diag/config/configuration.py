"""The configuration of one run: what counts, where it came from, and what it shadowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diag.config.names import CONNECTION
from diag.config.settings import Place, Settings
from diag.errors import SettingsError
from diag.secret import Secret

MANAGEMENT_URL = "https://api.supabase.com"


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A value that did not count because a stronger source has one. ``same``: it says the same."""

    shown: str
    place: Place
    same: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting for ``config show``: its ``key`` (``url``, ``function.name``), the value as it may be ``shown``
    (None: not set), the ``place`` it came from, what it ``shadowed``, and ``warnings`` (whole sentences)."""

    key: str
    shown: str | None
    place: Place
    shadowed: tuple[Shadowed, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalSecret:
    """The local copy of one of the function's own secrets, exactly as the file or the environment holds it (its
    digest is compared with the project's), with what looks wrong about it. ``shadowed``: copies with another value in
    places that count for less."""

    name: str
    secret: Secret
    place: Place
    warnings: tuple[str, ...] = ()
    shadowed: tuple[LocalSecret, ...] = ()

    @property
    def contradictions(self) -> tuple[str, ...]:
        """One sentence for each copy with another value."""
        return tuple(
            f"{self.name} in {other.place.text} is not the value in {self.place.text}, which counts."
            for other in self.shadowed
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a run needs to know. Values of the connection are None where nothing sets them; a command that
    cannot do without one calls ``require`` first.

    ``state_dir`` is the folder for this project's journals (not made yet). ``own_signatures`` are the raw
    ``[[signature]]`` sections. ``local_secrets`` are the local copies of the secrets that the settings name, by name;
    ``local_values`` everything else in the env files that may be one. ``endpoints``: where the vendors' libraries are
    pointed to, by variable (``OPENAI_BASE_URL`` ...); ``held_back``: those of them that must not be sent a key.
    """

    settings: Settings
    state_dir: Path
    url: str | None = None
    ref: str | None = None
    service_key: Secret | None = None
    anon_key: Secret | None = None
    access_token: Secret | None = None
    management_url: str = MANAGEMENT_URL
    database_url: Secret | None = None
    entries: tuple[Entry, ...] = ()
    local_secrets: Mapping[str, LocalSecret] = field(default_factory=dict)
    local_values: Mapping[str, LocalSecret] = field(default_factory=dict)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    held_back: frozenset[str] = frozenset()
    own_signatures: tuple[Mapping[str, Any], ...] = ()
    folder: Path = field(default_factory=Path)
    config_file: Path | None = None
    env_files: tuple[Path, ...] = ()
    sandbox: bool = False

    def entry(self, key: str) -> Entry | None:
        """The entry of a setting, or None for an unknown key."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def require(self, *keys: str) -> None:
        """Raises SettingsError for the first of these settings of the connection that is not set, naming every
        accepted name and the next step."""
        for key in keys:
            if not getattr(self, key):
                raise self._missing(key)

    def _missing(self, key: str) -> SettingsError:
        known = next(known for known in CONNECTION if known.key == key)
        entry = self.entry(key)
        seen = f" ({' '.join(entry.warnings)})" if entry and entry.warnings else ""
        names = ", ".join(name for name in known.names if not name.startswith("NUKEDIAG_"))
        message = f"{known.called} is not set{seen}. Accepted names: {names}"
        return SettingsError(message[0].upper() + message[1:], f"{known.remedy[0].upper()}{known.remedy[1:]}.")

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings, in the order of the entries."""
        return tuple(warning for entry in self.entries for warning in entry.warnings)
