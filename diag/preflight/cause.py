"""What the other checks know about the credential that the test call failed by. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from shlex import join, quote

from diag.config.settings import Settings
from diag.credentials import Copies, Copy, State
from diag.diagnosis import Diagnosis, Evidence, Remedy
from diag.preflight.commands import deploy, for_project
from diag.preflight.model import CheckResult, Finding, Status
from diag.verify import Standing, Verification

_NAMES = {
    "openai": ("OPENAI_",),
    "aws": ("AWS_",),
    "gemini": ("GEMINI_", "GOOGLE_"),
    "ai": ("OPENAI_", "GEMINI_", "GOOGLE_", "ANTHROPIC_"),
    "supabase": ("SERVICE_ROLE", "SERVICE_KEY", "DB_SERVICE", "SUPABASE_"),
}
"""Component -> beginnings of the names of its secrets."""
_OF_THE_KEY = (
    "key-missing",
    "key-invalid",
    "key-malformed",
    "credentials-missing",
    "signature-mismatch",
    "token-expired",
)
_OF_THE_TOKEN = ("aws.token-expired", "aws.key-invalid")
"""What AWS answers to a lasting key pair beside a session token."""
_FRESH = timedelta(minutes=30)
"""A warm worker keeps the values that it booted with; this long after a change that is worth a thought."""


def enriched(
    finding: Finding,
    copies: Copies | None,
    asked: Sequence[Verification],
    function: str,
    ref: str | None,
    now: datetime,
) -> Finding:
    """The test call's finding with what else is known about the credential at fault: that the stored value is not the
    local one, or that it is good and a warm worker may still hold its predecessor."""
    diagnosis = finding.diagnosis
    if finding.status is not Status.FAIL or diagnosis is None or copies is None:
        return finding
    own = own_copies(copies, diagnosis.component)
    if diagnosis.signature in _OF_THE_TOKEN and _is_token_stray(own):
        finding = _without_token(finding, ref)
    different = [copy for copy in own if copy.is_different]
    if different:
        return _differing(finding, different)
    stale = _is_of_the_key(diagnosis) and _proven(asked, diagnosis.component)
    return _stale(finding, own, function, ref, now) if stale else finding


def own_copies(copies: Copies, component: str) -> list[Copy]:
    """The secrets by which a component is reached."""
    return [copy for copy in copies.secrets if copy.name.startswith(_NAMES.get(component, ("\0",)))]


def _is_of_the_key(diagnosis: Diagnosis) -> bool:
    return diagnosis.signature.partition(".")[2] in _OF_THE_KEY


def _proven(asked: Sequence[Verification], provider: str) -> bool:
    own = [one for one in asked if one.provider == provider]
    return bool(own) and all(one.standing is Standing.VALID for one in own)


def _differing(finding: Finding, different: Sequence[Copy]) -> Finding:
    told = tuple(Evidence("project's secrets", copy.told) for copy in different)
    names = join(copy.name for copy in different if copy.local and copy.state is not State.UNREADABLE)
    command = f"nukediag secrets push {names} --overwrite --yes"
    mend = (Remedy("Set the local value, if that is the right one.", command),) if names else ()
    remedies = finding.remedies or (finding.diagnosis.remedies if finding.diagnosis else ())
    return dataclasses.replace(finding, evidence=(*told, *finding.evidence), remedies=(*mend, *remedies))


def _is_token_stray(own: Sequence[Copy]) -> bool:
    """Whether the project holds a session token that a lasting key pair, known here, has no use for."""
    stored = {copy.name for copy in own if copy.stored}
    key = next((copy.local for copy in own if copy.name == "AWS_ACCESS_KEY_ID"), None)
    return "AWS_SESSION_TOKEN" in stored and key is not None and key.secret.reveal().startswith("AKIA")


def _without_token(finding: Finding, ref: str | None) -> Finding:
    remedy = Remedy(
        "Take the session token away: it belongs to temporary keys, and the key pair here is a lasting one.",
        for_project("supabase secrets unset AWS_SESSION_TOKEN", ref),
    )
    remedies = finding.remedies or (finding.diagnosis.remedies if finding.diagnosis else ())
    return dataclasses.replace(finding, remedies=(remedy, *remedies))


def _stale(finding: Finding, own: Sequence[Copy], function: str, ref: str | None, now: datetime) -> Finding:
    changed = [copy.stored.updated_at for copy in own if copy.stored and copy.stored.updated_at]
    minutes = int(min((now - moment for moment in changed), default=_FRESH * 2).total_seconds() // 60)
    since = f", changed {minutes} minutes ago" if timedelta(minutes=minutes) < _FRESH else ""
    seen = Evidence("provider", f"takes the stored value{since}: a warm worker may still hold an older one")
    remedy = Remedy("Deploy the function again: that ends its warm workers.", deploy(function, ref))
    remedies = finding.remedies or (finding.diagnosis.remedies if finding.diagnosis else ())
    return dataclasses.replace(finding, evidence=(seen, *finding.evidence), remedies=(remedy, *remedies))


def is_only_aws(results: Sequence[CheckResult]) -> bool:
    """Whether something that is required failed, and all of it by AWS."""
    failed = [result for result in results if result.status is Status.FAIL and result.required]
    return bool(failed) and all((result.signature or "").startswith("aws.") for result in failed)


def with_ways_on(results: tuple[CheckResult, ...], settings: Settings) -> tuple[CheckResult, ...]:
    """The results; where only AWS is at fault, the first of its failures names the other way on as well."""
    fallback = settings.function.fallback
    if not fallback or fallback == settings.function.name or not is_only_aws(results):
        return results
    first = next(result for result in results if result.status is Status.FAIL and result.required)
    offered = dataclasses.replace(
        first, finding=dataclasses.replace(first.finding, remedies=(*first.remedies, *_ways_on(fallback)))
    )
    return tuple(offered if result is first else result for result in results)


def _ways_on(fallback: str) -> tuple[Remedy, ...]:
    shipped = f"nukediag functions deploy {quote(fallback)}"
    go_on = f"nukediag backfill --if-healthy --function {quote(fallback)}"
    return (
        Remedy("Or go on without AWS, first: deploy the function that needs none (if it is not yet).", shipped),
        Remedy("Then: run the backfill with it.", go_on),
    )
