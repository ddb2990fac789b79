"""``nukediag/functions/1``: what is deployed, for scripts; and the same as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from tabulate import tabulate

from diag.config import Configuration
from diag.project import DeployedFunction
from diag.report.documents import Document
from diag.report.preflight_document import ProjectModel
from diag.report.secrets_text import age

FunctionsAction = Literal["list", "deploy", "delete"]


class FunctionModel(BaseModel):
    """One deployed function. ``verify_jwt`` is null where the API does not say; ``shipped``: nukediag ships one of
    that name."""

    slug: str
    status: str
    version: int | None
    verify_jwt: bool | None
    updated_at: datetime | None
    shipped: bool


class FunctionsDocument(Document):
    """``functions list``, ``deploy`` and ``delete``. ``shipped``: what can be deployed; ``starts``: whether the
    deployed function's worker answered afterwards (null: not looked, or it cannot be told)."""

    schema_: Literal["nukediag/functions/1"] = Field("nukediag/functions/1", alias="schema")
    action: FunctionsAction
    project: ProjectModel
    functions: list[FunctionModel]
    shipped: list[str]
    starts: bool | None = None


def functions_document(
    action: FunctionsAction,
    configuration: Configuration,
    functions: Sequence[DeployedFunction],
    shipped: Sequence[str],
    exit_code: int,
    *,
    starts: bool | None = None,
) -> FunctionsDocument:
    """The document of one command."""
    return FunctionsDocument(
        exit_code=exit_code,
        action=action,
        project=ProjectModel(ref=configuration.ref, url=configuration.url),
        functions=[_model(one, shipped) for one in functions],
        shipped=list(shipped),
        starts=starts,
    )


def _model(one: DeployedFunction, shipped: Sequence[str]) -> FunctionModel:
    return FunctionModel(
        slug=one.slug,
        status=one.status,
        version=one.version,
        verify_jwt=one.verify_jwt,
        updated_at=one.updated_at,
        shipped=one.slug in shipped,
    )


def listing(functions: Sequence[DeployedFunction], shipped: Sequence[str]) -> str:
    """What is deployed, and what else could be."""
    rows = [
        (one.slug, one.status, one.version, {True: "on", False: "off", None: "?"}[one.verify_jwt], age(one.updated_at))
        for one in functions
    ]
    headers = ("function", "status", "version", "jwt check", "deployed")
    table = tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True) if rows else "nothing is deployed"
    missing = [name for name in shipped if name not in {one.slug for one in functions}]
    more = f"\nnot deployed, but shipped with nukediag: {', '.join(missing)}" if missing else ""
    return "\n".join(line.rstrip() for line in table.splitlines()) + more
