"""The function's secrets: each one set, and those with a known value equal to it (by digest, values are not told)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import join, quote

from diag.catalogue import describe
from diag.credentials import Copies, Copy, State
from diag.credentials.alteration import EMPTY
from diag.credentials.readings import Lack, lacks
from diag.diagnosis import Evidence, Remedy
from diag.preflight.checks.project import no_permission
from diag.preflight.commands import deploy, for_project
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, passed, unknown
from diag.preflight.model import Finding, Status
from diag.project import ProjectError
from diag.project.source import Source
from diag.verify.probe import ProbeReport

_SIGNATURES = (
    (("AWS_REGION", "AWS_DEFAULT_REGION"), "aws.region-invalid"),
    (("AWS_",), "aws.credentials-missing"),
    (("OPENAI_", "AZURE_OPENAI_"), "openai.key-missing"),
    (("GEMINI_", "GOOGLE_API_KEY", "GOOGLE_AI_", "GOOGLE_GENERATIVE_"), "gemini.key-missing"),
    (("ANTHROPIC_", "MISTRAL_", "OPENROUTER_", "GROQ_", "XAI_", "TOGETHER_"), "ai.key-missing"),
    (("SUPABASE_URL",), "supabase.url-missing"),
    (("SUPABASE_", "SERVICE_ROLE_KEY"), "supabase.key-missing"),
)
"""Beginning of a secret's name -> the signature of its absence; the first that fits."""


def signature_for(name: str) -> str:
    """What the absence of a secret is called."""
    return next((signature for starts, signature in _SIGNATURES if name.startswith(starts)), "function.config-missing")


async def present(facts: Facts, *, name: str) -> Finding:
    """The secret is set and not empty."""
    try:
        stored = await facts.secrets()
    except ProjectError as error:
        return no_permission(error, "the secrets", "edge_functions_secrets_read")
    if name not in stored:
        copy = (await facts.copies()).of(name)
        near = f", but there is {copy.near}" if copy and copy.near else ""
        return _absent(facts, name, f"{name} is not set", f"no secret {name}{near}")
    if stored[name].digest == EMPTY:
        return _absent(facts, name, f"{name} is set but empty", f"{name} holds an empty value")
    copy = (await facts.copies()).of(name)
    if copy and copy.state is State.PLACEHOLDER:
        return _absent(facts, name, f"{name} holds a placeholder", copy.told, stored=True)
    age = stored[name].updated_at
    return passed(f"last changed {age:%Y-%m-%d %H:%M} UTC" if age else "listed")


def _absent(facts: Facts, name: str, summary: str, seen: str, *, stored: bool = False) -> Finding:
    context = {**facts.context, "secret": name}
    diagnosis = describe(signature_for(name), context=context, evidence=(Evidence("project's secrets", seen),))
    return found(diagnosis, summary, remedies=(set_command(facts, name, stored=stored),), source=_local(facts, name))


def set_command(facts: Facts, name: str, *, stored: bool = False) -> Remedy:
    """How to set a secret without its value in the shell's history. ``stored``: something worthless takes its place."""
    local = facts.configuration.local_secrets.get(name)
    if local is not None and not local.warnings:
        overwrite = " --overwrite" if stored else ""
        return Remedy(f"Set it from {local.place.text}.", f"nukediag secrets push {quote(name)}{overwrite} --yes")
    file = "supabase/functions/.env"
    command = for_project(f"supabase secrets set --env-file {file}", facts.configuration.ref)
    return Remedy(f"Put {name}=<value> into {file} and set it.", command)


def _local(facts: Facts, name: str) -> str | None:
    local = facts.configuration.local_secrets.get(name)
    return f"{local.place.text} (local copy, not uploaded)" if local else None


async def expected(facts: Facts, *, name: str) -> Finding:
    """The secret has the value that the settings expect."""
    copies, value = await facts.copies(), facts.settings.secrets.expected[name]
    copy = copies.of(name)
    if copy is None or copy.state is State.UNREADABLE:
        return unknown("the project's digests are of an unknown kind: the value cannot be compared")
    if copy.state is State.SAME:
        return passed("the digests agree")
    signature = "aws.region-invalid" if name.endswith("REGION") else "function.config-missing"
    seen = Evidence("project's secrets", copy.told)
    diagnosis = describe(signature, context={**facts.context, "secret": name}, evidence=(seen,))
    return found(diagnosis, f"{name} is not {value}", remedies=(_set_value(facts, name, value),))


def _set_value(facts: Facts, name: str, value: str) -> Remedy:
    # The one place where a value stands in a command: it is in the settings already, and no secret.
    command = for_project(f"supabase secrets set {quote(f'{name}={value}')}", facts.configuration.ref)
    return Remedy(f"Set {name} to {value}, or change secrets.expected in nukediag.toml.", command)


