"""What each command is run with when the canaries are looked for. A command of the table without an entry fails the
test: whoever adds one says here how it is to be looked through."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click

from diag.cli.root import COMMANDS

Words = tuple[str, ...]
ANSWER = "{answer}"
"""Stands for an error text with the function's OpenAI key in it, as somebody would paste it."""

EVERYWHERE: dict[str, tuple[Words, ...]] = {
    "preflight": (("-vv", "--max-cost", "0.001"), ("--json", "-vv"), ("--fix", "--no-call")),
    "test-image": (("--next", "-vv"), ("--next", "--json")),
    "backfill": (("--if-healthy", "--yes", "--limit", "2", "-vv"),),
    "verify": (("-vv",), ("--json",)),
    "explain": ((ANSWER, "-vv"), (ANSWER, "--json")),
    "secrets list": (("-vv",), ("--json",)),
    "secrets diff": (("-vv",), ("--json",)),
    "secrets push": (("-vv",), ("--json", "--overwrite")),
    "functions list": (("-vv",), ("--json",)),
    "config show": (("-vv",), ("--json",)),
    "config check": (("-vv",), ("--json",)),
}
"""In every scene."""
ONCE: dict[str, tuple[Words, ...]] = {
    "functions deploy": (("nukediag-probe", "-vv"), ("analyze-image-simple", "--json")),
    "functions delete": (("nukediag-probe", "-vv"), ("analyze-image-simple", "--json")),
    "backfill": (("--yes", "--limit", "1", "--json", "-vv"), ("--yes", "--limit", "1", "-vv", "--", "echo", ANSWER)),
    "report": (("--list",), ("--format", "html", "-o", "page.html"), ("--format", "markdown"), ("--json",)),
    "status": (("-vv",), ("--json",)),
    "init": (("--yes", "--stdout", "-vv"), ("--yes", "--json", "--output", "written.toml")),
    "worker": (("--queue", "none", "--until-empty", "-vv"), ("--queue", "none", "--until-empty", "--json")),
    "queue install": (("--yes", "-vv"), ("--yes", "--json")),
    "queue status": (("-vv",), ("--json",)),
    "queue remove": (("--yes", "-vv"), ("--yes", "--json")),
    "control pause": (("-vv",), ("--json",)),
    "control resume": (("-vv",),),
    "control set": (("rate=1", "-vv"),),
    "control stop": (("-vv",), ("--json",)),
    "help": ((), ("environment",), ("configuration",)),
    "completion": (("bash",),),
    "sandbox status": (("--name", "scenarios"), ("--name", "scenarios", "--json")),
    "sandbox scenario": (("healthy", "--name", "scenarios", "--json"),),
    "sandbox scenarios": ((), ("--json",)),
}
"""In the healthy scene alone, in this order."""
ELSEWHERE = {
    "demo": "tells a fixed text and runs commands of this table",
    "sandbox up": "shows what sandbox status shows",
    "sandbox down": "has nothing but a name to show",
    "sandbox drill": "has a test of its own: its sandbox's keys are gone when it ends, so their shape is looked for",
}


def leaves() -> Iterator[str]:
    """Every command that can be run, groups opened: ``secrets push``."""
    for name, (module, _) in COMMANDS.items():
        command = importlib.import_module(module).command
        yield from (f"{name} {child}" for child in command.commands) if isinstance(command, click.Group) else (name,)
