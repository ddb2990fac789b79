"""A page of reference, and how it is written for a terminal and for a reader of Markdown. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

_GENERATED = "<!-- Written by `python -m docs.generate` from the program itself. -->"


@dataclass(frozen=True, slots=True)
class Table:
    """``head``: the columns' names; ``rows``: their cells, in Markdown."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """``blocks``: paragraphs, tables, and headings (a text that begins with ``## ``)."""

    title: str
    blocks: tuple[str | Table, ...]


def as_markdown(page: Page) -> str:
    """The page for ``docs/reference``."""
    blocks = [block if isinstance(block, str) else _markdown_table(block) for block in page.blocks]
    return "\n\n".join([_GENERATED, f"# {page.title}", *blocks]) + "\n"


def _markdown_table(table: Table) -> str:
    lines = [table.head, tuple("---" for _ in table.head), *table.rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") or " " for cell in line) + " |" for line in lines)


def as_text(page: Page, width: int = 80) -> str:
    """The page for a terminal: the first column of a table stands alone, the others below it where they do not fit."""
    return "\n\n".join([page.title, *(_text(block, width) for block in page.blocks)])


def _text(block: str | Table, width: int) -> str:
    if isinstance(block, Table):
        return "\n".join(line for row in block.rows for line in _row(row, _first(block), width))
    return textwrap.fill(_plain(block.removeprefix("## ")), width)


def _first(table: Table) -> int:
    """The width of the first column: that of its longest word, within reason."""
    return min(max((len(_plain(row[0])) for row in table.rows), default=0), 26)


def _row(row: tuple[str, ...], first: int, width: int) -> Iterator[str]:
    name = _plain(row[0])
    told = " · ".join(_plain(cell) for cell in row[1:] if cell)
    indent = " " * (first + 4)
    lines = textwrap.wrap(told, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False) or [""]
    if len(name) > first:
        yield f"  {name}"
        yield from (line for line in lines if line)
        return
    yield f"  {name:<{first}}  {lines[0].strip()}".rstrip()
    yield from lines[1:]


def _plain(text: str) -> str:
    """Markdown without its marks."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("**", "")
