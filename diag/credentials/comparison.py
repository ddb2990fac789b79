"""The copies of each secret compared: the local env file's, and what the project stores (its digest). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Literal

from diag.config import Configuration
from diag.config.address import is_loopback
from diag.config.configuration import LocalSecret
from diag.config.envfiles import is_for_functions
from diag.config.keys import read_key
from diag.config.settings import SecretsSettings
from diag.config.suspicion import is_placeholder, tidy
from diag.credentials.alteration import EMPTY, alteration, digest_of, placeholder_phrase
from diag.project import StoredSecret

Digests = Literal["sha256", "assumed", "unreadable"]
INJECTED = (
    "SUPABASE_URL", "SUPABASE_DB_URL", "SUPABASE_PUBLISHABLE_KEYS", "SUPABASE_SECRET_KEYS", "SUPABASE_JWKS",
    "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY",
)  # fmt: skip
"""What the platform gives to every function by itself. Source: Supabase's guide to function secrets."""


class State(StrEnum):
    """How a secret stands. ``only-local``: it could be set; ``only-stored``: nothing here to compare it with;
    ``altered``: what is stored is the local value with an accident of copying; ``unreadable``: the project's digests
    are not of the known kind."""

    SAME = "same"
    MISSING = "missing"
    ONLY_LOCAL = "only-local"
    ONLY_STORED = "only-stored"
    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    ALTERED = "altered"
    UNEXPECTED = "unexpected"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"


SERVICE_NAMES = ("SERVICE_ROLE_KEY", "SERVICE_ROLE", "SERVICE_KEY", "DB_SERVICE_ROLE_KEY", "SUPABASE_SERVICE_ROLE")
"""Under which a function may hold a copy of the project's own service key."""
FAULTS = frozenset(set(State) - {State.SAME, State.ONLY_STORED, State.UNREADABLE})
"""What ``secrets diff`` calls a difference."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One secret. ``told`` says in a sentence what is wrong (empty where nothing is); ``wanted``: the settings name
    it. ``near``: a stored name that is nearly the same."""

    name: str
    state: State
    told: str
    wanted: bool
    stored: StoredSecret | None = None
    local: LocalSecret | None = None
    near: str | None = None

    @property
    def fingerprint(self) -> str | None:
        """The first 8 hex digits of the stored digest."""
        return self.stored.digest[:8] if self.stored else None

    @property
    def held(self) -> LocalSecret | None:
        """The local copy whose value is the stored one: the one that counts, or one that it shadows."""
        if self.local is None or self.stored is None:
            return None
        if self.state is State.SAME:
            return self.local
        return next((copy for copy in self.local.shadowed if copy.secret.digest == self.stored.digest), None)

    @property
    def is_different(self) -> bool:
        """Whether this is a difference that wants mending."""
        return self.state in FAULTS


@dataclass(frozen=True, slots=True)
class Copies:
    """All secrets, by name. ``digests``: whether the project's digests are known to be SHA-256 (calibrated on
    values that are known here), assumed to be, or unreadable."""

    digests: Digests
    secrets: tuple[Copy, ...]

    def of(self, name: str) -> Copy | None:
        """The secret of that name."""
        return next((copy for copy in self.secrets if copy.name == name), None)

    @property
    def different(self) -> tuple[Copy, ...]:
        """Those that want mending."""
        return tuple(copy for copy in self.secrets if copy.is_different)


def compare(
    configuration: Configuration,
    stored: Iterable[StoredSecret],
    also: Iterable[str] = (),
    *,
    settings: SecretsSettings | None = None,
) -> Copies:
    """Every secret that the settings name, that the project stores, that stands in an env file kept for the
    functions, or that is in ``also``. The variables that the platform sets itself are left out. ``settings`` take the
    place of the configuration's own."""
    named = settings or configuration.settings.secrets
    by_name = {secret.name: secret for secret in stored if secret.name not in INJECTED}
    listed = {secret.name: secret.digest for secret in stored}
    local = {**configuration.local_values, **configuration.local_secrets}
    wanted = (*named.required, *named.expected, *also)
    meant = sorted(name for name, copy in local.items() if is_for_functions(copy.place))
    digests = calibrate(listed.get("SUPABASE_URL"), configuration.url, configuration.ref)
    if digests == "unreadable" and not _known(configuration, named.expected).isdisjoint(listed.values()):
        digests = "sha256"  # the URL is another's, or mistyped; one equal digest proves the kind
    names = dict.fromkeys((*wanted, *meant, *sorted(by_name)))
    own = _Own.of(configuration, listed)
    judge = _Judge(by_name, local, named.expected, digests, frozenset(wanted), own)
    return Copies(digests, tuple(judge.copy(name) for name in names))


def calibrate(digest: str | None, url: str | None, ref: str | None) -> Digests:
    """Whether the digests are plain SHA-256. The API does not name the algorithm; ``SUPABASE_URL`` is often listed,
    and its value is known."""
    if digest is None or not (url or ref):
        return "assumed"
    hosted = f"https://{ref}.supabase.co" if ref else ""
    known = [one for base in (url or "", hosted) if base for one in (base, base.rstrip("/"), f"{base.rstrip('/')}/")]
    if digest in map(digest_of, known):
        return "sha256"
    # A local stack gives its functions another address than the one it is reached by.
    return "assumed" if is_loopback(url) else "unreadable"


