"""The function's secrets: each one set, and those with a known value equal to it (by digest, values are not told)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from diag.catalogue import describe
from diag.diagnosis import Evidence, Remedy
from diag.preflight.checks.project import no_permission
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, passed, unknown
from diag.preflight.model import Finding
from diag.project import ProjectError, StoredSecret

_EMPTY = hashlib.sha256(b"").hexdigest()
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
        return _absent(facts, name, f"{name} is not set", f"no secret {name}{_near(name, stored)}")
    if stored[name].digest == _EMPTY:
        return _absent(facts, name, f"{name} is set but empty", f"{name} holds an empty value")
    age = stored[name].updated_at
    return passed(f"last changed {age:%Y-%m-%d %H:%M} UTC" if age else "listed")


def _absent(facts: Facts, name: str, summary: str, seen: str) -> Finding:
    context = {**facts.context, "secret": name}
    diagnosis = describe(signature_for(name), context=context, evidence=(Evidence("project's secrets", seen),))
    return found(diagnosis, summary, remedies=(set_command(facts, name),), source=_local(facts, name))


def set_command(facts: Facts, name: str) -> Remedy:
    """How to set a secret without its value in the shell's history."""
    ref = facts.context.get("ref", "<project-ref>")
    local = facts.configuration.local_secrets.get(name)
    file = str(local.place.file) if local and local.place.file else "supabase/functions/.env"
    text = f"Put {name}=<value> into {file} and set it." if local is None else f"Set it from {local.place.text}."
    return Remedy(text, f"supabase secrets set --env-file {file} --project-ref {ref}")


def _local(facts: Facts, name: str) -> str | None:
    local = facts.configuration.local_secrets.get(name)
    return f"{local.place.text} (local copy, not uploaded)" if local else None


def _near(name: str, stored: Iterable[str]) -> str:
    by_lower = {other.lower(): other for other in stored}
    near = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return f", but there is {by_lower[near[0]]}" if near else ""


async def expected(facts: Facts, *, name: str) -> Finding:
    """The secret has the value that the settings expect."""
    stored, value = await facts.secrets(), facts.settings.secrets.expected[name]
    digest = stored[name].digest if name in stored else ""
    if digest == _sha256(value):
        return passed("the digests agree")
    if not _digests_are_sha256(stored, facts.configuration.url):
        return unknown("the project's digests are no plain SHA-256: the value cannot be compared")
    signature = "aws.region-invalid" if name.endswith("REGION") else "function.config-missing"
    seen = Evidence("project's secrets", f"the digest of {name} is not that of {value}{_variant(digest, value)}")
    diagnosis = describe(signature, context={**facts.context, "secret": name}, evidence=(seen,))
    return found(diagnosis, f"{name} is not {value}", remedies=(_set_value(facts, name, value),))


def _set_value(facts: Facts, name: str, value: str) -> Remedy:
    # The one place where a value stands in a command: it is in the settings already, and no secret.
    command = f"supabase secrets set {name}={value} --project-ref {facts.context.get('ref', '<project-ref>')}"
    return Remedy(f"Set {name} to {value}, or change secrets.expected in nukediag.toml.", command)


def _sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _variant(digest: str, value: str) -> str:
    variants = {
        f"{value}\n": " (it is the same with a line break at its end)",
        f"{value} ": " (it is the same with a blank at its end)",
        f'"{value}"': " (it is the same in quotes)",
        f"'{value}'": " (it is the same in quotes)",
    }
    return next((text for variant, text in variants.items() if _sha256(variant) == digest), "")


def _digests_are_sha256(stored: Mapping[str, StoredSecret], url: str | None) -> bool:
    """Calibrated on SUPABASE_URL where it is listed: its value is known."""
    listed = stored.get("SUPABASE_URL")
    return listed is None or not url or not url.endswith(".supabase.co") or listed.digest == _sha256(url)
