"""``nukediag functions list``, ``deploy`` and ``delete``: what is deployed, and the functions that nukediag ships."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, project_options
from diag.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from diag.project import DeployedFunction, Management, Project

_EPILOG = """\b
Examples:
  nukediag functions list
  nukediag functions deploy analyze-image-simple    the photo analysis without AWS
  nukediag functions deploy nukediag-probe          asks the providers from inside the project
  nukediag functions delete nukediag-probe

\b
Needs an access token that may write functions. Exit codes: 0 done · 3 refused, or it does not start
"""


@click.group("functions", epilog=_EPILOG, help="What is deployed; deploy or delete a function that nukediag ships.")
def command() -> None:
    """The group; its commands are below."""


@command.command("list", epilog=_EPILOG)
@project_options
def list_(session: Session) -> int:
    """List what is deployed: status, version, the gateway's JWT check, age."""
    from diag.project.shipped import names
    from diag.report.functions_document import functions_document, listing

    with _asking(session, "what is deployed"):
        functions = asyncio.run(_list(session))
    if session.format == "json":
        session.emit(functions_document("list", session.configuration, functions, names(), ExitCode.OK))
    else:
        session.out.print(listing(functions, names()))
    return ExitCode.OK


async def _list(session: Session) -> tuple[DeployedFunction, ...]:
    async with _open(session) as project:
        return await _management(project).functions()


@command.command(epilog=_EPILOG)
@click.argument("name")
@click.option(
    "--verify-jwt/--no-verify-jwt", default=None, help="The gateway's JWT check (default: as it is now, or as shipped)."
)
@project_options
def deploy(session: Session, *, name: str, verify_jwt: bool | None) -> int:
    """Deploy a function that nukediag ships, and see whether it starts. Needs neither Docker nor the Supabase CLI."""
    with _asking(session, f"to deploy {name}"):
        deployed, starts = asyncio.run(_deploy(session, name, verify_jwt))
    code = ExitCode.UNHEALTHY if starts is False else ExitCode.OK
    if session.format == "json":
        from diag.project.shipped import names
        from diag.report.functions_document import functions_document

        document = functions_document("deploy", session.configuration, [deployed], names(), code, starts=starts)
        session.emit(document)
        return code
    told = {True: "it starts", False: "it does NOT start: see its logs", None: "whether it starts is not known"}[starts]
    session.out.print(f"{deployed.slug} is deployed, version {deployed.version}; {told}")
    return code


async def _deploy(session: Session, name: str, verify_jwt: bool | None) -> tuple[DeployedFunction, bool | None]:
    from dataclasses import replace

    from diag.project.shipped import bundle

    wanted = bundle(name)
    if verify_jwt is not None:
        wanted = replace(wanted, verify_jwt=verify_jwt)
    async with _open(session) as project:
        deployed = await _management(project).deploy(wanted)
        return deployed, await _starts(project, name)


async def _starts(project: Project, name: str) -> bool | None:
    """Whether the new version's worker answers; free of charge."""
    if project.configuration.url is None or project.configuration.service_key is None:
        return None
    answer = await project.functions.options(name)
    if answer.header("x-deno-execution-id"):
        return True
    return False if answer.status == 503 else None


@command.command(epilog=_EPILOG)
@click.argument("name")
@click.option("--yes", is_flag=True, help="Delete also a function that nukediag did not ship.")
@project_options
def delete(session: Session, *, name: str, yes: bool) -> int:
    """Delete a deployed function."""
    from diag.project.shipped import names

    if name not in names() and not yes:
        raise UsageError(
            f"{name} is none of the functions that nukediag ships", "add --yes if it is to go all the same"
        )
    with _asking(session, f"to delete {name}"):
        left = asyncio.run(_delete(session, name))
    if session.format == "json":
        from diag.report.functions_document import functions_document

        session.emit(functions_document("delete", session.configuration, left, names(), ExitCode.OK))
    else:
        session.out.print(f"{name} is deleted")
    return ExitCode.OK


async def _delete(session: Session, name: str) -> tuple[DeployedFunction, ...]:
    async with _open(session) as project:
        management = _management(project)
        if not await management.delete(name):
            raise UsageError(f"the project has no function {name}", "nukediag functions list")
        return await management.functions()


def _open(session: Session) -> Project:
    from diag.project import Project

    session.configuration.require("access_token", "ref")
    return Project(session.configuration)


def _asking(session: Session, what: str) -> AbstractContextManager[object]:
    from diag.cli.waiting import waiting

    return waiting(session.log, f"asking {session.configuration.management_url} {what}")


def _management(project: Project) -> Management:
    assert project.management is not None  # token and ref are there: required above
    return project.management
