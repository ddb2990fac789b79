"""``nukediag sandbox``: a local stand-in for a Supabase project."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli import drill
from diag.cli.options import Session, output_options
from diag.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from diag.report.sandbox_document import SandboxDocument
    from diag.sandbox.state import Sandbox

_name = click.option("--name", default="default", show_default=True, help="Which sandbox, where there are several.")

_folder = click.Path(exists=True, file_okay=False, path_type=Path)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


_EPILOG = """\b
Examples:
  nukediag sandbox up                             everything works
  nukediag sandbox up --scenario aws-key-unknown  one fault
  nukediag sandbox up --functions .               your own functions and tables
  nukediag sandbox scenario aws-throttled         another fault, while it runs
  nukediag sandbox scenarios                      all that can be played
  nukediag sandbox status                         where it is, what it counted
  nukediag sandbox down                           no process or file is left
"""


@click.group(
    "sandbox",
    epilog=_EPILOG,
    help="A local stand-in for a Supabase project: real parts, made-up data, faults on demand.",
)
def command() -> None:
    """The group; its commands are below, and one has a file of its own."""


command.add_command(drill.command)


@command.command()
@output_options
@_name
@click.option("--scenario", metavar="NAME", help="The fault to play; without it everything works.")
@click.option("--images", type=click.IntRange(min=0), help="Rows without a result (2,734 without this option).")
@click.option("--variant", type=click.Choice(["strict", "lenient"]), help="How the function takes its faults.")
@click.option(
    "--sb-keys",
    type=click.Choice(["accepted", "refused"]),
    help="What a function's JWT check does with the new sb_ keys: Supabase's documents disagree.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the project's URL (0: a free one).")
@click.option("--functions", type=_folder, help="Serve your own functions: a supabase/functions folder.")
@click.option("--schema", "tables", type=_file, help="SQL for your own tables, applied after the sandbox's.")
@click.option("--foreground", is_flag=True, help="Stay, and end it with Ctrl-C.")
def up(
    session: Session,
    name: str,
    scenario: str | None,
    images: int | None,
    variant: str | None,
    sb_keys: str | None,
    port: int,
    functions: Path | None,
    tables: Path | None,
    foreground: bool,
) -> int:
    """Start it and return when it is ready; it runs on until `sandbox down`."""
    from diag.sandbox import launch
    from diag.sandbox.state import running

    there, begun = running(name), time.monotonic()
    found = launch.up(
        scenario,
        images=images,
        name=name,
        port=port,
        variant=variant,
        functions=functions,
        tables=tables,
        sb_keys=sb_keys,
        say=session.log.print,
    )
    if there is None:
        session.log.print(f"the sandbox is up ({time.monotonic() - begun:.1f} s)")
    else:
        session.log.print("a sandbox was up already" + _switched(there, found))
    code = _show(session, found)
    if session.format == "text" and session.verbosity >= 0:
        session.log.print("next: nukediag preflight --sandbox" + _naming(functions))
    return _stay(session, found) if foreground else code


def _naming(functions: Path | None) -> str:
    """The flag that is needed where the user's functions are called otherwise than the one of the settings."""
    from diag.config.settings import FunctionSettings
    from diag.sandbox.own import find_functions

    slugs = find_functions(functions) if functions else {}
    return "" if not slugs or FunctionSettings().name in slugs else f" --function {' | '.join(slugs)}"


def _switched(there: Sandbox, found: Sandbox) -> str:
    return "" if there.scenario == found.scenario else f", switched from {there.scenario} to {found.scenario}"


def _stay(session: Session, sandbox: Sandbox) -> int:
    from diag.sandbox import launch
    from diag.sandbox.state import is_held

    try:
        session.log.print("Ctrl-C ends it")
        while is_held(sandbox.folder):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        launch.down(sandbox.name)
    session.log.print("the sandbox is down")
    return ExitCode.OK


@command.command()
@output_options
@_name
def down(session: Session, name: str) -> int:
    """End it and remove everything that it wrote."""
    from diag.sandbox import launch

    was_up = launch.down(name)
    session.log.print("the sandbox is down" if was_up else "no sandbox was up")
    return ExitCode.OK


@command.command()
@output_options
@_name
def status(session: Session, name: str) -> int:
    """Where it is, what it plays, and what its stand-ins counted. Exit 1 if one of its parts has died."""
    return _show(session, _running(name))


@command.command()
@output_options
@_name
@click.argument("scenario")
def scenario(session: Session, name: str, scenario: str) -> int:
    """Play another fault while it runs, and count anew. Results that were saved stay."""
    from diag.sandbox import launch

    return _show(session, launch.switch(_running(name), scenario))


@command.command()
@output_options
def scenarios(session: Session) -> int:
    """List what can be played, and what nukediag is expected to find."""
    from diag.report.sandbox_document import ScenarioModel, ScenariosDocument, scenario_lines
    from diag.sandbox.scenarios import GROUPS

    listed = [
        ScenarioModel(
            name=each.name,
            group=group,
            title=each.title,
            signature=each.signature,
            also=[*each.also],
            preflight_exit=[*each.preflight_exit],
        )
        for group, members in GROUPS.items()
        for each in members
    ]
    document = ScenariosDocument(exit_code=0, scenarios=listed)
    if session.format == "json":
        session.emit(document)
        return ExitCode.OK
    for line in scenario_lines(document):
        session.out.print(line)
    return ExitCode.OK


def _running(name: str) -> Sandbox:
    from diag.sandbox.state import running

    sandbox = running(name)
    if sandbox is None:
        raise UsageError(
            "no sandbox runs" + ("" if name == "default" else f" by the name {name}"), "nukediag sandbox up"
        )
    return sandbox


def _show(session: Session, sandbox: Sandbox) -> int:
    from diag.report.sandbox_document import sandbox_lines

    document = _document(sandbox)
    if session.format == "json":
        session.emit(document)
    else:
        for line in sandbox_lines(document)[: 1 if session.verbosity < 0 else None]:
            session.out.print(line)
    return document.exit_code


def _document(sandbox: Sandbox) -> SandboxDocument:
    from diag.report.sandbox_document import sandbox_document
    from diag.sandbox.launch import status

    where: dict[str, str | None] = {
        "url": sandbox.url,
        "ref": sandbox.ref,
        "management_url": sandbox.management_url,
        "env_file": str(sandbox.env_file),
        "name": sandbox.name,
        "variant": sandbox.variant,
        "functions": str(sandbox.functions) if sandbox.functions else None,
    }
    return sandbox_document(where, status(sandbox))
