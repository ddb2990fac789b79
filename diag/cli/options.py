"""The options that commands share, and the session that they open."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

import click

from diag.secret import redact

if TYPE_CHECKING:
    from rich.console import Console

    from diag.config import Configuration
    from diag.report.documents import Document

P = ParamSpec("P")
R = TypeVar("R")
Format = Literal["text", "json"]
ColorChoice = Literal["auto", "always", "never"]


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
    verbosity: int = 0
    """-1 for ``-q``, 0, 1 for ``-v``, 2 for ``-vv``."""
    color: ColorChoice = "auto"
    flags: dict[str, Any] = field(default_factory=dict)
    env_file: Path | None = None
    config_file: Path | None = None
    use_sandbox: bool = False

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
        from rich.console import Console

        choice = self.color
        if choice == "auto" and os.environ.get("CLICOLOR_FORCE", "0") != "0":
            choice = "always"
        elif choice == "auto" and os.environ.get("CLICOLOR") == "0":
            choice = "never"
        console = Console(
            stderr=stderr,
            highlight=False,
            markup=False,
            emoji=False,
            force_terminal=True if choice == "always" else None,
            no_color=True if choice == "never" else None,
        )
        console.soft_wrap = not console.is_terminal  # what is piped is not wrapped
        return console

    def emit(self, document: Document) -> None:
        """Print the one JSON document of this run on standard output."""
        click.echo(redact(document.model_dump_json(indent=2)))


def output_options(function: Callable[..., R]) -> Callable[..., R]:
    """``--json``, ``--format``, ``-v``, ``-q``, ``--color``; the command gets a ``Session`` as ``session``."""
    options = [
        click.option("--json", "as_json", is_flag=True, help="Exactly one JSON document on stdout (= --format json)."),
        click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text"),
        click.option("-v", "--verbose", count=True, help="More detail; -vv for debugging."),
        click.option("-q", "--quiet", is_flag=True, help="One line."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
    ]

    @functools.wraps(function)
    def with_session(
        *args: Any, as_json: bool, output_format: Format, verbose: int, quiet: bool, color: ColorChoice, **rest: Any
    ) -> R:
        session = Session("json" if as_json else output_format, -1 if quiet else verbose, color)
        return function(session, *args, **rest)

    return _with(options, with_session)


def project_options(function: Callable[..., R]) -> Callable[..., R]:
    """The output options and those that say which project."""
    return output_options(settings_options(function))


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
