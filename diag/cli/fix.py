"""``nukediag preflight --fix``: the guided form of mending. The plan is shown first; --yes, or somebody's yes, carries
it out; then everything is looked at again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click

from diag.cli.options import Session
from diag.preflight import PreflightResult
from diag.preflight.mender import carry_out, propose
from diag.preflight.mending import Mend
from diag.project import Project
from diag.report.mending_text import mending_lines
from diag.report.terminal import Paper


@dataclass(frozen=True, slots=True)
class Fixed:
    """``result``: the last look. ``first``: the one before the changes, None where nothing was changed."""

    result: PreflightResult
    mends: tuple[Mend, ...] = ()
    first: PreflightResult | None = None


def fix(
    session: Session,
    look: Callable[[], PreflightResult],
    show: Callable[[Session, PreflightResult], None],
    *,
    yes: bool,
) -> Fixed:
    """Look, plan, ask, mend, look again. ``look`` runs a preflight; ``show`` prints its result for people."""
    result = _looked(session, look, show)
    mends = asyncio.run(_propose(session, result))
    changes = any(mend.changes for mend in mends)
    # Asked between two event loops: inside one, Ctrl-C would not reach the question.
    if not changes or not (yes or _agreed(session, mends)):
        _tell(session, mends, applied=False)
        return Fixed(result, mends)
    done = asyncio.run(_carry_out(session, mends))
    _tell(session, done, applied=True)
    return Fixed(_looked(session, look, show), done, result)


def _looked(
    session: Session, look: Callable[[], PreflightResult], show: Callable[[Session, PreflightResult], None]
) -> PreflightResult:
    result = look()
    if session.format == "text":
        show(session, result)
    return result


async def _propose(session: Session, result: PreflightResult) -> tuple[Mend, ...]:
    async with Project(session.configuration) as project:
        return await propose(project, result)


async def _carry_out(session: Session, mends: Sequence[Mend]) -> tuple[Mend, ...]:
    async with Project(session.configuration) as project:
        return await carry_out(project, mends)


def _agreed(session: Session, mends: Sequence[Mend]) -> bool:
    """Ask where somebody can be asked."""
    if session.format != "text" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    for line in mending_lines(mends, Paper.of(session.log), applied=True)[1:]:
        session.log.print(line)
    return click.confirm("Make these changes?", err=True)


def _tell(session: Session, mends: Sequence[Mend], *, applied: bool) -> None:
    if session.format != "text":
        return
    session.out.print()
    for line in mending_lines(mends, Paper.of(session.out), applied=applied):
        session.out.print(line)
    if applied:
        session.out.print("\nlooking again")
