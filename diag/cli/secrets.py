"""``nukediag secrets list``, ``diff`` and ``push``: what the function is given, and setting what is missing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode

if TYPE_CHECKING:
    from diag.credentials import Copies
    from diag.credentials.pushing import Step
    from diag.project import Management, Project
    from diag.report.secrets_document import SecretsAction

_EPILOG = """\b
Examples:
  nukediag secrets list                  names, ages, fingerprints
  nukediag secrets diff                  does the project hold what the local env file holds?
  nukediag secrets push                  what would be set; --yes sets it
  nukediag secrets push OPENAI_API_KEY --overwrite --yes

\b
Values are read from the env files (supabase/functions/.env and the others) and never shown.
Exit codes: 0 same or done · 3 different, or a value was refused · 5 cannot be compared
"""


@click.group("secrets", epilog=_EPILOG, help="The function's secrets: what is set, what differs, setting the missing.")
def command() -> None:
    """The group; its commands are below."""


@command.command("list", epilog=_EPILOG)
@project_options
def list_(session: Session) -> int:
    """List the project's secrets: names, ages and fingerprints, and how each compares with the local copy."""
    copies = asyncio.run(_compared(session))
    if session.format == "json":
        return _emit(session, "list", copies, ExitCode.OK)
    from diag.report.secrets_text import listing
    from diag.report.terminal import Paper

    session.out.print(listing(copies, Paper.of(session.out)))
    return ExitCode.OK


@command.command(epilog=_EPILOG)
@project_options
def diff(session: Session) -> int:
    """Compare the local copies with what the project stores, by digest. Ends in 3 if anything differs."""
    copies = asyncio.run(_compared(session))
    code = diff_code(copies)
    if session.format == "json":
        return _emit(session, "diff", copies, code)
    from diag.report.secrets_text import differences, listing
    from diag.report.terminal import Paper

    paper = Paper.of(session.out)
    if session.verbosity > 0:
        session.out.print(listing(copies, paper))
    for line in differences(copies, paper) or [_agreement(copies)]:
        session.out.print(line)
    return code


def diff_code(copies: Copies) -> ExitCode:
    """0: nothing differs; 3: something does; 5: nothing could be compared. Pure."""
    from diag.credentials import State

    if copies.different:
        return ExitCode.UNHEALTHY
    compared = [copy for copy in copies.secrets if copy.state is State.SAME]
    return ExitCode.OK if compared or not copies.secrets else ExitCode.CANNOT_VOUCH


def _agreement(copies: Copies) -> str:
    from diag.credentials import State

    same = sum(copy.state is State.SAME for copy in copies.secrets)
    alone = sum(copy.state is State.ONLY_STORED for copy in copies.secrets)
    rest = f"; {alone} more have no copy here" if alone else ""
    return f"{same} secrets are the same here and in the project{rest}"


@command.command(epilog=_EPILOG)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--yes", is_flag=True, help="Carry the plan out.")
@click.option("--overwrite", is_flag=True, help="Also replace what is set and differs.")
@project_options
def push(session: Session, *, names: tuple[str, ...], yes: bool, overwrite: bool) -> int:
    """Set the function's missing secrets from the local env files.

    Shows the plan first; nothing is changed without --yes. Placeholders and malformed values are refused, and what
    was set is looked at again afterwards.
    """
    return asyncio.run(_push(session, names, yes=yes, overwrite=overwrite))


async def _push(session: Session, names: Sequence[str], *, yes: bool, overwrite: bool) -> int:
    from diag.credentials import compare
    from diag.credentials.pushing import plan, push

    configuration = session.configuration
    async with _open(session) as project:
        management = _management(project)
        with _asking(session):
            copies = compare(configuration, await management.secrets(), names)
        steps = plan(copies, names, overwrite=overwrite)
        applied = any(step.changes for step in steps) and (yes or _agreed(session, steps))
        if applied:
            local = {copy.name: copy.local for copy in copies.secrets if copy.local}
            with _asking(session):
                steps = await push(management, steps, local)
                copies = compare(configuration, await management.secrets(), names)
    return _tell(session, copies, steps, applied=applied)


def _agreed(session: Session, steps: Sequence[Step]) -> bool:
    """Ask where somebody can be asked."""
    if session.format == "json" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from diag.report.secrets_text import plan_lines
    from diag.report.terminal import Paper

    for line in plan_lines(steps, Paper.of(session.log)):
        session.log.print(line)
    return click.confirm("Set these?", err=True)


def _tell(session: Session, copies: Copies, steps: Sequence[Step], *, applied: bool) -> int:
    code = push_code(steps)
    if session.format == "json":
        return _emit(session, "push", copies, code, steps, applied=applied)
    from diag.report.secrets_text import plan_lines
    from diag.report.terminal import Paper

    for line in plan_lines(steps, Paper.of(session.out)):
        session.out.print(line)
    changes = sum(step.changes for step in steps)
    if not changes:
        session.out.print("nothing to set")
    elif not applied:
        session.out.print(f"nothing was changed: add --yes to set {changes}")
    return code


def push_code(steps: Sequence[Step]) -> ExitCode:
    """3 where a value was refused, 5 where the project does not show a value that was set. Pure."""
    if any(step.action == "refuse" for step in steps):
        return ExitCode.UNHEALTHY
    return ExitCode.CANNOT_VOUCH if any(step.done is False for step in steps) else ExitCode.OK


async def _compared(session: Session) -> Copies:
    from diag.credentials import compare

    async with _open(session) as project:
        with _asking(session):
            return compare(session.configuration, await _management(project).secrets())


def _open(session: Session) -> Project:
    from diag.project import Project

    session.configuration.require("access_token", "ref")
    return Project(session.configuration)


def _asking(session: Session) -> AbstractContextManager[object]:
    from diag.cli.waiting import waiting

    return waiting(session.log, f"asking {session.configuration.management_url} for the secrets")


def _management(project: Project) -> Management:
    assert project.management is not None  # token and ref are there: required above
    return project.management


def _emit(
    session: Session,
    action: SecretsAction,
    copies: Copies,
    code: ExitCode,
    steps: Sequence[Step] = (),
    *,
    applied: bool = False,
) -> int:
    from diag.report.secrets_document import secrets_document

    session.emit(secrets_document(action, session.configuration, copies, int(code), steps, applied=applied))
    return code
