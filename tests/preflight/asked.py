"""A preflight of a project in memory, and what its tests ask of it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
from doubles import JPEG, SupabaseDouble

from diag.preflight import CheckResult, PreflightResult, run
from diag.rows import Pictures
from diag.rows.holding import Holding


def jwt(**claims: Any) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part({'iss': 'supabase', 'exp': 4102444800, **claims})}.c2lnbmF0dXJl"


class Photos:
    """Serves every picture but those whose URL names one of the ``dead``."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        gone = any(name in request.url.path for name in self.dead)
        return httpx.Response(404) if gone else httpx.Response(200, content=JPEG)


async def preflight(
    double: SupabaseDouble,
    folder: Path,
    *,
    photos: Photos | None = None,
    call: bool = True,
    avoid: frozenset[str] = frozenset(),
    holding: Holding | None = None,
    **environ: str,
) -> PreflightResult:
    pictures = Pictures(transport=httpx.MockTransport(photos or Photos()))
    async with double.project(folder, **environ) as project:
        return await run(project, call=call, avoid=avoid, holding=holding, pictures=pictures)


def of(result: PreflightResult, id: str) -> CheckResult:
    return next(one for one in result.checks if one.check.id == id)


def answering(status: int, body: object, headers: dict[str, str] | None = None) -> Any:
    return lambda request: httpx.Response(status, json=body, headers=headers)