_OWN_CHECK = (State.MISSING, State.EMPTY, State.PLACEHOLDER, State.UNEXPECTED)
"""What the check of the secret's presence says already, where the settings name the secret."""


async def copies(facts: Facts) -> Finding:
    """What the project stores is what the local copies hold. A difference alone is no fault: the call decides."""
    try:
        compared = await facts.copies()
    except ProjectError as error:
        return no_permission(error, "the secrets", "edge_functions_secrets_read")
    if compared.digests == "unreadable":
        return unknown("the project's digests are of an unknown kind: the values cannot be compared")
    different = [copy for copy in compared.different if is_telling(copy, facts.settings.secrets.expected)]
    stale = stale_names(compared, await facts.probe())
    if stale:
        return _stale(facts, stale)
    if not different:
        return passed(_agreement(compared))
    evidence = tuple(Evidence("project's secrets", copy.told) for copy in different)
    names = ", ".join(copy.name for copy in different)
    return Finding(Status.WARN, f"not as here: {names}", evidence=evidence, remedies=_mend(different))


def stale_names(compared: Copies, report: ProbeReport | None) -> tuple[str, ...]:
    """Secrets of which a running function sees another value than the project stores. Pure."""
    seen = report.secrets if report else {}
    return tuple(
        copy.name
        for copy in compared.secrets
        if copy.stored and copy.name in seen and seen[copy.name].fingerprint not in (None, copy.fingerprint)
    )


def _stale(facts: Facts, names: tuple[str, ...]) -> Finding:
    told = f"running functions still see an older value of {', '.join(names)}"
    return Finding(Status.WARN, told, evidence=(Evidence("nukediag-probe", told),), remedies=(deploy_again(facts),))


def deploy_again(facts: Facts) -> Remedy:
    """What ends the workers that still hold an older value."""
    command = deploy(facts.settings.function.name, facts.configuration.ref)
    return Remedy("Deploy the function again: running ones still hold the value from before the last change.", command)


def is_telling(copy: Copy, expected: Mapping[str, str]) -> bool:
    """Whether a difference is worth a warning of its own here. A name that only a local file holds is so only if the
    project has nearly the same one."""
    if copy.name in expected:
        return False
    if copy.state is State.ONLY_LOCAL:
        return copy.near is not None
    return not (copy.wanted and copy.state in _OWN_CHECK)


def _agreement(compared: Copies) -> str:
    same = sum(copy.state is State.SAME for copy in compared.secrets)
    alone = sum(copy.state is State.ONLY_STORED for copy in compared.secrets)
    if not same:
        return "nothing here to compare with"
    return f"{same} compared" + (f", {alone} without a copy here" if alone else "")


def _mend(different: Sequence[Copy]) -> tuple[Remedy, ...]:
    names = join(copy.name for copy in different if copy.local)
    if not names:
        return (Remedy("Set the right value.", "nukediag secrets diff"),)
    text = "If the local copies are right, set them."
    return (Remedy(text, f"nukediag secrets push {names} --overwrite --yes"),)


async def code(facts: Facts) -> Finding:
    """Every variable that the function's code needs is set. A scan of the text cannot be sure, so it only warns."""
    source = facts.source
    if source is None:
        return Finding(Status.SKIP, "the function's source is not here", because="missing source code")
    try:
        lacking = lacks(source, tuple(await facts.secrets()))
    except ProjectError as error:
        return no_permission(error, "the secrets", "edge_functions_secrets_read")
    if not lacking:
        return passed(f"{len(source.reads)} variables in {len(source.files)} files", detail=_unclear(source))
    evidence = tuple(Evidence("source code", lack.told) for lack in lacking)
    told = f"the code reads {', '.join(lack.name for lack in lacking)}, which it will not get"
    return Finding(Status.WARN, told, evidence=evidence, detail=_unclear(source), remedies=_given(facts, lacking))


def _given(facts: Facts, lacking: Sequence[Lack]) -> tuple[Remedy, ...]:
    """What is at hand is pushed, what is not has to be written down first, and reserved names are read otherwise."""
    local = {**facts.configuration.local_values, **facts.configuration.local_secrets}
    settable = [lack.name for lack in lacking if lack.can_be_set]
    absent = [name for name in settable if name not in local]
    put = (
        f"Put {' and '.join(f'{name}=<value>' for name in absent)} into supabase/functions/.env and set what is there."
    )
    text = put if absent else "Set what the code needs."
    pushed = (Remedy(text, f"nukediag secrets push {join(settable)} --yes"),) if settable else ()
    reserved = any(not lack.can_be_set for lack in lacking)
    command = deploy(facts.settings.function.name, facts.configuration.ref)
    other = Remedy("Let the code read the names that the platform gives, and deploy it again.", command)
    return (*pushed, other) if reserved else pushed


def _unclear(source: Source) -> str | None:
    return f"further names are put together while running: {', '.join(source.unclear[:3])}" if source.unclear else None
