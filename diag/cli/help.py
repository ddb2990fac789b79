"""``nukediag help``: a topic, or a command's own help."""

from __future__ import annotations

import importlib
import shutil

import click

from diag.cli.streams import say
from diag.errors import ExitCode, UsageError

TOPICS = {
    "exit-codes": "what a run ends with",
    "environment": "every variable that counts",
    "configuration": "every setting of nukediag.toml",
    "checks": "every check of preflight",
    "signatures": "every cause that nukediag can name",
}
"""Topic -> what it is about; a topic's page is the module of that name in ``diag.report.reference``."""
_WIDEST = 100  # columns: longer lines are hard to read
_EPILOG = """\b
Examples:
  nukediag help exit-codes       what a script may rely on
  nukediag help configuration    every setting of nukediag.toml, with its default
  nukediag help backfill         the same as nukediag backfill --help
"""


@click.command(epilog=_EPILOG)
@click.argument("topic", required=False)
@click.pass_context
def command(context: click.Context, topic: str | None) -> int:
    """Show a topic (exit-codes, environment, configuration, checks, signatures) or a command's help."""
    from diag.cli.root import COMMANDS, root

    if topic is None:
        say(_topics())
    elif topic in TOPICS:
        say(topic_text(topic))
    elif topic in COMMANDS:
        found = root.get_command(context, topic)
        assert found is not None
        with found.context_class(found, info_name=topic, parent=context.parent) as own:
            say(found.get_help(own))
    else:
        raise _unknown(topic, [*TOPICS, *COMMANDS])
    return ExitCode.OK


def _topics() -> str:
    lines = [f"  nukediag help {name:<15} {about}" for name, about in TOPICS.items()]
    return "\n".join(["Topics:", *lines, "", "  nukediag help <command> shows a command's help, nukediag --help all."])


def topic_text(topic: str) -> str:
    """The topic's page for this terminal."""
    from diag.report.reference import as_text

    page = importlib.import_module(f"diag.report.reference.{topic.replace('-', '_')}").page()
    return as_text(page, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))


def _unknown(topic: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    near = get_close_matches(topic, known, n=1)
    return UsageError(f"there is no topic '{topic}'", f"nukediag help {near[0]}" if near else "nukediag help")
