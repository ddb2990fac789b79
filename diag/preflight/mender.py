"""Making and carrying out the plan of what a preflight found and nukediag can mend."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from diag.config.configuration import LocalSecret
from diag.config.keys import read_key
from diag.config.names import GEMINI_NAMES
from diag.config.settings import Place, Settings
from diag.config.suspicion import tidy
from diag.credentials.comparison import SERVICE_NAMES, Copies
from diag.credentials.needs import fitted
from diag.credentials.pushing import Action, Step, push
from diag.credentials.readings import lacks
from diag.preflight.checks.verification import OPENAI
from diag.preflight.facts import Facts
from diag.preflight.mending import Mend, MendAction, View, concerned, plan
from diag.preflight.model import PreflightResult
from diag.project import Management, Project, ProjectError
from diag.project.shipped import bundle, names
from diag.rows import RowWorker
from diag.secret import Secret
from diag.verify import Standing, Verification, Verifier
from diag.verify.aws import ID, SECRET, TOKEN, Keys


async def propose(
    project: Project, result: PreflightResult, settings: Settings | None = None, verifier: Verifier | None = None
) -> tuple[Mend, ...]:
    """What nukediag can mend of a preflight's findings, and what it leaves. The local values that would be set are
    asked about at their providers first, free of charge. Without an access token: nothing."""
    if project.management is None:
        return ()
    settings = fitted(settings or project.configuration.settings)
    async with _facts(project, settings, verifier) as facts:
        view = View(
            settings.function.name, names(), await _copies(facts), settings.secrets.expected, jwt=await _jwt(facts)
        )
        view = dataclasses.replace(view, read=await _read(facts))
        asked = [copy.name for copy in concerned(result.checks, view)]
        return plan(result.checks, dataclasses.replace(view, vouched=await vouched(facts, view.copies, asked)))


@asynccontextmanager
async def _facts(project: Project, settings: Settings, verifier: Verifier | None) -> AsyncIterator[Facts]:
    own = verifier or Verifier.of(project.configuration)
    async with RowWorker(project, settings) as worker, own as asked:
        yield Facts(project, worker, settings=settings, verifier=asked)


async def _copies(facts: Facts) -> Copies | None:
    try:
        return await facts.copies()
    except ProjectError:
        return None  # the checks have said why


async def _read(facts: Facts) -> frozenset[str]:
    try:
        source = facts.source
        return frozenset(lack.name for lack in lacks(source, tuple(await facts.secrets()))) if source else frozenset()
    except ProjectError:
        return frozenset()


async def _jwt(facts: Facts) -> bool | None:
    """What the JWT check is to be, where the project's file says otherwise than what is deployed. A check that would
    shut our own key out is not for us to switch on."""
    told, key = facts.told_verify_jwt, facts.configuration.service_key
    if told is None or (told and not (key and read_key(key).is_jwt)):
        return None
    try:
        deployed = await facts.deployed()
    except ProjectError:
        return None
    return told if deployed and deployed.verify_jwt is not None and deployed.verify_jwt is not told else None


async def vouched(facts: Facts, copies: Copies | None, asked: Collection[str]) -> dict[str, Standing]:
    """What the providers say about the local values of these secrets. A key that lives and may not do what is needed
    is no more than ``unknown``."""
    known = copies.secrets if copies else ()
    local = {copy.name: Secret(tidy(copy.local.secret.reveal())) for copy in known if copy.local}
    found: dict[str, Standing] = {}
    for name in asked:
        if answers := await _asked(facts, name, local):
            found[name] = _standing(answers[-1])
    return found


async def _asked(facts: Facts, name: str, local: dict[str, Secret]) -> tuple[Verification, ...]:
    value, url, table = local.get(name), facts.configuration.url, facts.settings.table
    if value is None:
        return ()
    if name == OPENAI:
        return await facts.verifier.openai(name, value, model=None, deep=True)
    if name in GEMINI_NAMES:
        return await facts.verifier.gemini(name, value)
    if name in SERVICE_NAMES and url:
        return await facts.verifier.supabase(name, value, url, table.name, table.id)
    if name in (ID, SECRET) and ID in local and SECRET in local:
        region = facts.settings.secrets.expected.get("AWS_REGION")
        region = region or (local["AWS_REGION"].reveal() if "AWS_REGION" in local else "us-east-1")
        return await facts.verifier.aws(Keys(local[ID], local[SECRET], region, local.get(TOKEN)), deep=True)
    return ()


def _standing(found: Verification) -> Standing:
    return Standing.UNKNOWN if found.standing is Standing.VALID and found.signature else found.standing


async def carry_out(project: Project, mends: Sequence[Mend], settings: Settings | None = None) -> tuple[Mend, ...]:
    """Do what is planned, in order, and look whether it came to be. Raises ProjectError where the project refuses."""
    settings = fitted(settings or project.configuration.settings)
    if project.management is None or not any(mend.changes for mend in mends):
        return tuple(mends)
    held = await _set(project, mends, settings)
    return tuple([await _done(project.management, mend, held) for mend in mends])


async def _set(project: Project, mends: Sequence[Mend], settings: Settings) -> dict[str, bool | None]:
    assert project.management is not None  # asked for by the only caller
    configuration, expected = project.configuration, settings.secrets.expected
    local = {**configuration.local_values, **configuration.local_secrets}
    place = Place(text="the settings")
    local |= {name: LocalSecret(name, Secret(value), place) for name, value in expected.items()}
    steps = [
        Step(mend.name, Action(mend.action.value), mend.change)
        for mend in mends
        if mend.action in (MendAction.SET, MendAction.OVERWRITE)
    ]
    return {step.name: step.done for step in await push(project.management, steps, local)}


async def _done(management: Management, mend: Mend, held: dict[str, bool | None]) -> Mend:
    if mend.action is MendAction.DEPLOY:
        await management.deploy(bundle(mend.name))
        return dataclasses.replace(mend, done=True)
    if mend.action in (MendAction.JWT_ON, MendAction.JWT_OFF):
        wanted = mend.action is MendAction.JWT_ON
        await management.set_verify_jwt(mend.name, wanted)
        found = await management.function(mend.name)
        return dataclasses.replace(mend, done=found is not None and found.verify_jwt is wanted)
    return dataclasses.replace(mend, done=held.get(mend.name))
