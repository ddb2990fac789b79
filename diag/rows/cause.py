"""The cause behind an answer that names none, from the lines that the function wrote during that call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from diag.catalogue import classify
from diag.catalogue.own import OwnSignatures
from diag.catalogue.waits import moment
from diag.diagnosis import Answer, Diagnosis, Evidence, Verdict
from diag.project import Management, Project, ProjectError
from diag.project.logs import LogLine, Window, lines, query
from diag.rows.outcome import Outcome
from diag.secret import redact

MUTE = frozenset({
    "unknown", "runtime.uncaught-exception", "runtime.boot-error", "runtime.load-error", "runtime.worker-limit",
    "function.error-in-200", "function.unavailable",
})  # fmt: skip
"""Signatures of answers that say that something failed, and not what."""
_NAMES_NOTHING = frozenset({"runtime", "function", "unknown", "gateway", "network"})
"""Components whose wordings in a log are no better than what the answer said."""
_NEVER_STARTED = "runtime.boot-error"
"""The one refusal without a worker to which a line belongs: in all others, the function was not even tried."""
_NO_OWN = OwnSignatures()
_PAUSES = (0.0, 1.0, 2.0, 3.0, 4.0)  # seconds before each look: lines come late, and nobody waits for long
_MOST_SHOWN, _LONGEST_SHOWN = 4, 300

Sleep = Callable[[float], Awaitable[None]]


def is_mute(outcome: Outcome) -> bool:
    """Whether the answer leaves the cause open, so that the logs are worth a look. Pure."""
    diagnosis = outcome.diagnosis
    return outcome.answer is not None and diagnosis.verdict is Verdict.FAILED and diagnosis.signature in MUTE


async def with_cause(
    project: Project, outcome: Outcome, *, function: str, context: Mapping[str, str], sleep: Sleep = asyncio.sleep
) -> Outcome:
    """The outcome with the cause that the logs name, where the answer names none and the logs can be read. Never
    raises; waits some seconds at most."""
    if outcome.answer is None or project.management is None or not is_mute(outcome):
        return outcome
    try:
        found = await _telling_lines(project.management, outcome.answer, outcome.diagnosis.signature, function, sleep)
    except ProjectError:
        return outcome
    return (
        replace(outcome, diagnosis=explained(outcome.diagnosis, found, context, project.own_signatures))
        if found
        else outcome
    )


async def _telling_lines(
    management: Management, answer: Answer, signature: str, function: str, sleep: Sleep
) -> tuple[LogLine, ...]:
    window = window_of(answer, datetime.now(UTC))
    sql = await _query(management, answer, signature, function)
    for pause in _PAUSES if sql else ():
        await sleep(pause)
        telling = [line for line in lines(await management.logs(sql, window), window) if line.is_telling]
        if telling:
            return tuple(telling)
    return ()


async def _query(management: Management, answer: Answer, signature: str, function: str) -> str:
    """What finds the call's lines; empty where it cannot have any. A function that never started has no worker to be
    found by."""
    execution_id = answer.header("x-deno-execution-id")
    if execution_id:
        return query(execution_id=execution_id)
    deployed = await management.function(function) if signature == _NEVER_STARTED else None
    return query(function_id=deployed.id) if deployed else ""


def window_of(answer: Answer, ended: datetime) -> Window:
    """When the call took place: by the platform's own clock where the answer has a ``Date``, else by ours, at whose
    ``ended`` it had just ended. Pure."""
    took, answered = timedelta(milliseconds=answer.duration_ms), moment(answer.header("date"))
    return Window.by_its_own_clock(answered, took) if answered else Window.around(ended - took, ended)


def explained(
    diagnosis: Diagnosis, found: Sequence[LogLine], context: Mapping[str, str], own: OwnSignatures = _NO_OWN
) -> Diagnosis:
    """The diagnosis with the lines as evidence; where they name a cause, that is the diagnosis, and what the answer
    said becomes one of the others. Pure."""
    shown = tuple(Evidence("log", redact(" ".join(line.text.split()))[:_LONGEST_SHOWN]) for line in found[:_MOST_SHOWN])
    cause, evidence = _cause(found, context, own), (*shown, *diagnosis.evidence)
    if cause is None:
        return replace(diagnosis, evidence=evidence)
    others = tuple(dict.fromkeys((diagnosis.signature, *diagnosis.others, *cause.others)))
    return replace(cause, evidence=evidence, others=others, parts=diagnosis.parts)


def _cause(found: Sequence[LogLine], context: Mapping[str, str], own: OwnSignatures) -> Diagnosis | None:
    """The first line's diagnosis that names a cause; the last exception of a call often only repeats it."""
    for line in found:
        diagnosis = classify(Answer(status=500, body=line.text), context=context, own=own)
        if diagnosis.verdict is Verdict.FAILED and diagnosis.component not in _NAMES_NOTHING:
            return diagnosis
    return None