def _known(configuration: Configuration, expected: Mapping[str, str]) -> set[str]:
    """The SHA-256 of every value that the project may hold and that is known here."""
    keys = (configuration.service_key, configuration.anon_key)
    copies = {**configuration.local_values, **configuration.local_secrets}.values()
    values = {copy.secret.digest for copy in copies} | {key.digest for key in keys if key}
    return (values | set(map(digest_of, expected.values()))) - {EMPTY}


def near_name(name: str, others: Iterable[str]) -> str | None:
    """A name that differs only in case, separators or a letter or two."""
    by_shape = {_shape(other): other for other in others if other != name}
    if _shape(name) in by_shape:
        return by_shape[_shape(name)]
    near = get_close_matches(_shape(name), by_shape, n=1, cutoff=0.79)
    return by_shape[near[0]] if near else None


def _shape(name: str) -> str:
    return name.strip().lower().replace("_", "").replace("-", "")


@dataclass(frozen=True, slots=True)
class _Own:
    """The digests of the project's own keys, as far as they are known: listed by the project, or of the local ones."""

    service: frozenset[str]
    anon: frozenset[str]

    @classmethod
    def of(cls, configuration: Configuration, listed: Mapping[str, str]) -> _Own:
        key, low = configuration.service_key, configuration.anon_key
        service = {listed.get("SUPABASE_SERVICE_ROLE_KEY"), key.digest if key and read_key(key).is_service else None}
        anon = {listed.get("SUPABASE_ANON_KEY"), low.digest if low else None}
        return cls(frozenset(filter(None, service)), frozenset(filter(None, anon)))


@dataclass(frozen=True, slots=True)
class _Judge:
    stored: Mapping[str, StoredSecret]
    local: Mapping[str, LocalSecret]
    expected: Mapping[str, str]
    digests: Digests
    wanted: frozenset[str]
    own: _Own

    def copy(self, name: str) -> Copy:
        stored, local = self.stored.get(name), self.local.get(name)
        strangers = [other for other in self.stored if other not in self.wanted]
        near = near_name(name, strangers) if stored is None else None
        state, told = self._absent(name, local, near) if stored is None else self._present(stored, local)
        return Copy(name, state, told, name in self.wanted, stored, local, near)

    def _absent(self, name: str, local: LocalSecret | None, near: str | None) -> tuple[State, str]:
        there_is = f", but there is {near}" if near else ""
        if local is not None and name not in self.wanted:
            return State.ONLY_LOCAL, f"{name} is in {local.place.text} and not set in the project{there_is}"
        return State.MISSING, f"{name} is not set in the project{there_is}"

    def _present(self, stored: StoredSecret, local: LocalSecret | None) -> tuple[State, str]:
        name, digest = stored.name, stored.digest
        if self.digests == "unreadable":
            return State.UNREADABLE, f"the digest of {name} is of an unknown kind: the copies cannot be compared"
        if digest == EMPTY:
            return State.EMPTY, f"{name} is set in the project, but empty"
        expected = self.expected.get(name)
        if expected is not None:
            return _judged(name, digest, expected, State.UNEXPECTED, f"{name} is not {expected}", "the expected value")
        example = placeholder_phrase(digest, name)
        if example is not None:
            return State.PLACEHOLDER, f"{name} holds the placeholder {example!r}"
        found = self._against_local(stored, local)
        is_own_key = name in SERVICE_NAMES and found[0] in (State.ONLY_STORED, State.DIFFERS)
        return self._service_key(name, digest, found) if is_own_key else found

    def _service_key(self, name: str, digest: str, found: tuple[State, str]) -> tuple[State, str]:
        if digest in self.own.service:
            return State.SAME, ""
        if digest in self.own.anon:
            return State.DIFFERS, f"{name} in the project is the anon key: row-level security hides the rows from it"
        return (State.DIFFERS, f"{name} in the project is not its service_role key") if self.own.service else found

    def _against_local(self, stored: StoredSecret, local: LocalSecret | None) -> tuple[State, str]:
        name = stored.name
        if local is None or not local.secret:
            return State.ONLY_STORED, ""
        raw = local.secret.reveal()
        if is_placeholder(raw):
            same = stored.digest == local.secret.digest
            told = f"{name} holds the same placeholder here and in the project"
            return (State.PLACEHOLDER, told) if same else (State.ONLY_STORED, "")
        if stored.digest == local.secret.digest and raw != tidy(raw):
            return State.ALTERED, f"{name} in the project has the same fault as the local copy"
        other = f"{name} in the project is not the value in {local.place.text}{self._instead(stored, local)}"
        return _judged(name, stored.digest, tidy(raw), State.DIFFERS, other, f"the value in {local.place.text}")

    def _instead(self, stored: StoredSecret, local: LocalSecret) -> str:
        older = next((copy for copy in local.shadowed if copy.secret.digest == stored.digest), None)
        return f": it is that in {older.place.text}" if older else self._swapped(stored, local.name)

    def _swapped(self, stored: StoredSecret, name: str) -> str:
        twins: Sequence[str] = [
            other for other, copy in self.local.items() if other != name and copy.secret.digest == stored.digest
        ]
        return f": it is that of {twins[0]}" if twins else ""


def _judged(name: str, digest: str, value: str, otherwise: State, told: str, called: str) -> tuple[State, str]:
    if digest == digest_of(value):
        return State.SAME, ""
    accident = alteration(digest, value, name)
    return (State.ALTERED, f"{name} in the project is {called} with {accident}") if accident else (otherwise, told)
