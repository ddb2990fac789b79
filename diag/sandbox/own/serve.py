"""A folder of the user's functions, ready to be deployed in a sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diag.project.source import scan
from diag.sandbox.model import Deployed
from diag.sandbox.own.environment import OwnEnvironment, own_environment
from diag.sandbox.own.folder import OwnFunction, find_functions
from diag.sandbox.own.prepare import Prepared, prepare

_AT_ONCE = 4  # Deno processes that read and fetch


@dataclass(frozen=True, slots=True)
class OwnProject:
    """``functions``: what is deployed; ``environment``: their variables; ``problems``: why some will not start;
    ``sources`` and ``files``: where each stands, and what it is made of."""

    functions: Mapping[str, Deployed] = field(default_factory=dict)
    environment: OwnEnvironment = field(default_factory=OwnEnvironment)
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: Mapping[str, OwnFunction] = field(default_factory=dict)
    files: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


async def load(folder: Path, into: Path, known: Collection[str], say: Callable[[str], None]) -> OwnProject:
    """Find, map and fetch the functions of a folder. ``into`` takes import maps and lock files; ``known``: names of
    the sandbox's secrets. Raises ``UsageError`` where there is no function; one that cannot start is served all the
    same, since the platform would take it as well, and is spoken of through ``say``."""
    found = find_functions(folder)
    say(f"fetching what {len(found)} function{'s' * (len(found) > 1)} of {folder} need{'s' * (len(found) == 1)} ...")
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ready(function: OwnFunction) -> Prepared:
        async with turns:
            return await prepare(function, into)

    prepared = dict(zip(found, await asyncio.gather(*map(ready, found.values())), strict=True))
    root = next(iter(found.values())).root
    environment = own_environment(root / ".env", _reads(found.values()), known)
    _speak(prepared, environment, say)
    deployed = {slug: _deployed(each, prepared[slug]) for slug, each in found.items()}
    problems = {slug: each.problems for slug, each in prepared.items() if each.problems}
    files = {slug: each.settings_files + prepared[slug].files for slug, each in found.items()}
    return OwnProject(deployed, environment, problems, found, files)


def _reads(functions: Collection[OwnFunction]) -> dict[str, bool]:
    """The variables that the functions read, each with whether one of them cannot do without it."""
    reads = [read for each in functions for read in scan(each.entry, each.root.parent).reads.values()]
    return {each.name: any(not read.optional for read in reads if read.name == each.name) for each in reads}


def _deployed(function: OwnFunction, prepared: Prepared) -> Deployed:
    return Deployed(
        function.slug,
        function.entry,
        verify_jwt=function.verify_jwt,
        options=prepared.options,
        readable=readable(function, prepared),
    )


def readable(function: OwnFunction, prepared: Prepared) -> tuple[Path, ...]:
    """What a worker may read: what the platform would have bundled, that is, the functions' folder and the files that
    imports lead to."""
    folders = dict.fromkeys([function.root, *(path.parent for path in prepared.files)])
    return tuple(each for each in folders if each == function.root or function.root not in each.parents)


def _speak(prepared: Mapping[str, Prepared], environment: OwnEnvironment, say: Callable[[str], None]) -> None:
    for slug, each in prepared.items():
        for problem in each.problems:
            say(f"{slug} will not start: {problem}")
    if environment.unset:
        say(f"the functions read {', '.join(environment.unset)}, which neither their .env nor the sandbox sets")
