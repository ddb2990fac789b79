"""``load``: from flags, environment and files to one ``Configuration``. Reads, never writes; never fails for want
of settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from diag.config.address import host_of, is_loopback, is_ref, passwords_in, ref_of
from diag.config.choose import DEFAULT, Choice, choose, label
from diag.config.configuration import MANAGEMENT_URL, Configuration, Entry, LocalSecret, Shadowed
from diag.config.consistency import add_warnings
from diag.config.document import checked_settings
from diag.config.envfiles import FUNCTIONS_ENV, EnvFile, Found, read_env_file
from diag.config.exposure import exposures
from diag.config.keys import read_key
from diag.config.names import CONNECTION, OVERRIDES, PROVIDER_ENDPOINTS, PUBLIC_PREFIXES, variable_of
from diag.config.settings import Place, Settings
from diag.config.sources import Sources, gather
from diag.config.suspicion import faults, is_placeholder, looks_secret, tidy
from diag.config.trust import endpoints, held_back, settle_management_url
from diag.errors import SettingsError
from diag.secret import Secret, redact


def load(
    *,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str],
    folder: Path,
    env_file: Path | None = None,
    config_file: Path | None = None,
    sandbox_env: Path | None = None,
    now: datetime | None = None,
) -> Configuration:
    """The configuration as it counts: flag, environment, ``nukediag.toml``, env file, default.

    ``flags`` are by setting (``url``, ``ref``, ``function``, ``table`` ...); None means not given.
    ``sandbox_env`` is the env file of a running sandbox: then the connection comes from it and the flags alone.
    Every secret that is read is taught to ``diag.secret.redact``. Raises SettingsError for a file that was named and
    is missing, that cannot be read, or that holds an unknown or wrong setting.
    """
    sources = gather(flags or {}, environ, folder, env_file, config_file)
    connection = _connection_sources(sources, sandbox_env, folder, explicit=env_file is not None)
    _teach_redactor(sources, connection)
    choices = _choices(connection, folder, environ, outside=sandbox_env is None)
    settings, settings_entries = _settings(sources)
    redact.learn(*(Secret(choice.value) for choice in choices.values() if choice.known.secret and choice.value))
    _warn(choices, connection, now or datetime.now(UTC))
    return Configuration(
        settings=settings,
        state_dir=_state_dir(choices),
        **_values(choices),
        entries=tuple(choice.entry() for choice in choices.values()) + settings_entries,
        local_secrets=_local_secrets(connection, settings),
        local_values=_local_values(connection),
        endpoints=endpoints(connection),
        held_back=held_back(connection),
        own_signatures=sources.document.signatures,
        folder=folder,
        config_file=sources.document.path,
        env_files=tuple(env_file.path for env_file in connection.env_files),
        sandbox=sandbox_env is not None,
    )


def _connection_sources(sources: Sources, sandbox_env: Path | None, folder: Path, explicit: bool) -> Sources:
    if sandbox_env is None:
        return sources
    beside = sandbox_env.with_name(FUNCTIONS_ENV)
    files = (sandbox_env, beside) if beside.is_file() else (sandbox_env,)
    return sources.beside_a_sandbox(tuple(read_env_file(path, folder, {}) for path in files), explicit=explicit)


def _choices(sources: Sources, folder: Path, environ: Mapping[str, str], *, outside: bool) -> dict[str, Choice]:
    choices = {known.key: choose(known, sources) for known in CONNECTION}
    if outside:
        _read_token_file(choices["access_token"], environ)
    settle_management_url(choices["management_url"], choices["access_token"])
    _settle_address(choices, _linked_ref(folder) if outside else None)
    return choices


def _settle_address(choices: Mapping[str, Choice], linked: Found | None) -> None:
    """URL and ref are told from each other, from the linked project and from the key, in that order."""
    url, ref = choices["url"], choices["ref"]
    hosted = ref_of(url.value)
    if hosted:
        _offer(ref, Found(hosted, Place(text=f"the URL in {label(url.place)}")))
    if linked and not is_loopback(url.value):
        _offer(ref, linked)
    for key in (choices["service_key"], choices["anon_key"]):
        told = read_key(Secret(key.value)).ref if key.value and ref.value is None else None
        if told and not is_loopback(url.value):
            _offer(ref, Found(told, Place(text=f"the key in {label(key.place)}")))
    if url.value is None and ref.value and is_ref(ref.value):
        _offer(url, Found(f"https://{ref.value}.supabase.co", Place(text=f"the ref in {label(ref.place)}")))


def _offer(choice: Choice, found: Found) -> None:
    if choice.known.key == "ref" and choice.value is not None and not is_ref(choice.value):
        choice.warnings.append(f"{label(choice.place)} is no project ref (20 lower-case letters) and does not count.")
        choice.value, choice.place = found.raw, found.place
    elif choice.value is None:
        choice.value, choice.place = found.raw, found.place
    elif not found.place.text.startswith("the URL in"):  # a URL that says otherwise has a warning of its own
        choice.behind.append(found)


def _linked_ref(folder: Path) -> Found | None:
    """What ``supabase link`` left behind."""
    path = folder / "supabase/.temp/project-ref"
    text = _short_text(path)
    return Found(text, Place(text="supabase/.temp/project-ref", file=path)) if text and is_ref(text) else None


def _read_token_file(choice: Choice, environ: Mapping[str, str]) -> None:
    """What ``supabase login`` left behind, where there is no keyring."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    supabase_home = environ.get("SUPABASE_HOME") or (f"{home}/.supabase" if home else None)
    text = _short_text(Path(supabase_home) / "access-token") if supabase_home else None
    if text:
        redact.learn(Secret(text))
        _offer(choice, Found(text, Place(text="~/.supabase/access-token", file=Path(str(supabase_home)))))


