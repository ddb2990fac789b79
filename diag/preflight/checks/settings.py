"""Settings: complete, of the right kind, for the same project. All of it is read offline."""

from __future__ import annotations

from urllib.parse import urlsplit

from diag.catalogue import describe
from diag.config.keys import KeyFacts, read_key
from diag.diagnosis import Evidence, Remedy
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, passed
from diag.preflight.model import Finding, Status

_KEYS_PAGE = "https://supabase.com/dashboard/project/{ref}/settings/api-keys"
_TOKENS_PAGE = "https://supabase.com/dashboard/account/tokens"
_LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "kong", "host.docker.internal")  # noqa: S104


async def url(facts: Facts) -> Finding:
    """The URL is one, and it belongs to the same project as the ref."""
    configuration = facts.configuration
    text = configuration.url or ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return _url_fault(facts, f"{text!r} is not the URL of a project")
    label = parts.hostname.partition(".")[0]
    if parts.hostname.endswith(".supabase.co") and configuration.ref and label != configuration.ref:
        return _url_fault(facts, f"the URL is that of {label}, the ref is {configuration.ref}")
    return passed(text, source=facts.origin("url"))


def _url_fault(facts: Facts, text: str) -> Finding:
    diagnosis = describe("gateway.invalid-url", context=facts.context, evidence=(Evidence("settings", text),))
    return found(diagnosis, text, source=facts.origin("url"))


async def service_key(facts: Facts) -> Finding:
    """The key is a service key of this project and still good, as far as it tells by itself."""
    key = facts.configuration.service_key
    if key is None:
        return _key_fault(facts, "supabase.key-missing", "no service key is set", "nothing")
    told = read_key(key, facts.now)
    seen = f"{key.masked}, {told.called}"
    wrong = key_fault(told, ref=facts.configuration.ref, local=is_local(facts.configuration.url))
    if wrong:
        return _key_fault(facts, *wrong, seen)
    source = facts.origin("service_key")
    if told.problems:
        text = f"the key {'; '.join(told.problems)}"
        return Finding(Status.WARN, text, evidence=(Evidence("settings", seen),), source=source)
    return passed(seen, source=source)


def is_local(url: str | None) -> bool:
    """Whether the URL is that of this machine (or of a container on it)."""
    return (urlsplit(url or "").hostname or "") in _LOCAL


def key_fault(told: KeyFacts, *, ref: str | None, local: bool) -> tuple[str, str] | None:
    """Signature and sentence for a key that cannot do the work, or None. Pure."""
    if told.kind == "local-demo" and not local:
        return "supabase.key-invalid", "this is the local stack's public key, not one of the project"
    if told.kind == "pat":
        return "supabase.key-invalid", "this is a personal access token, not a key of the project's API"
    if told.ref and ref and told.ref != ref:
        return "supabase.key-invalid", f"the key belongs to another project ({told.ref}, not {ref})"
    expired = next((problem for problem in told.problems if problem.startswith(("expired", "is a masked"))), None)
    if expired:
        return "supabase.key-invalid", f"the key {expired}"
    if told.kind != "unknown" and not told.is_service:
        return "supabase.permission-denied", f"this is {told.called}, not a service key: row-level security hides rows"
    return None


def _key_fault(facts: Facts, signature: str, text: str, seen: str) -> Finding:
    context = facts.context
    page = _KEYS_PAGE.format(ref=context.get("ref", "_"))
    remedy = Remedy(
        "Put the project's service_role or secret key into .env.local as SUPABASE_SERVICE_ROLE_KEY.", url=page
    )
    diagnosis = describe(signature, context=context, evidence=(Evidence("settings", seen),))
    return found(diagnosis, text, source=facts.origin("service_key"), remedies=(remedy,))


async def values(facts: Facts) -> Finding:
    """No value is malformed, contradicts another source, or stands where browsers can read it."""
    configuration = facts.configuration
    secrets = configuration.local_secrets.values()
    local = [warning for one in secrets for warning in (*one.warnings, *one.contradictions)]
    warnings = tuple(dict.fromkeys((*configuration.warnings, *local)))
    if not warnings:
        return passed("every value is clean")
    evidence = tuple(Evidence("settings", warning) for warning in warnings)
    remedy = Remedy("Look at every setting with its origin.", "nukediag config show")
    told = "one setting needs a look" if len(warnings) == 1 else f"{len(warnings)} settings need a look"
    return Finding(Status.WARN, told, evidence=evidence, remedies=(remedy,))


async def token(facts: Facts) -> Finding:
    """There is an access token, so that the project's state, function and secrets can be looked at."""
    token = facts.configuration.access_token
    if token and facts.project.management is not None:
        return passed(token.masked, source=facts.origin("access_token"))
    lack = "the project's ref is not known" if token else "no access token is set"
    remedy = Remedy("Make a token and put it into .env.local as SUPABASE_ACCESS_TOKEN.", url=_TOKENS_PAGE)
    if token:
        remedy = Remedy("Say which project it is.", "supabase link --project-ref <project-ref>")
    summary = f"{lack}: the project's state, function and secrets cannot be looked at"
    source = facts.origin("access_token") if token else None
    return Finding(Status.WARN, summary, remedies=(remedy,), source=source)
