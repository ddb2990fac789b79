"""The options that commands share, and the session that they open."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from diag.cli.formats import PLAIN, Format, FormatParam, Wanted, on_stdout
from diag.cli.streams import say, speaks_utf8
from diag.inert import inert, inert_json
from diag.secret import redact

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from diag.cli.console import ColorChoice
    from diag.config import Configuration
    from diag.report.documents import Document
    from diag.report.terminal import Paper

    Form = Callable[[Paper], Text | str | Document]
    """One format of a result, for the paper it is written on."""

P = ParamSpec("P")
R = TypeVar("R")

_PROJECT_FLAGS = {
    "project_url": "url",
    "project_ref": "ref",
    "management_url": "management_url",
    "function_name": "function",
    "state_dir": "state_dir",
}
"""Command-line parameter -> name of the setting as ``diag.config.load`` takes it."""


@dataclass
class Session:
    """What every command starts from: how to speak, and (loaded when first asked for) the configuration."""

    format: Format = "text"
    """What goes to standard output."""
    verbosity: int = 0
    """-1 for ``-q``, 0, 1 for ``-v``, 2 for ``-vv``."""
    color: ColorChoice = "auto"
    flags: dict[str, Any] = field(default_factory=dict)
    env_file: Path | None = None
    config_file: Path | None = None
    use_sandbox: bool = False
    wanted: tuple[Wanted, ...] = ()
    """All formats that were asked for, with their files."""

    @cached_property
    def configuration(self) -> Configuration:
        """The settings; with ``--sandbox`` those of the running sandbox, which is started if none runs."""
        from diag.config import load

        return load(
            flags=self.flags,
            environ=os.environ,
            folder=Path.cwd(),
            env_file=self.env_file,
            config_file=self.config_file,
            sandbox_env=self._sandbox_env() if self.use_sandbox else None,
        )

    def _sandbox_env(self) -> Path:
        from diag.sandbox.launch import up
        from diag.sandbox.state import running

        sandbox = running()
        if sandbox is None:
            self.log.print("no sandbox runs: starting one (nukediag sandbox down ends it) ...")
            sandbox = up()
        return sandbox.env_file

    @cached_property
    def out(self) -> Console:
        """Standard output."""
        return self._console(stderr=False)

    @cached_property
    def log(self) -> Console:
        """Standard error: progress, notices, logs."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> Console:
        from diag.cli.console import new_console

        return new_console(sys.stderr if stderr else sys.stdout, self.color)

    def emit(self, document: Document) -> None:
        """Print the one JSON document of this run on standard output."""
        self.write(_json(document, ascii_only=not speaks_utf8(sys.stdout)))

    def write(self, text: str) -> None:
        """A text on standard output as it is. A reader that has left (``| head``) is no fault."""
        say(redact(text))

    def show(self, forms: Mapping[Format, Form]) -> None:
        """The result in the format for standard output, and in all that go into files."""
        from diag.report.terminal import Paper

        if self.format == "text":
            self.out.print(forms["text"](Paper.of(self.out)))
        else:
            self.write(_written(forms[self.format](Paper(None)), ascii_only=not speaks_utf8(sys.stdout)).rstrip("\n"))
        self.write_files(forms)

    def write_files(self, forms: Mapping[Format, Form]) -> None:
        """The result in the formats that go into files; in GitHub's summary of the step too, where its annotations
        are wanted."""
        from diag.report.terminal import Paper

        for one in self.wanted:
            if one.file:
                _save(one.file, "w", _written(forms[one.format](Paper(None))))
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary and any(one.format == "github" for one in self.wanted):
            _save(Path(summary), "a", _written(forms["markdown"](Paper(None))))


def _json(document: Document, *, ascii_only: bool = False) -> str:
    text = document.model_dump_json(indent=2)
    return json.dumps(json.loads(text), indent=2) if ascii_only else inert_json(text)


