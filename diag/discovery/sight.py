"""What there is to be found of a project: its functions' code, its tables, its secrets' names. Looks, never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diag.config import Configuration
from diag.discovery.migrations import tables_in
from diag.errors import NukediagError, SettingsError
from diag.project import Project, shipped
from diag.project.code import Code, read_code
from diag.project.source import Read, entry_of, scan
from diag.project.tables import Table


@dataclass(frozen=True, slots=True)
class Seen:
    """One function. ``entry``: where its code stands, as it is shown (None: it is deployed, and its code is not here);
    ``reads``: the variables that it reads; ``unclear``: where it puts their names together while running."""

    name: str
    entry: str | None = None
    code: Code = field(default_factory=Code)
    reads: tuple[Read, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """``tables_from``: where the tables were looked up, or None; ``unknown``: what could not be looked at and why, one
    sentence each; ``secrets``: names that the project or the functions' env file sets; ``plain``: values of variables
    that are no secret."""

    functions: Mapping[str, Seen] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    tables_from: str | None = None
    secrets: tuple[str, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


_PLAIN = ("AWS_REGION", "AWS_DEFAULT_REGION")


async def look(configuration: Configuration) -> Sight:
    """Everything that can be seen from here. Raises nothing for what cannot be reached: that is said."""
    folder, unknown = configuration.folder, list[str]()
    functions = _local_functions(folder)
    async with Project(configuration) as project:
        tables, source = await _tables(project, folder, unknown)
        deployed, names = await _managed(project, unknown)
    functions = {**{name: Seen(name) for name in deployed}, **functions}
    local = configuration.local_values
    plain = {name: local[name].secret.reveal() for name in _PLAIN if name in local}
    secrets = tuple(dict.fromkeys((*names, *(name for name, one in local.items() if _for_functions(one.place.file)))))
    return Sight(functions, tables, source, secrets, plain, tuple(unknown))


def _for_functions(file: Path | None) -> bool:
    return file is not None and file.parent.name == "functions"


def _local_functions(folder: Path) -> dict[str, Seen]:
    home = folder / "supabase" / "functions"
    names = sorted(each.name for each in home.iterdir() if each.is_dir()) if home.is_dir() else []
    named = [name for name in names if not name.startswith(("_", ".")) and name not in shipped.names()]
    return {name: _seen(name, entry, folder) for name in named if (entry := entry_of(folder, name))}


def _seen(name: str, entry: Path, folder: Path) -> Seen:
    source = scan(entry, folder)
    shown = str(entry.relative_to(folder)) if entry.is_relative_to(folder) else entry.name
    return Seen(name, shown, read_code(source.files), tuple(source.reads.values()), source.unclear)


async def _tables(project: Project, folder: Path, unknown: list[str]) -> tuple[dict[str, Table], str | None]:
    try:
        tables = await project.data.tables()
        if tables:
            return tables, "the data API"
        unknown.append("the data API does not describe its tables")
    except SettingsError as error:
        unknown.append(f"the tables of the project: {error.message.split('.')[0]}")
    except NukediagError as error:
        unknown.append(error.message)
    files = sorted((folder / "supabase" / "migrations").glob("*.sql"))
    tables = tables_in(path.read_text(encoding="utf-8", errors="replace") for path in files)
    return tables, "supabase/migrations" if tables else None


async def _managed(project: Project, unknown: list[str]) -> tuple[list[str], list[str]]:
    """The names of the deployed functions and of the project's secrets."""
    if project.management is None:
        unknown.append("what is deployed, and which secrets are set: there is no access token")
        return [], []
    try:
        functions = [one.slug for one in await project.management.functions() if one.slug not in shipped.names()]
        secrets = [one.name for one in await project.management.secrets()]
    except NukediagError as error:
        unknown.append(error.message)
        return [], []
    return functions, [name for name in secrets if not name.startswith("SUPABASE_")]
