"""``nukediag sandbox drill``: one function under every fault."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, output_options
from diag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diag.config import Configuration
    from diag.sandbox.drill import Card, Drilled
    from diag.sandbox.state import Sandbox

_CALLS_PER_SCENARIO = 4
_SPARE_ROWS = 60
_EPILOG = """\b
Examples:
  nukediag sandbox drill --functions .                      the function that nukediag.toml names
  nukediag sandbox drill --functions . --function my-slug   another one
  nukediag sandbox drill --variant lenient                  the sandbox's own, to see what a card looks like

\b
Exit codes: 0 nothing to mend · 3 it does not work even with nothing at fault · 4 weaknesses were found
"""


@click.command("drill", epilog=_EPILOG)
@output_options
@click.option(
    "--functions",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Your own functions: a supabase/functions folder. Without it: the sandbox's own.",
)
@click.option("--function", "function_name", metavar="NAME", help="Which of them.")
@click.option(
    "--schema",
    "tables",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="SQL for your own tables, applied after the sandbox's.",
)
@click.option("--scenario", "scenarios", multiple=True, metavar="NAME", help="Only these (repeatable).")
@click.option("--variant", type=click.Choice(["strict", "lenient"]), help="Which of the sandbox's own functions.")
@click.option("--timeout", type=click.FloatRange(min=1), default=20, show_default=True, help="Seconds for one call.")
def command(
    session: Session,
    functions: Path | None,
    function_name: str | None,
    tables: Path | None,
    scenarios: tuple[str, ...],
    variant: str | None,
    timeout: float,
) -> int:
    """Call a function under every scenario and print its report card: what it answered, what could be told from it,
    what it wrote, what it leaked, and how to make it honest. Runs in a sandbox of its own; nothing is sent anywhere."""
    from diag.sandbox.stage import find

    wanted = [find(name).name for name in scenarios] or _all()
    slug = _chosen(functions, function_name)
    flags: dict[str, object] = {"function": slug, "timeout": timeout}
    images = _SPARE_ROWS + _CALLS_PER_SCENARIO * len(wanted)
    own = {"functions": functions, "tables": tables}
    with _sandbox(session, images=images, variant=variant, **own) as sandbox:
        card = asyncio.run(_drill(session, sandbox, lambda: _configuration(sandbox, flags), wanted))
    return _show(session, card)


def _all() -> list[str]:
    from diag.sandbox.scenarios import SCENARIOS

    return [name for name in SCENARIOS if name != "healthy"]


def _chosen(functions: Path | None, name: str | None) -> str | None:
    """The function to call: the one that was named, the only one, or the one that the settings name."""
    if functions is None:
        return name
    from diag.config import load
    from diag.sandbox.own import find_functions

    found = find_functions(functions)
    wanted = name or (next(iter(found)) if len(found) == 1 else None)
    wanted = wanted or load(environ=os.environ, folder=Path.cwd()).settings.function.name
    if wanted not in found:
        raise UsageError(f"there is no function {wanted} in {functions}", f"--function {' | '.join(sorted(found))}")
    return wanted


@contextmanager
def _sandbox(
    session: Session, *, images: int, variant: str | None, functions: Path | None, tables: Path | None
) -> Iterator[Sandbox]:
    from diag.sandbox import launch

    name = f"drill-{os.getpid()}"
    try:
        session.log.print("starting a sandbox for the drill ...")
        yield launch.up(
            images=images, name=name, variant=variant, functions=functions, tables=tables, say=session.log.print
        )
    finally:
        launch.down(name)


def _configuration(sandbox: Sandbox, flags: dict[str, object]) -> Configuration:
    from diag.config import load

    return load(flags=flags, environ=os.environ, folder=Path.cwd(), sandbox_env=sandbox.env_file)


async def _drill(
    session: Session, sandbox: Sandbox, configure: Callable[[], Configuration], scenarios: Sequence[str]
) -> Card:
    from diag.report.drill_text import drilled_lines
    from diag.report.terminal import Paper
    from diag.sandbox.drill import Drill

    # Text is told as it comes; with --json standard output holds the one document, and progress goes elsewhere.
    out = session.log if session.format == "json" else session.out
    paper = Paper.of(out)

    def tell(drilled: Drilled) -> None:
        if session.verbosity >= 0:
            out.print(drilled_lines(drilled, paper, session.verbosity))

    return await Drill(sandbox, configure).run(scenarios, tell)


def _show(session: Session, card: Card) -> int:
    from diag.report.drill_document import drill_document
    from diag.report.drill_text import card_lines
    from diag.report.terminal import Paper

    document = drill_document(card)
    if session.format == "json":
        session.emit(document)
    else:
        session.out.print(card_lines(card, Paper.of(session.out), session.verbosity))
    return document.exit_code
