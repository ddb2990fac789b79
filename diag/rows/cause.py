"""The cause behind an answer that names none, from the lines that the function wrote during that call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from diag.catalogue import classify
from diag.catalogue.own import OwnSignatures
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
_NO_OWN = OwnSignatures()
_PAUSES = (0.0, 1.0, 2.0, 3.0, 4.0)  # seconds before each look: lines come late, and nobody waits for long
_MOST_SHOWN, _LONGEST_SHOWN = 4, 300

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """When a call began and ended, by this machine's clock, and what it brought back."""

    answer: Answer
    began: datetime
    ended: datetime

    @classmethod
    def of(cls, answer: Answer, ended: datetime | None = None) -> Call:
        """The call that has just ended."""
        end = ended or datetime.now(UTC)
        return cls(answer, end - timedelta(milliseconds=answer.duration_ms), end)


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
    call = Call.of(outcome.answer)
    try:
        found = await _telling_lines(project.management, call, function, sleep)
    except ProjectError:
        return outcome
    return (
        replace(outcome, diagnosis=explained(outcome.diagnosis, found, context, project.own_signatures))
        if found
        else outcome
    )


async def _telling_lines(management: Management, call: Call, function: str, sleep: Sleep) -> tuple[LogLine, ...]:
    execution_id = call.answer.header("x-deno-execution-id")
    function_id = None if execution_id else await _id_of(management, function)
    if not execution_id and not function_id:
        return ()
    sql, window = query(execution_id=execution_id, function_id=function_id), Window.around(call.began, call.ended)
    for pause in _PAUSES:
        await sleep(pause)
        telling = [line for line in lines(await management.logs(sql, window), window) if line.is_telling]
        if telling:
            return tuple(telling)
    return ()


async def _id_of(management: Management, function: str) -> str | None:
    """A function that never started has no worker to be found by."""
    deployed = await management.function(function)
    return deployed.id if deployed else None


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
