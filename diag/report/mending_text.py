"""What nukediag can mend, or has mended, as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from diag.preflight.mending import Mend, MendAction
from diag.report.terminal import Paper

_WORDS = {
    MendAction.SET: "set", MendAction.OVERWRITE: "overwrite", MendAction.DEPLOY: "deploy",
    MendAction.JWT_ON: "switch on", MendAction.JWT_OFF: "switch off", MendAction.LEAVE: "left",
}  # fmt: skip
_COLUMN = 12


def mending_lines(mends: Sequence[Mend], paper: Paper, *, applied: bool) -> list[Text]:
    """A line for each change, and one that says what became of them."""
    if not mends:
        return [Text(paper.words("nukediag itself can mend nothing here"))]
    title = "mended" if applied else "what nukediag can mend"
    return [Text(title, "bold"), *(_line(mend, paper) for mend in mends), *_end(mends, paper, applied=applied)]


def _line(mend: Mend, paper: Paper) -> Text:
    done = {None: "", True: "; done", False: "; not to be seen yet"}[mend.done]
    told = "\n".join(paper.lines(f"{mend.name} {mend.change}{done}", _COLUMN + 2))
    return Text.assemble("  ", (_WORDS[mend.action].ljust(_COLUMN), "dim" if not mend.changes else ""), told)


def _end(mends: Sequence[Mend], paper: Paper, *, applied: bool) -> list[Text]:
    changes = sum(mend.changes for mend in mends)
    if applied or not changes:
        return []
    told = "this change" if changes == 1 else f"these {changes} changes"
    return [Text(paper.words(f"nothing was changed: --fix --yes makes {told} and looks again"))]
