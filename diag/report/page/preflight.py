"""A preflight as a report: its problems first, each with what was seen and what mends it."""

from __future__ import annotations

from collections.abc import Iterator

from diag.catalogue import describe
from diag.report.fixes import ACTIONS, change, ending, is_applied, title
from diag.report.page.model import Cause, Fact, Figure, Fixes, Item, ReportDocument, Seen, Subject, Tone, mends
from diag.report.page.words import share, took
from diag.report.preflight_document import CheckModel, PreflightDocument
from diag.report.terminal import money

_TONES: dict[str, Tone] = {
    "pass": "good", "warn": "warn", "fail": "bad", "error": "bad", "unknown": "unknown", "skip": "unknown",
}  # fmt: skip
_ORDER = ("error", "fail", "unknown", "warn", "skip", "pass")
_VERDICTS: dict[str, Tone] = {"healthy": "good", "unhealthy": "bad", "unknown": "unknown"}


def report_of_preflight(document: PreflightDocument) -> ReportDocument:
    """The report of a preflight's document."""
    root = _root(document)
    return ReportDocument(
        exit_code=0,
        subject=Subject(
            kind="preflight", document=document.schema_, version=document.version, exit_code=document.exit_code
        ),
        title=f"Preflight of {document.project.url or 'an unknown project'}",
        about=list(_about(document)),
        tone=_tone(document),
        verdict=document.verdict,
        why=_why(document, root),
        cause=_cause(root.signature if root else document.signature),
        mends=mends(root.remedies) if root else [],
        fixes=_fixes(document),
        figures=list(_figures(document)),
        items=[_item(check) for status in _ORDER for check in document.checks if check.status == status],
    )


def _about(document: PreflightDocument) -> Iterator[Fact]:
    if document.project.ref:
        yield Fact(label="project", text=document.project.ref)


def _tone(document: PreflightDocument) -> Tone:
    """Healthy with warnings that were asked to count (exit code 4) is no good news."""
    tone = _VERDICTS[document.verdict]
    return "warn" if document.exit_code == 4 else tone


def _root(document: PreflightDocument) -> CheckModel | None:
    """The check that explains the verdict: the one with the root cause, else the first problem that counts."""
    problems = [check for status in _ORDER[:4] for check in document.checks if check.status == status]
    named = [check for check in problems if document.signature and check.signature == document.signature]
    counting = [check for check in problems if check.required and check.status != "warn"]
    return next(iter([*named, *counting, *problems]), None) if document.verdict != "healthy" else None


def _why(document: PreflightDocument, root: CheckModel | None) -> str:
    if root:
        return root.summary
    if document.verdict == "healthy":
        called = any(check.status == "pass" and check.id == "call.test" for check in document.checks)
        return "a real call brought a full answer that is saved" if called else "every required check passed"
    return "nothing failed, but not everything could be looked at"


def _cause(signature: str | None) -> Cause | None:
    if signature is None:
        return None
    found = describe(signature)
    known = found.signature == signature
    return Cause(signature=signature, title=found.title if known else "", scope=found.scope if known else None)


def _fixes(document: PreflightDocument) -> Fixes | None:
    fixed = document.fixed
    if not fixed:
        return None
    applied = is_applied(fixed)
    changes = [Fact(label=ACTIONS[one.action], text=change(one)) for one in fixed]
    return Fixes(title=title(applied=applied).capitalize(), changes=changes, note=ending(fixed, applied=applied))


def _figures(document: PreflightDocument) -> Iterator[Figure]:
    all_, passed = len(document.checks), document.counts.get("pass", 0)
    part = passed / all_ if all_ else None
    yield Figure(
        name="checks_passed", label="checks passed", value=passed, text=f"{passed} of {all_}", note=share(part)
    )
    for status in ("fail", "error", "unknown", "warn", "skip"):
        if count := document.counts.get(status, 0):
            yield Figure(name=f"checks_{status}", label=_LABELS[status], value=count, text=f"{count}")
    milliseconds = sum(check.duration_ms for check in document.checks)
    yield Figure(name="work_ms", label="time in checks", value=milliseconds, text=took(milliseconds))
    cost = document.cost_usd
    yield Figure(name="cost_usd", label="spent", value=cost, text=money(cost) if cost else "nothing", note="at most")


_LABELS = {"fail": "failed", "error": "crashed", "unknown": "unknown", "warn": "warned", "skip": "skipped"}


def _item(check: CheckModel) -> Item:
    return Item(
        id=check.id,
        group=check.group,
        status=check.status,
        tone=_TONES[check.status],
        claim=check.claim,
        summary=check.summary,
        signature=check.signature,
        evidence=[Seen(where=one.where, text=one.text) for one in check.evidence],
        mends=mends(check.remedies),
        notes=list(_notes(check)),
    )


def _notes(check: CheckModel) -> Iterator[str]:
    if check.detail:
        yield check.detail
    if check.because:
        yield f"because of {check.because}"
    if check.source:
        yield f"from {check.source}"
    if check.attempts > 1:
        yield f"{check.attempts} attempts"
    if not check.required:
        yield "not required"
