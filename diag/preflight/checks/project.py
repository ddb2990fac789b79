"""The project: reachable, active, and open to this access token."""

from __future__ import annotations

from contextlib import suppress

from diag.catalogue import classify, describe
from diag.diagnosis import Evidence, Remedy
from diag.preflight.facts import Facts
from diag.preflight.judgement import found, passed, unknown
from diag.preflight.model import Finding, Status
from diag.project import ProjectError, ProjectState

_PAUSED = ("INACTIVE", "PAUSING", "PAUSE_FAILED")
_GONE = ("REMOVED", "GOING_DOWN", "INIT_FAILED", "RESTORE_FAILED")
_PLATFORM = {"gateway.project-paused", "gateway.restricted", "gateway.unavailable"}


async def reachable(facts: Facts) -> Finding:
    """Something answers under the project's URL."""
    answer = await facts.boot()
    if answer.failure:
        seen = Evidence("connection", answer.failure_text)
        cause = "gateway.project-paused" if await _is_paused(facts) else answer.failure
        return found(describe(cause, context=facts.context, evidence=(seen,)), source=facts.origin("url"))
    diagnosis = classify(answer, context=facts.context)
    if diagnosis.signature in _PLATFORM:
        return found(diagnosis, source=facts.origin("url"))
    return passed(f"answers in {answer.duration_ms:.0f} ms", source=facts.origin("url"))


async def _is_paused(facts: Facts) -> bool:
    """Whether the Management API says so: the host name of a paused project may not even resolve."""
    if facts.project.management is None:
        return False
    with suppress(ProjectError):
        return (await facts.state()).status in _PAUSED
    return False


async def token(facts: Facts) -> Finding:
    """The Management API takes the access token. A refusal of one look (403) is no verdict on the token."""
    if facts.project.management is None:
        return Finding(Status.SKIP, "no access token to check", because="settings.token")
    source = facts.origin("access_token")
    try:
        await facts.state()
    except ProjectError as error:
        return _refused(facts, error, source)
    return passed("accepted by the Management API", source=source)


def _refused(facts: Facts, error: ProjectError, source: str | None) -> Finding:
    status = error.answer.status
    if status == 401:
        page = "https://supabase.com/dashboard/account/tokens"
        remedy = Remedy("Make a new access token and put it into .env.local as SUPABASE_ACCESS_TOKEN.", url=page)
        diagnosis = describe("gateway.auth-invalid", context=facts.context, evidence=error.diagnosis.evidence)
        text = "the Management API refuses the access token"
        return found(diagnosis, text, status=Status.FAIL, source=source, remedies=(remedy,))
    if status in (403, 404):
        return passed("lives, but may not look at the project itself", source=source)
    return found(error.diagnosis, "the Management API did not answer", status=Status.UNKNOWN, source=source)


def no_permission(error: ProjectError, what: str, permission: str) -> Finding:
    """A look that was refused or failed: it teaches nothing about what was to be looked at."""
    if error.answer.status not in (403, 404):
        return found(error.diagnosis, f"could not look at {what}", status=Status.UNKNOWN)
    remedy = Remedy(f"Give the access token the permission {permission}, or check the project's ref.")
    seen = Evidence("Management API", f"status {error.answer.status}")
    return unknown(f"this access token may not look at {what}", seen, remedies=(remedy,))


async def active(facts: Facts) -> Finding:
    """The project is neither paused nor on its way up or down."""
    try:
        return judge_state(await facts.state(), facts.context)
    except ProjectError as error:
        return no_permission(error, "the project's state", "project_admin_read")


def judge_state(state: ProjectState, context: dict[str, str]) -> Finding:
    """What a project's status means. Pure. More statuses than the known ones are to be expected."""
    seen = Evidence("Management API", f"status {state.status}")
    if state.status == "ACTIVE_HEALTHY":
        return passed(f"{state.status} in {state.region}")
    if state.status in _PAUSED:
        return found(describe("gateway.project-paused", context=context, evidence=(seen,)))
    if state.status in _GONE:
        diagnosis = describe("gateway.unavailable", context=context, evidence=(seen,))
        return found(diagnosis, f"the project is {state.status}", status=Status.FAIL)
    if state.status == "ACTIVE_UNHEALTHY":
        return Finding(Status.WARN, "the project is active but not healthy", evidence=(seen,))
    return unknown(f"the project is {state.status}: try again in some minutes", seen)
