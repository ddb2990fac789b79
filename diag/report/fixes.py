"""What nukediag can mend, or has mended, in words: the same in every format."""

from __future__ import annotations

from collections.abc import Sequence

from diag.preflight.mending import Mend, MendAction
from diag.report.preflight_document import FixModel

ACTIONS = {
    MendAction.SET: "set", MendAction.OVERWRITE: "overwrite", MendAction.DEPLOY: "deploy",
    MendAction.JWT_ON: "switch on", MendAction.JWT_OFF: "switch off", MendAction.LEAVE: "left",
}  # fmt: skip
_DONE = {None: "", True: "; done", False: "; not to be seen yet"}
Fix = Mend | FixModel


def is_applied(fixes: Sequence[Fix]) -> bool:
    """Whether these were carried out, rather than planned alone."""
    return any(one.done is not None for one in fixes)


def title(*, applied: bool) -> str:
    """What stands above them."""
    return "mended" if applied else "what nukediag can mend"


def change(one: Fix) -> str:
    """What is done to a secret or function, and why."""
    return f"{one.name} {one.change}{_DONE[one.done]}"


def ending(fixes: Sequence[Fix], *, applied: bool) -> str:
    """What became of the plan, or nothing where that is plain."""
    changes = sum(one.action is not MendAction.LEAVE for one in fixes)
    if applied or not changes:
        return ""
    told = "this change" if changes == 1 else f"these {changes} changes"
    return f"nothing was changed: --fix --yes makes {told} and looks again"


def fix_lines(fixes: Sequence[Fix]) -> list[str]:
    """All of it as plain lines, the title first; none without a plan."""
    if not fixes:
        return []
    applied = is_applied(fixes)
    lines = [f"{ACTIONS[one.action]}: {change(one)}" for one in fixes]
    return [title(applied=applied), *lines, *filter(None, [ending(fixes, applied=applied)])]
