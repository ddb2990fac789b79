"""Env files: which ones count, and what stands in which line of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import Binding, parse_stream
from dotenv.variables import parse_variables

from diag.config.settings import Place
from diag.errors import SettingsError

FUNCTIONS_ENV = "functions.env"
"""Beside a sandbox's env file: the function's secrets, as a user keeps them in ``supabase/functions/.env``."""
_LARGEST = 1_000_000  # bytes; an env file is small, a larger one is something else
_NO_ENV = (".example", ".sample", ".template", ".dist", ".bak", ".swp", "~", ".old", ".orig", ".vault", ".age", ".gpg")


@dataclass(frozen=True, slots=True)
class Found:
    """A value as it was written, and where."""

    raw: str
    place: Place


def is_for_functions(place: Place) -> bool:
    """Whether a value stands in a file that is kept for the functions, so that every name in it is meant for them."""
    path = place.file
    return path is not None and (path.name == FUNCTIONS_ENV or path.parent.name == "functions")


@dataclass(frozen=True, slots=True)
class EnvFile:
    """One env file: ``values`` by name (several where a name is written twice, the last one first, as it counts),
    and the numbers of the lines that cannot be read."""

    path: Path
    shown: str
    values: Mapping[str, tuple[Found, ...]]
    unreadable: tuple[int, ...] = ()


def default_files(folder: Path) -> list[Path]:
    """The env files that count without ``--env-file``, the strongest first."""
    named = [folder / ".env.local", folder / ".env", folder / "supabase/functions/.env"]
    home = folder / "supabase"
    rest = sorted(path for path in home.glob(".env*") if not path.name.endswith(_NO_ENV))
    rest.sort(key=lambda path: (path.name not in (".env.local", ".env"), path.name != ".env.local"))
    return [path for path in (*named, *rest) if path.is_file()]


def read_env_file(path: Path, folder: Path, environ: Mapping[str, str]) -> EnvFile:
    """Reads one file. ``${NAME}`` is filled in from the lines above and the environment, as other tools do.

    Raises SettingsError where the file cannot be read at all.
    """
    shown = _shown(path, folder)
    bindings = list(parse_stream(io.StringIO(read_text(path, shown))))
    values: dict[str, tuple[Found, ...]] = {}
    for name, raw, line in _lines(bindings, environ):
        place = Place(text=f"{shown}:{line}", file=path, line=line, name=name)
        values[name] = (Found(raw, place), *values.get(name, ()))
    return EnvFile(path, shown, values, tuple(_line(binding) for binding in bindings if binding.error))


def _lines(bindings: list[Binding], environ: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    seen: dict[str, str | None] = dict(environ)
    for binding in bindings:
        if binding.error or binding.key is None or binding.value is None:
            continue
        value = "".join(atom.resolve(seen) for atom in parse_variables(binding.value))
        seen[binding.key] = value
        yield binding.key, value, _line(binding)


def _line(binding: Binding) -> int:
    """python-dotenv counts from the blank lines before a binding; a reader wants the line with the name."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + blank.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def read_text(path: Path, shown: str) -> str:
    """The text of a settings file, whatever editor wrote it. Raises SettingsError."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)  # its size says nothing where it is a pipe or a device
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SettingsError(f"{shown} cannot be read: {why}", "Check the path and its rights.") from None
    if len(data) > _LARGEST:
        raise SettingsError(f"{shown} is too large for a settings file", "Name the right file.")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SettingsError(f"{shown} is not UTF-8 text", "Save it as UTF-8.") from None


def _shown(path: Path, folder: Path) -> str:
    try:
        return str(path.resolve().relative_to(folder.resolve()))
    except (ValueError, OSError, RuntimeError):
        return str(path)
