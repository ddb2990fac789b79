"""Help as a terminal of 80 columns can show it, also without UTF-8."""

from __future__ import annotations

import re
import sys
import textwrap

import click

from diag.cli.streams import in_ascii, speaks_utf8

_EXAMPLE = re.compile(r"(?P<command> +\S.*?\S {2,})(?P<told>\S.*)")
_FARTHEST = 42  # columns: what an example does begins farther left than that, or on a line of its own


class Formatter(click.HelpFormatter):
    """click leaves what is formatted already (examples, exit codes) as it stands, however long."""

    def getvalue(self) -> str:
        """The whole text."""
        lines = (fitted(line, self.width) for line in super().getvalue().split("\n"))
        text = "\n".join(lines)
        return text if speaks_utf8(sys.stdout) else in_ascii(text)


class Context(click.Context):
    """A context whose help is formatted like that."""

    formatter_class = Formatter


def fitted(line: str, width: int) -> str:
    """A line broken at ``width``: an example's explanation keeps its column, or goes under its command; anything else
    is indented from the second line on. Commands and other words stay whole."""
    example = _EXAMPLE.fullmatch(line)
    if len(line) <= width or (example is None and line.lstrip().startswith("nukediag ")):
        return line
    if example is None:
        indent = " " * (len(line) - len(line.lstrip()))
        return _wrapped(line.strip(), width, indent, indent if len(indent) > _FARTHEST else f"{indent}  ")
    command, column = example["command"], len(example["command"])
    if column <= _FARTHEST:
        return _wrapped(example["told"], width, command, " " * column)
    under = " " * (len(command) - len(command.lstrip()) + 4)
    return f"{command.rstrip()}\n{_wrapped(example['told'], width, under, under)}"


def _wrapped(text: str, width: int, first: str, rest: str) -> str:
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)
