"""The one real call: for a pending row whose picture is good, verified in the database."""

from __future__ import annotations

from collections.abc import Sequence

from diag.credentials import Copies
from diag.diagnosis import Diagnosis, Evidence, Scope, Verdict
from diag.preflight.cause import enriched
from diag.preflight.facts import Facts
from diag.preflight.judgement import found
from diag.preflight.model import Finding, Status
from diag.project import ProjectError
from diag.rows import Outcome, Row
from diag.rows.cause import with_cause

_LONGEST_WAIT = 20.0  # seconds between two attempts: longer than that, nobody waits for a preflight
_MOST_ROWS = 8  # rows at most: after an interrupted run, many of the next ones may have a stored result
_FREE = {"function.cached", "function.paused"}


async def call(facts: Facts) -> Finding:
    """One call brings a full answer whose results are in the database. A fault of one picture or a passing one is
    tried again on other rows; a fault of the project is not."""
    if not facts.options.call:
        return Finding(Status.SKIP, "not called, as asked", because="--no-call")
    sample = await facts.sample()
    if all(looked.fault for looked in sample):
        because = "data.pictures" if sample else "data.pending"
        return Finding(Status.SKIP, "there is no pending row with a good file to call it for", because=because)
    rows = await _held(facts)
    if not rows:
        return Finding(Status.UNKNOWN, "workers on a queue are calling every row that it could be called for")
    for row in rows:
        if not is_another_allowed(facts.outcomes, facts.options.attempts):
            break
        if facts.outcomes:
            await facts.sleep(pause(facts.outcomes[-1].diagnosis))
        outcome = await facts.worker.run(row, mark=facts.options.mark, look_at_picture=False)
        facts.outcomes.append(outcome)
        facts.options.holding.ended(outcome)
    name = facts.settings.function.name
    facts.outcomes[-1] = await with_cause(
        facts.project, facts.outcomes[-1], function=name, context=facts.context, sleep=facts.sleep
    )
    finding = judge(facts.outcomes, facts.settings.backfill.cost_per_call)
    return enriched(finding, await _copies(facts), facts.verifications, name, facts.configuration.ref, facts.now)


async def _held(facts: Facts) -> Sequence[Row]:
    """Rows with good pictures that nobody else is calling: of the first ones, else of the last."""
    for ask in (facts.sample, facts.last_rows):
        rows = [looked.row for looked in await ask() if looked.fault is None][:_MOST_ROWS]
        free = await facts.options.holding.hold([row.id for row in rows])
        if held := [row for row in rows if row.id in free]:
            return held
    return ()


async def _copies(facts: Facts) -> Copies | None:
    """The comparison of the secrets, where another check has made it already."""
    try:
        return await facts.copies() if facts.project.management else None
    except ProjectError:
        return None


def is_another_allowed(outcomes: Sequence[Outcome], attempts: int) -> bool:
    """Whether to go on to another row. Stored answers cost nothing and do not count as attempts."""
    counted = [outcome for outcome in outcomes if outcome.diagnosis.signature not in _FREE]
    return len(counted) < attempts and all(is_worth_another(outcome.diagnosis) for outcome in outcomes)


def is_worth_another(diagnosis: Diagnosis) -> bool:
    """Whether another row may teach more: after a passing fault, a fault of one row, or a stored answer."""
    if diagnosis.signature == "function.cached":
        return True
    return diagnosis.verdict is Verdict.FAILED and diagnosis.scope in (Scope.TRANSIENT, Scope.ITEM)


def pause(diagnosis: Diagnosis) -> float:
    """Seconds to wait before the next attempt."""
    if diagnosis.scope is not Scope.TRANSIENT:
        return 0.0
    return min(diagnosis.retry_after or 1.0, _LONGEST_WAIT)


def judge(outcomes: Sequence[Outcome], cost_per_call: float) -> Finding:
    """What the calls, in order, say about the function. Pure."""
    last = outcomes[-1].diagnosis
    telling = last if last.verdict is Verdict.OK else _most_telling(outcomes)
    failures = [outcome.diagnosis for outcome in outcomes if outcome.diagnosis.verdict is Verdict.FAILED]
    if telling.verdict is Verdict.OK and failures:
        status, cause = Status.WARN, failures[0]
        summary = f"a full answer, saved; but {len(failures)} of {len(outcomes)} calls failed first ({cause.signature})"
    else:
        cause, status = telling, _status(telling)
        summary = "a full answer, and its results are in the database" if status is Status.PASS else telling.title
    finding = found(cause, summary, status=status)
    return Finding(
        status,
        summary,
        None if status is Status.PASS else cause,
        detail=_told(outcomes),
        evidence=_evidence(outcomes, cause, status),
        remedies=finding.remedies,
        attempts=len(outcomes),
        cost_usd=sum(cost_per_call for outcome in outcomes if outcome.may_be_paid),
    )


def _most_telling(outcomes: Sequence[Outcome]) -> Diagnosis:
    """A failure says more than a stored answer; of failures the last one counts: it ended the attempts."""
    diagnoses = [outcome.diagnosis for outcome in outcomes]
    failed = [diagnosis for diagnosis in diagnoses if diagnosis.verdict is Verdict.FAILED]
    return diagnoses[-1] if diagnoses[-1].verdict is Verdict.DEGRADED or not failed else failed[-1]


def _status(diagnosis: Diagnosis) -> Status:
    # Unlike elsewhere, a passing fault is a failure here: it has been tried again, on other rows, to no avail.
    return {
        Verdict.OK: Status.PASS,
        Verdict.DEGRADED: Status.WARN,
        Verdict.INCONCLUSIVE: Status.UNKNOWN,
        Verdict.FAILED: Status.FAIL,
    }[diagnosis.verdict]


def _evidence(outcomes: Sequence[Outcome], cause: Diagnosis, status: Status) -> tuple[Evidence, ...]:
    saved = ", ".join(f"{name} {count}" for name, count in outcomes[-1].writes.items() if count)
    database = (Evidence("database", saved),) if saved else ()
    return database if status is Status.PASS else (*cause.evidence, *database)


def _told(outcomes: Sequence[Outcome]) -> str:
    last = outcomes[-1]
    status = last.answer.status if last.answer else None
    marked = ", marked as done" if last.marked else ""
    calls = f"{len(outcomes)} calls, the last: " if len(outcomes) > 1 else ""
    return f"{calls}row {last.row.id}, status {status}, {last.duration_ms / 1000:.1f} s{marked}"