def _written(form: Text | str | Document, *, ascii_only: bool = False) -> str:
    if isinstance(form, str):
        return form
    text = form.plain if hasattr(form, "plain") else _json(form, ascii_only=ascii_only)
    return f"{text}\n"


def _save(path: Path, mode: str, text: str) -> None:
    from diag.errors import UsageError

    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(inert(redact(text)))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "give a file that can be written") from None


def output_options(function: Callable[..., R], formats: Sequence[Format] = PLAIN) -> Callable[..., R]:
    """``--json``, ``--format``, ``-v``, ``-q``, ``--color``; the command gets a ``Session`` as ``session``."""
    files = len(formats) > len(PLAIN)
    told = "; can be repeated, all but one with a file." if files else "."
    options = [
        click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on stdout (= --format json)."),
        click.option(
            "--format", "wanted", type=FormatParam(formats, files=files), multiple=True, help=f"How to report{told}"
        ),
        click.option("-v", "--verbose", count=True, help="More detail; -vv for debugging."),
        click.option("-q", "--quiet", is_flag=True, help="One line."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
        click.option("--no-color", is_flag=True, help="The same as --color never."),
    ]

    @functools.wraps(function)
    def with_session(*args: Any, verbose: int, quiet: bool, color: ColorChoice, no_color: bool, **rest: Any) -> R:
        given = tuple(one for one in rest.pop("wanted") if one)
        wanted = _wanted(given, as_json=rest.pop("as_json"))
        choice: ColorChoice = "never" if no_color else color
        session = Session(on_stdout(wanted), -1 if quiet else verbose, choice, wanted=wanted)
        return function(session, *args, **rest)

    return _with(options, with_session)


def _wanted(wanted: tuple[Wanted, ...], *, as_json: bool) -> tuple[Wanted, ...]:
    """``--json`` beats what the environment says, and contradicts another format on the command line."""
    context = click.get_current_context()
    by_flag = context.get_parameter_source("wanted") is ParameterSource.COMMANDLINE
    if not as_json:
        return wanted
    return (*(one for one in wanted if by_flag or one.file), Wanted("json"))


def project_options(function: Callable[..., R], formats: Sequence[Format] = PLAIN) -> Callable[..., R]:
    """The output options and those that say which project."""
    return output_options(settings_options(function), formats)


def settings_options(function: Callable[..., R]) -> Callable[..., R]:
    """Those that say which project: env file, config file, URL, ref, sandbox ... They are set in the ``Session`` that
    comes first among the command's arguments."""
    existing = click.Path(exists=True, dir_okay=False, path_type=Path)
    options = [
        click.option(
            "--sandbox", "use_sandbox", is_flag=True, help="Talk to the local sandbox (started if none runs)."
        ),
        click.option("--env-file", type=existing, help="Read settings from this file instead of the usual ones."),
        click.option("--config", "config_file", type=existing, help="Another nukediag.toml."),
        click.option("--project-url", metavar="URL", help="The project's URL (https://<ref>.supabase.co)."),
        click.option("--project-ref", metavar="REF", help="The project's reference, 20 letters."),
        click.option("--management-url", metavar="URL", help="Another management API (for stand-ins)."),
        click.option("--function", "function_name", metavar="NAME", help="The edge function to call."),
        click.option("--state-dir", type=click.Path(file_okay=False, path_type=Path), help="Where journals are kept."),
    ]

    @functools.wraps(function)
    def with_project(session: Session, *args: Any, **values: Any) -> R:
        session.env_file = values.pop("env_file")
        session.config_file = values.pop("config_file")
        session.use_sandbox = values.pop("use_sandbox")
        given = {key: values.pop(flag) for flag, key in _PROJECT_FLAGS.items()}
        session.flags = {key: value for key, value in given.items() if value is not None}
        return function(session, *args, **values)

    return _with(options, with_project)


def _with(
    options: Sequence[Callable[[Callable[..., Any]], Callable[..., Any]]], function: Callable[..., R]
) -> Callable[..., R]:
    for option in reversed(options):
        function = option(function)
    return function
