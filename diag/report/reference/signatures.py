"""The signatures, in short: ``docs/signatures.md`` has them at length."""

from __future__ import annotations

from itertools import groupby

from diag.catalogue import SIGNATURES
from diag.report.reference.model import Page, Table


def page() -> Page:
    """Id and title of every signature, by component."""
    blocks: list[str | Table] = [
        "What nukediag can find out about an answer, an error or a log. `nukediag explain <id>` says what it means "
        "and how to mend it."
    ]
    for component, members in groupby(SIGNATURES.values(), key=lambda one: one.component):
        rows = tuple((f"`{one.id}`", one.title) for one in members)
        blocks += [f"## {component}", Table(("signature", "meaning"), rows)]
    return Page("Signatures", tuple(blocks))
