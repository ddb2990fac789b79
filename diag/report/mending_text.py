"""What nukediag can mend, or has mended, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from diag.preflight.mending import Mend
from diag.report.fixes import ACTIONS, change, ending, title
from diag.report.terminal import Paper

_COLUMN = 12


def mending_lines(mends: Sequence[Mend], paper: Paper, *, applied: bool) -> list[Text]:
    """A line for each change, and one that says what became of them."""
    if not mends:
        return [Text(paper.words("nukediag itself can mend nothing here"))]
    last = ending(mends, applied=applied)
    lines = [Text(title(applied=applied), "bold"), *(_line(mend, paper) for mend in mends)]
    return [*lines, Text(paper.words(last))] if last else lines


def _line(mend: Mend, paper: Paper) -> Text:
    told = "\n".join(paper.lines(change(mend), _COLUMN + 2))
    return Text.assemble("  ", (ACTIONS[mend.action].ljust(_COLUMN), "dim" if not mend.changes else ""), told)
