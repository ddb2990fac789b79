"""``--format NAME[=FILE]``: what goes to standard output, and what into files beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
from click.core import ParameterSource

Format = Literal["text", "json", "junit", "github", "markdown"]
PLAIN: tuple[Format, ...] = ("text", "json")
"""What every command can."""
REPORTS: tuple[Format, ...] = ("text", "json", "github", "markdown")
CHECKS: tuple[Format, ...] = (*REPORTS, "junit")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A format, and the file that it goes to (None: standard output)."""

    format: Format
    file: Path | None = None


class FormatParam(click.ParamType[Wanted | None]):
    """``text``, ``junit=report.xml`` ...; files only where ``files`` says so. None for what the environment asks of all
    commands and this one cannot."""

    name = "format"

    def __init__(self, formats: Sequence[Format], *, files: bool) -> None:
        self._names = click.Choice(formats)
        self._files = files

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """``[text|json][=FILE]``."""
        return f"[{'|'.join(self._names.choices)}]" + ("[=FILE]" if self._files else "")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Wanted | None:
        """A usage error for an unknown format, and for a file that cannot be written: before anything is spent."""
        if isinstance(value, Wanted):
            return value
        name, equals, file = str(value).partition("=")
        if self._is_for_others(name, file, param, ctx):
            return None
        format_: Format = self._names.convert(name, param, ctx)
        if not equals or file == "-":
            return Wanted(format_)
        if not self._files:
            self.fail(f"this command writes to standard output alone; redirect it: > {file}", param, ctx)
        path = Path(file)
        if not file or path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
            self.fail(f"cannot write {file or 'a file without a name'}", param, ctx)
        return Wanted(format_, path)

    def _is_for_others(self, name: str, file: str, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        given = ctx.get_parameter_source(param.name) if ctx and param and param.name else None
        cannot = name not in self._names.choices or (file and not self._files)
        return given is ParameterSource.ENVIRONMENT and name in CHECKS and bool(cannot)


def on_stdout(wanted: Sequence[Wanted]) -> Format:
    """The one format for standard output; text where every format goes into a file."""
    found = list(dict.fromkeys(one.format for one in wanted if one.file is None))
    if len(found) > 1:
        raise click.UsageError(
            f"only one format can go to standard output, not {' and '.join(found)}: "
            f"give the others a file (--format {found[1]}=FILE)"
        )
    return found[0] if found else "text"
