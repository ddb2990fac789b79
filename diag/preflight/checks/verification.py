"""The credentials asked of their providers: inside the project where nukediag-probe is deployed, else from this
machine, where the local copy is what the project stores."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from diag.catalogue import describe
from diag.diagnosis import Diagnosis, Evidence, Remedy
from diag.preflight.checks.secrets import deploy_again, stale_names
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, unknown
from diag.preflight.model import Finding, Status
from diag.project.shipped import PROBE
from diag.secret import Secret
from diag.verify import Standing, Verification
from diag.verify.aws import ID, SECRET, TOKEN, Keys
from diag.verify.limits import requests_per_second
from diag.verify.openai import SMALLEST_COST

OPENAI = "OPENAI_API_KEY"
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_ONLY_WARNS = {"openai.model-unavailable", "gemini.permission"}
"""Which model a function asks for, and what a key may list, is known here only by guess: the call decides."""
NO_COPY = "no local copy of the stored value"
_PROBE = Remedy("Ask inside the project, where it counts.", "nukediag functions deploy nukediag-probe")


async def openai(facts: Facts) -> Finding:
    """OpenAI takes the key, and lets it use the endpoint."""
    key, asked = await facts.usable(OPENAI), await _inside(facts, "openai")
    if key is not None:
        asked = asked or await facts.verifier.openai(OPENAI, key, model=facts.model, deep=facts.options.call)
        if asked[-1].standing is Standing.VALID and facts.options.max_cost >= SMALLEST_COST:
            asked += await facts.verifier.openai_quota(OPENAI, key, model=facts.model)
    return await _unless_stale(facts, _judged(facts, asked), (OPENAI,)) if asked else not_comparable(OPENAI)


async def aws(facts: Facts) -> Finding:
    """AWS takes the pair of keys, and lets it detect labels in the function's region."""
    if inside := await _inside(facts, "aws"):
        return await _unless_stale(facts, _judged(facts, inside), (ID, SECRET))
    values = {name: await facts.usable(name) for name in (ID, SECRET, TOKEN)}
    key_id, secret = values[ID], values[SECRET]
    if key_id is None or secret is None:
        return not_comparable(ID if key_id is None else SECRET)
    keys = Keys(key_id, secret, await _region(facts), values[TOKEN])
    return _judged(facts, await facts.verifier.aws(keys, deep=facts.options.call))


async def _inside(facts: Facts, provider: str) -> tuple[Verification, ...]:
    """What the deployed probe says, which counts more than what is said to this machine."""
    report = await facts.probe()
    return report.of(provider) if report else ()


async def _region(facts: Facts) -> str:
    """The region that the function uses: the expected one, else the local copy where the project stores the same."""
    for name in _REGIONS:
        expected = facts.settings.secrets.expected.get(name)
        value = None if expected else await facts.usable(name)
        if expected or value:
            return expected or (value.reveal() if value else "")
    return "us-east-1"


async def gemini(facts: Facts, *, name: str) -> Finding:
    """Google takes the key."""
    if inside := await _inside(facts, "gemini"):
        return await _unless_stale(facts, _judged(facts, inside), (name,))
    key = await facts.usable(name)
    return _judged(facts, await facts.verifier.gemini(name, key)) if key else not_comparable(name)


async def service_key(facts: Facts, *, name: str) -> Finding:
    """The function's own copy of the service key opens the data API."""
    key = await facts.usable(name)
    key = key or await _own_key(facts, name)
    url, table = facts.configuration.url, facts.settings.table
    if key is None or url is None:
        return not_comparable(name)
    return _judged(facts, await facts.verifier.supabase(name, key, url, table.name, table.id))


async def _own_key(facts: Facts, name: str) -> Secret | None:
    """The key that nukediag itself uses, where the function has the same."""
    own, stored = facts.configuration.service_key, (await facts.secrets()).get(name)
    return own if own and stored and own.digest == stored.digest else None


async def _unless_stale(facts: Facts, finding: Finding, names: Sequence[str]) -> Finding:
    """A refusal of what a running function sees is no verdict on the stored value where the two are not the same."""
    if finding.status is not Status.FAIL or not set(stale_names(await facts.copies(), await facts.probe())) & set(
        names
    ):
        return finding
    rest = finding.remedies or (finding.diagnosis.remedies if finding.diagnosis else ())
    return dataclasses.replace(finding, remedies=(deploy_again(facts), *rest))


def not_comparable(name: str) -> Finding:
    """Nothing to ask with: the value that the function has is not at hand."""
    summary = f"the function's {name} is not known here: no local copy has the stored digest"
    return Finding(Status.SKIP, summary, because=NO_COPY, remedies=(_PROBE,))


def _judged(facts: Facts, asked: Sequence[Verification]) -> Finding:
    facts.verifications.extend(asked)
    return judge(asked, facts.context)


def judge(asked: Sequence[Verification], context: dict[str, str]) -> Finding:
    """What the answers, in order, say about the claim. The last one is the closest to the real use. Pure."""
    evidence = tuple(
        Evidence(f"{one.provider}, asked by {one.where}" if one.where == PROBE else one.provider, one.told)
        for one in asked
    )
    cost = sum(one.cost_usd for one in asked)
    last = asked[-1]
    if last.standing is Standing.UNKNOWN and last.signature is None:
        return unknown("no verdict from the provider", *evidence)
    if last.standing is Standing.VALID and last.signature is None:
        return Finding(Status.PASS, _accepted(asked), evidence=evidence, cost_usd=cost)
    diagnosis = describe(last.signature or "unknown", context=_named(context, last), evidence=evidence)
    finding = found(diagnosis, status=status_of(last, diagnosis))
    return Finding(finding.status, finding.summary, diagnosis, cost_usd=cost)


def status_of(last: Verification, diagnosis: Diagnosis) -> Status:
    """What a finding of the provider means for the check. Pure."""
    if last.standing is Standing.INVALID:
        return Status.FAIL
    if last.standing is Standing.UNKNOWN:
        return Status.UNKNOWN
    transient = diagnosis.scope == "transient"
    return Status.WARN if transient or last.signature in _ONLY_WARNS else Status.FAIL


def _named(context: dict[str, str], last: Verification) -> dict[str, str]:
    return {**context, "secret": last.names[-1]} if last.names else context


def _accepted(asked: Sequence[Verification]) -> str:
    account = next((one.account for one in asked if one.account), None)
    rate = requests_per_second(asked)
    told = ["accepted", f"account {account}" if account else "", f"{rate * 60:.0f} requests a minute" if rate else ""]
    return ", ".join(part for part in told if part)
