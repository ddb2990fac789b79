"""A preflight beside other calls for the same rows: of an earlier run from here, or of workers on a queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from diag.backfill.plan import unended
from diag.config.settings import Settings
from diag.fleet.claims import claims
from diag.project import Project

T = TypeVar("T")


async def undisturbed(project: Project, settings: Settings, ask: Callable[..., Awaitable[T]], **options: Any) -> T:
    """What ``ask`` (``preflight.run``, or with a fallback) answers; its test call meets no other one for its row."""
    async with claims(project, settings) as holding:
        return await ask(project, settings, avoid=unended(project.configuration, settings), holding=holding, **options)
