"""What a person sees while a command waits: on a terminal a line that lives on stderr, else nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def waiting(console: Console, what: str) -> Iterator[Callable[[str], None]]:
    """Shows that ``what`` is under way; the yielded function is told each thing that is done."""
    if not console.is_terminal:
        yield lambda done: None
        return
    with console.status(f"{what} ...") as status:
        yield lambda done: status.update(f"{what}: {done}")
