"""What the database says about an answer: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from diag.catalogue import describe
from diag.config.settings import TableSettings
from diag.diagnosis import Diagnosis, Evidence, Verdict
from diag.rows.outcome import Outcome
from diag.rows.writes import Written, is_saved

_NEVER_ARRIVED = frozenset({"network.dns", "network.tls", "network.proxy", "network.refused"})


def may_have_written(diagnosis: Diagnosis) -> bool:
    """Whether the function may have run, so that the database is worth a look: also after a timeout."""
    return diagnosis.component != "gateway" and diagnosis.signature not in _NEVER_ARRIVED


def after_look(diagnosis: Diagnosis, written: Written, table: TableSettings, context: Mapping[str, str]) -> Diagnosis:
    """The diagnosis once the database was looked at: an answer that claims success is a failure where nothing was
    saved. Everything else stands."""
    if diagnosis.verdict is not Verdict.OK or is_saved(written, table):
        return diagnosis
    claimed = Evidence("answer", "claims success")
    looked = Evidence("database", f"nothing was saved for this row: {_listed(written)}")
    evidence = (claimed, looked, *diagnosis.evidence)
    failed = describe("function.error-in-200", context=context, evidence=evidence)
    return replace(failed, title="The function claims success but saved nothing", parts=diagnosis.parts)


def should_mark(outcome: Outcome, table: TableSettings) -> bool:
    """Whether the row is done: full results stand behind it. A cached answer may stand for them (it only proves
    nothing about the credentials), unless it shows by its own parts that what was stored is not full."""
    diagnosis = outcome.diagnosis
    there = diagnosis.parts.values()
    cached = diagnosis.signature == "function.cached" and (all(there) or not any(there))
    return (diagnosis.verdict is Verdict.OK or cached) and is_saved(Written(outcome.writes), table)


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