def _short_text(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(500).strip() or None
    except (OSError, UnicodeDecodeError, ValueError):
        return None


def _values(choices: Mapping[str, Choice]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, choice in choices.items():
        if key != "state_dir" and choice.value is not None:
            values[key] = Secret(choice.value) if choice.known.secret else choice.value
    if "management_url" not in values:
        choices["management_url"].value = values["management_url"] = MANAGEMENT_URL
    return values


def _state_dir(choices: Mapping[str, Choice]) -> Path:
    """One folder per project under the state root; shown as the root where no project is known yet."""
    choice = choices["state_dir"]
    if choice.value and redact(choice.value) != choice.value:
        raise SettingsError(
            "the state folder is named by a secret", "set NUKEDIAG_STATE_DIR to a folder, or leave it out"
        )
    root = Path(choice.value).expanduser() if choice.value else platformdirs.user_state_path("nukediag")
    project = choices["ref"].value or host_of(choices["url"].value) or "no-project"
    choice.value = str(root / re.sub(r"[^A-Za-z0-9.-]", "-", project).lstrip("."))
    return Path(choice.value)


def _settings(sources: Sources) -> tuple[Settings, tuple[Entry, ...]]:
    raw = {name: dict(section) for name, section in sources.document.settings.items()}
    places = {f"{name}.{key}": sources.document.place(f"{name}.{key}") for name in raw for key in raw[name]}
    shadowed: dict[str, list[Shadowed]] = {}
    for flag, dotted in OVERRIDES.items():
        section, _, key = dotted.partition(".")
        for value, place, beats_file in _overrides(sources, flag):
            if dotted in places and (not beats_file or dotted in shadowed):
                shadowed.setdefault(dotted, []).append(Shadowed(redact(str(value)), place, same=False))
                continue
            if dotted in places:
                shadowed[dotted] = [Shadowed(redact(str(raw[section][key])), places[dotted], same=False)]
            raw.setdefault(section, {})[key] = _parsed(dotted, value)
            places[dotted] = place
    settings = checked_settings(sources.document, raw, places)
    return settings, tuple(_settings_entries(settings, places, shadowed))


def _overrides(sources: Sources, flag: str) -> Iterator[tuple[object, Place, bool]]:
    """A flag and a variable beat the file, a line in an env file does not."""
    if flag in sources.flags:
        yield sources.flags[flag], sources.flag_places[flag], True
    elif variable_of(flag) in sources.environ:
        found = sources.environ[variable_of(flag)]
        yield found.raw, found.place, True
    for found in sources.in_files(variable_of(flag)):
        yield found.raw, found.place, False


def _parsed(dotted: str, value: object) -> object:
    if dotted == "function.requires" and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _settings_entries(
    settings: Settings, places: Mapping[str, Place], shadowed: Mapping[str, list[Shadowed]]
) -> Iterator[Entry]:
    for section, group in settings:
        for key, value in group:
            dotted = f"{section}.{key}"
            yield Entry(dotted, redact(_plain(value)), places.get(dotted, DEFAULT), tuple(shadowed.get(dotted, ())))


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} = {part}" for key, part in value.items())
    return "" if value is None else str(value)


def _local_secrets(sources: Sources, settings: Settings) -> dict[str, LocalSecret]:
    names = dict.fromkeys((*settings.secrets.required, *settings.secrets.expected))
    found = {name: copies for name in names if (copies := list(sources.variables(name)))}
    hidden = (value for name, copies in found.items() if name not in settings.secrets.expected for value in copies)
    redact.learn(*(Secret(value.raw) for value in hidden if not is_placeholder(value.raw)))
    return {name: _with_shadowed(name, copies) for name, copies in found.items()}


def _local_values(sources: Sources) -> dict[str, LocalSecret]:
    """Everything in the env files that may be a secret of the function: not what names the project itself."""
    known = {name for one in CONNECTION for name in one.names} - {"SERVICE_ROLE_KEY"}
    found: dict[str, list[Found]] = {}
    for env_file in sources.env_files:
        for name, values in env_file.values.items():
            if (
                name not in known
                and name not in PROVIDER_ENDPOINTS
                and not name.startswith(("SUPABASE_", "NUKEDIAG_", *PUBLIC_PREFIXES))
            ):
                found.setdefault(name, []).append(values[0])
    return {name: _with_shadowed(name, copies) for name, copies in found.items()}


def _with_shadowed(name: str, copies: Sequence[Found]) -> LocalSecret:
    """The first copy, with those further ones that say something else."""
    first, *rest = (_local_secret(name, copy) for copy in copies)
    known = {tidy(first.secret.reveal())}
    shadowed = []
    for copy in rest:
        value = tidy(copy.secret.reveal())
        if value and value not in known and not is_placeholder(value):
            known.add(value)
            shadowed.append(copy)
    return replace(first, shadowed=tuple(shadowed))


def _local_secret(name: str, found: Found) -> LocalSecret:
    phrases = faults(found.raw)
    phrases += ("nothing",) if not found.raw.strip() else ()
    phrases += ("a placeholder",) if is_placeholder(found.raw) else ()
    return LocalSecret(name, Secret(found.raw), found.place, tuple(f"{label(found.place)} holds {p}." for p in phrases))


def _teach_redactor(*all_sources: Sources) -> None:
    """Before anything is shown: whatever looks like a credential, by its name or by its place."""
    names = {name for known in CONNECTION if known.secret for name in known.names}
    secrets: list[Secret] = []
    for sources in all_sources:
        secrets += (
            Secret(str(sources.flags[known.key])) for known in CONNECTION if known.secret and known.key in sources.flags
        )
        secrets += (Secret(found.raw) for found in sources.everything() if _is_secret(found, names))
    redact.learn(*(part for secret in secrets for part in _parts(secret)))


def _is_secret(found: Found, names: Iterable[str]) -> bool:
    name = found.place.name or ""
    return not is_placeholder(found.raw) and (name in names or looks_secret(name, found.raw))


def _parts(secret: Secret) -> Iterator[Secret]:
    """A connection string comes back in pieces: its password is a secret of its own."""
    yield secret
    yield from map(Secret, passwords_in(secret.reveal()))


def _warn(choices: Mapping[str, Choice], sources: Sources, now: datetime) -> None:
    add_warnings(choices, sources, now)
    _mention_unreadable(choices["url"], sources.env_files)
    choices["service_key"].warnings += exposures(sources.env_files)


def _mention_unreadable(choice: Choice, env_files: Iterable[EnvFile]) -> None:
    for env_file in env_files:
        if env_file.unreadable:
            lines = ", ".join(map(str, env_file.unreadable[:5]))
            choice.warnings.append(f"{env_file.shown} cannot be read at line {lines}: what stands there is ignored.")
