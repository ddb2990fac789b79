"""The page of all commands, from the commands themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from diag.cli.root import COMMANDS, root

_HEAD = """<!-- Written by `python -m docs.generate` from the program itself. -->

# Commands

`nukediag <command> --help` shows the same in the terminal. Every flag can be set as an environment variable, which
stands beside it; a flag goes before its variable. Options that all commands share stand once, at the end.
"""


def page() -> str:
    """The whole page as Markdown."""
    context = click.Context(root, info_name="nukediag")
    found = [each for name in COMMANDS for each in _described(name, root.get_command(context, name), context)]
    shared = _table(_options(_showing()))
    return "\n".join([_HEAD, *_code(root), *found, "## Options that commands share", "", shared, ""])


def _described(path: str, command: click.Command | None, above: click.Context) -> Iterator[str]:
    assert command is not None
    context = click.Context(command, info_name=path.split()[-1], parent=above)
    if isinstance(command, click.Group):
        yield f"## nukediag {path}\n\n{_prose(command)}\n"
        yield from _code(command)
        for name in command.list_commands(context):
            yield from _described(f"{path} {name}", command.get_command(context, name), context)
        return
    level = "#" * (2 + (" " in path))
    usage = " ".join(["nukediag", path, *command.collect_usage_pieces(context)])
    yield f"{level} nukediag {path}\n\n{_prose(command)}\n\n```console\n$ {usage}\n```\n"
    own = [option for option in _options(command) if not _is_shared(option)]
    if own:
        yield _table(own) + "\n"
    group = above.command
    yield from (block for block in _code(command) if block not in list(_code(group)))


def _options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option) and not each.hidden]


def _showing() -> click.Command:
    """``nukediag config show`` has the shared options and none of its own."""
    config = root.get_command(click.Context(root, info_name="nukediag"), "config")
    assert isinstance(config, click.Group)
    return config.commands["show"]


def _is_shared(option: click.Option) -> bool:
    return option.name in {each.name for each in _options(_showing())}


def _table(options: list[click.Option]) -> str:
    lines = ["| option | meaning | variable |", "| --- | --- | --- |"]
    for option in options:
        flags = ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
        meaning = (option.help or "").replace("|", "\\|")
        if isinstance(option.type, click.Choice):
            meaning += " (" + ", ".join(f"`{one}`" for one in option.type.choices) + ")"
        variable = f"`{option.envvar}`" if option.envvar else ""
        lines.append(f"| {flags} | {meaning.strip()} | {variable} |")
    return "\n".join(lines)


def _blocks(command: click.Command) -> list[str]:
    """The paragraphs of a command's help and what stands below its options; those that keep their lines begin with a
    backspace."""
    text = "\n\n".join(inspect.cleandoc(part) for part in (command.help or "", command.epilog or "") if part)
    return [block for block in re.split(r"\n\s*\n", text) if block.strip()]


def _prose(command: click.Command) -> str:
    return "\n\n".join(" ".join(block.split()) for block in _blocks(command) if "\b" not in block)


def _code(command: click.Command) -> Iterator[str]:
    for block in _blocks(command):
        lines = [line.rstrip() for line in block.replace("\b", "").strip("\n").splitlines()]
        if "\b" not in block:
            continue
        if lines[0].strip() in ("Examples:", "Example:"):
            yield "```text\n" + "\n".join(line.removeprefix("  ") for line in lines[1:]) + "\n```\n"
        else:
            joint = " · " if "·" in lines[0] else " "
            yield joint.join(line.strip() for line in lines) + "\n"
