"""What the database says about an answer: pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from diag.catalogue import classify, describe
from diag.config.settings import TableSettings
from diag.diagnosis import Answer, Diagnosis, Evidence, Remedy, Verdict
from diag.rows.command import look_at
from diag.rows.outcome import Outcome
from diag.rows.writes import Written, is_saved

_NEVER_ARRIVED = frozenset({"network.dns", "network.tls", "network.proxy", "network.refused"})


def may_have_written(diagnosis: Diagnosis) -> bool:
    """Whether the function may have run, so that the database is worth a look: also after a timeout."""
    return diagnosis.component != "gateway" and diagnosis.signature not in _NEVER_ARRIVED


def as_stored(answer: Answer, diagnosis: Diagnosis, context: Mapping[str, str]) -> Diagnosis:
    """The diagnosis with stored answers told from fresh ones. A fault inside a stored answer is an old one, of the day
    on which it was stored: it says nothing about the project of today."""
    if diagnosis.verdict in (Verdict.OK, Verdict.INCONCLUSIVE) or not _says_cached(answer):
        return diagnosis
    evidence = (Evidence("answer", f"a stored result with a fault in it: {diagnosis.signature}"), *diagnosis.evidence)
    others = (diagnosis.signature, *diagnosis.others)
    return describe("function.cached", context=context, others=others, evidence=evidence, parts=diagnosis.parts)


def _says_cached(answer: Answer) -> bool:
    if (answer.header("x-cache") or "").upper().startswith("HIT"):
        return True
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(body, dict) and (body.get("cached") is True or body.get("source") == "cache")


def after_look(outcome: Outcome, written: Written, table: TableSettings, context: Mapping[str, str]) -> Diagnosis:
    """The diagnosis once the database was looked at: an answer that claims success is a failure where nothing was
    saved by it, and a stored answer shows its faults. Everything else stands."""
    diagnosis = outcome.diagnosis
    if diagnosis.signature == "function.cached":
        return _with_remedy(_with_stored_fault(diagnosis, written), outcome)
    if diagnosis.verdict is not Verdict.OK:
        return diagnosis
    if not is_saved(written, table):
        return _unsaved(diagnosis, f"nothing stands there for this row: {_listed(written)}", context)
    before = {column: outcome.row.columns.get(column) for column in table.result_columns}
    if any(value is not None for value in before.values()) and dict(written.columns) == before:
        return _unsaved(diagnosis, f"what stands there is older than this call: {_listed(written)}", context)
    return diagnosis


def _unsaved(diagnosis: Diagnosis, seen: str, context: Mapping[str, str]) -> Diagnosis:
    evidence = (Evidence("answer", "claims success"), Evidence("database", seen), *diagnosis.evidence)
    failed = describe("function.error-in-200", context=context, evidence=evidence)
    return replace(failed, title="the function claims success but saved nothing", parts=diagnosis.parts)


def _with_stored_fault(diagnosis: Diagnosis, written: Written) -> Diagnosis:
    """A stored result may hold the error of the day on which it was made: it is classified like an answer."""
    stored = [json.dumps(value) for value in written.columns.values() if isinstance(value, dict)]
    found = [classify(Answer(status=200, body=text)) for text in stored]
    faults = [one for one in found if one.verdict in (Verdict.FAILED, Verdict.DEGRADED)]
    if not faults or diagnosis.others:
        return diagnosis
    seen = Evidence("database", f"the stored result holds a fault: {faults[0].signature}")
    return replace(diagnosis, others=(faults[0].signature,), evidence=(seen, *diagnosis.evidence))


def _with_remedy(diagnosis: Diagnosis, outcome: Outcome) -> Diagnosis:
    if not diagnosis.others:
        return diagnosis
    anew = Remedy("The stored result is faulty: have it analysed anew.", look_at(outcome.row.id, "--force"))
    return replace(diagnosis, remedies=(anew, *diagnosis.remedies))


def should_mark(outcome: Outcome, table: TableSettings) -> bool:
    """Whether the row is done: full results stand behind it. A cached answer may stand for them (it only proves
    nothing about the credentials), unless it or what is stored shows a fault."""
    diagnosis = outcome.diagnosis
    there = diagnosis.parts.values()
    full = diagnosis.signature == "function.cached" and not diagnosis.others and (all(there) or not any(there))
    return (diagnosis.verdict is Verdict.OK or full) and is_saved(Written(outcome.writes), table)


def after_mark(diagnosis: Diagnosis, written: Written, table: TableSettings, context: Mapping[str, str]) -> Diagnosis:
    """The diagnosis where the conditional update changed nothing: fine if somebody else has set the marker since,
    else this key may not set it, and every row would be paid for again."""
    if written.marker is not None:
        return diagnosis
    seen = Evidence("database", f"the update of {table.name}.{table.marker} changed no row, and it is still null")
    denied = describe("supabase.permission-denied", context=context, evidence=(seen, *diagnosis.evidence))
    return replace(denied, parts=diagnosis.parts)


def _listed(written: Written) -> str:
    return ", ".join(f"{name} {count}" for name, count in written.records.items()) or "no result table is configured"
