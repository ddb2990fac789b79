"""Where settings stand: flags, environment, ``nukediag.toml``, env files, in the order in which they count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diag.config.document import FILE_NAME, Document, read_document
from diag.config.envfiles import EnvFile, Found, default_files, read_env_file
from diag.config.names import CONNECTION, OVERRIDES, Known, flag_of, variable_of
from diag.config.settings import Place
from diag.errors import SettingsError

_FLAGS = {known.key for known in CONNECTION} | OVERRIDES.keys()


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was said about settings. ``flags`` are by setting key, ``environ`` by variable, both non-empty."""

    flags: Mapping[str, object] = field(default_factory=dict)
    flag_places: Mapping[str, Place] = field(default_factory=dict)
    environ: Mapping[str, Found] = field(default_factory=dict)
    document: Document = field(default_factory=Document)
    env_files: tuple[EnvFile, ...] = ()

    def candidates(self, known: Known) -> Iterator[Found]:
        """Every value that one setting of the connection was given, the strongest first."""
        if known.key in self.flags:
            yield Found(str(self.flags[known.key]), self.flag_places[known.key])
        taken = self.flag_places.get(known.key)  # a flag that came from its variable is not said twice
        in_environ = (self.environ[name] for name in known.names if name in self.environ)
        yield from (found for found in in_environ if found.place != taken)
        if known.key in self.document.project:
            yield Found(self.document.project[known.key], self.document.place(f"project.{known.in_file}"))
        yield from self.in_files(*known.names)

    def in_files(self, *names: str) -> Iterator[Found]:
        """Every value of these variables in the env files, the strongest first."""
        for env_file in self.env_files:
            for name in names:
                yield from env_file.values.get(name, ())

    def variables(self, name: str) -> Iterator[Found]:
        """Every value of one variable, in the environment and the env files."""
        if name in self.environ:
            yield self.environ[name]
        yield from self.in_files(name)

    def everything(self) -> Iterator[Found]:
        """Every variable of the environment and the env files."""
        yield from self.environ.values()
        for env_file in self.env_files:
            for values in env_file.values.values():
                yield from values

    def beside_a_sandbox(self, env_files: tuple[EnvFile, ...], *, explicit: bool) -> Sources:
        """What counts for the connection when a sandbox runs: its env files and what was really typed. The shell's
        own variables and the folder's files belong to another project; files that were named stay."""
        typed = {name: value for name, value in self.flags.items() if self.flag_places[name].text.startswith("flag")}
        return Sources(typed, self.flag_places, env_files=(*env_files, *(self.env_files if explicit else ())))


def gather(
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    folder: Path,
    env_file: Path | None,
    config_file: Path | None,
) -> Sources:
    """Reads them all. Raises SettingsError for a file that was named and is not there, or cannot be read."""
    given = {name: value for name, value in flags.items() if value not in (None, "", ())}
    unknown = given.keys() - _FLAGS
    if unknown:
        raise ValueError(f"no setting belongs to the flags {sorted(unknown)}")
    return Sources(
        flags=given,
        flag_places={name: _flag_place(name, given[name], environ) for name in given},
        environ={name: Found(raw, Place(text=f"environment {name}", name=name)) for name, raw in environ.items()},
        document=_document(folder, config_file),
        env_files=tuple(read_env_file(path, folder, environ) for path in _env_files(folder, env_file)),
    )


def _flag_place(name: str, value: object, environ: Mapping[str, str]) -> Place:
    """click fills flags from ``NUKEDIAG_<FLAG>``: what came that way is said to come from there."""
    variable = variable_of(name)
    if environ.get(variable) == str(value):
        return Place(text=f"environment {variable}", name=variable)
    return Place(text=f"flag {flag_of(name)}", name=name)


def _document(folder: Path, config_file: Path | None) -> Document:
    path = config_file if config_file is not None else folder / FILE_NAME
    if config_file is None and not path.is_file():
        return Document()
    if not path.is_file():
        raise SettingsError(f"there is no file {path}", "Check the path given with --config.")
    return read_document(path, FILE_NAME if path == folder / FILE_NAME else str(path))


def _env_files(folder: Path, env_file: Path | None) -> list[Path]:
    if env_file is None:
        return default_files(folder)
    if env_file.is_dir() or not env_file.exists():  # a pipe is welcome: --env-file <(sops decrypt ...)
        raise SettingsError(f"there is no file {env_file}", "Check the path given with --env-file.")
    return [env_file]
