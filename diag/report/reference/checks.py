"""The checks of preflight, from their registry."""

from __future__ import annotations

from itertools import groupby

from diag.config.settings import Settings
from diag.preflight.model import Check
from diag.preflight.registry import checks_for
from diag.report.reference.model import Page, Table


def page() -> Page:
    """Every check, by group, in the order in which they are shown."""
    blocks: list[str | Table] = [
        "A check says what has to be true. Its status is `pass`, `warn`, `fail`, `unknown` (could not tell: network, "
        "5xx, no permission to look), `skip` (one that it needs did not pass; `because` says which) or `error` (the "
        "check itself crashed; the others go on). Skips and unknowns are always shown.",
        "What is not required can only warn. What the test call proves counts as known once that call did fresh and "
        "complete work. `--only`, `--skip` and `--allow` take ids and groups. The checks of secrets and providers "
        "follow `[secrets]` in `nukediag.toml`; those below belong to the default settings.",
    ]
    for group, members in groupby(checks_for(Settings(), has_source=True), key=lambda check: check.group):
        blocks += [f"## {group}", Table(("check", "claim", "remarks"), tuple(map(_row, members)))]
    return Page("Checks", tuple(blocks))


def _row(check: Check) -> tuple[str, ...]:
    return f"`{check.id}`", check.claim, _remarks(check)


def _remarks(check: Check) -> str:
    remarks = {
        "needs " + ", ".join(f"`{name}`" for name in check.needs): bool(check.needs),
        "not required": not check.required,
        "proved by the test call": check.proved_by_call or not check.must_know,
        "only where nothing has failed": bool(check.barred_by),
        f"about ${check.cost_usd:g}": check.cost_usd > 0,
    }
    return "; ".join(text for text, applies in remarks.items() if applies)
