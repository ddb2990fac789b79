"""Everybody who listens to somebody outside, as one table: what they are, and what they say about an answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from project.odd_servers import KEY, TOKEN, configured

from diag.diagnosis import Answer
from diag.errors import NukediagError
from diag.project import Project
from diag.project.http import new_client
from diag.rows.picture import Pictures
from diag.secret import Secret
from diag.verify import aws, gemini, openai

OPENAI = "sk-proj-" + "Zq8vR2mXk4Lw9TyB" * 3
AWS_ID, AWS_SECRET = "AKIARZPUZDIKCQOCXXK7", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzEXAMPLEKEY"
CREDENTIALS = (KEY, TOKEN, OPENAI, AWS_SECRET, AWS_ID)


PATIENCE = 5.0
"""Seconds that a call or a look may take."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of asking: the ``said`` thing, or an error that a user would meet."""

    said: object = None
    error: NukediagError | None = None


async def _project(folder: Path, url: str, ask: Callable[[Project], Awaitable[object]]) -> Outcome:
    settings = configured(folder, SUPABASE_URL=url, NUKEDIAG_MANAGEMENT_URL=url, SUPABASE_PROJECT_REF="a" * 20)
    async with Project(settings) as project:
        try:
            return Outcome(await ask(project))
        except NukediagError as error:
            return Outcome(error=error)


async def call(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: one.functions.call("f", {"a": 1}, timeout=PATIENCE))


async def page(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: one.data.page("t", ["id"], {}, key="id", after=None, limit=9))


async def count(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: one.data.count("t", {}))


async def tables(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: one.data.tables())


async def rpc(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: one.data.rpc("f", {}))


async def listing(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: _managed(one).functions())


async def stored(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: _managed(one).secrets())


async def state(folder: Path, url: str) -> Outcome:
    return await _project(folder, url, lambda one: _managed(one).project())


def _managed(project: Project):
    assert project.management is not None
    return project.management


async def picture(folder: Path, url: str) -> Outcome:
    async with Pictures(longest=PATIENCE) as pictures:
        return Outcome(await pictures.fault(f"{url}/photo.jpg"))


async def _provider(ask: Callable[[httpx.AsyncClient], Awaitable[object]]) -> Outcome:
    client = new_client(None)
    try:
        return Outcome(await ask(client))
    finally:
        await client.aclose()


async def openai_key(folder: Path, url: str) -> Outcome:
    return await _provider(lambda client: openai.verify(client, "OPENAI_API_KEY", Secret(OPENAI), base=url))


async def gemini_key(folder: Path, url: str) -> Outcome:
    return await _provider(lambda client: gemini.verify(client, "GEMINI_API_KEY", Secret(OPENAI), base=url))


async def aws_keys(folder: Path, url: str) -> Outcome:
    keys = aws.Keys(Secret(AWS_ID), Secret(AWS_SECRET), "us-east-1")
    return await _provider(lambda client: aws.verify(client, keys, {"AWS_ENDPOINT_URL": url}, sleep=_at_once))


async def _at_once(seconds: float) -> None:
    return None


ASKING = {
    one.__name__: one
    for one in (call, page, count, tables, rpc, listing, stored, state, picture, openai_key, gemini_key, aws_keys)
}
ROWS = ("page", "rpc")
"""Who reads rows, of which a part is of no use."""


def is_told(outcome: Outcome) -> bool:
    """Whether the outcome is one that somebody can go on with: an error has a next step."""
    if outcome.error is not None:
        return bool(outcome.error.message) and outcome.error.exit_code in (3, 5)
    return not isinstance(outcome.said, Answer) or outcome.said.status is not None or bool(outcome.said.failure)
