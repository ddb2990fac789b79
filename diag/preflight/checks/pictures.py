"""The pictures: a sample of the pending ones is looked at, free of charge."""

from __future__ import annotations

from collections import Counter

from diag.diagnosis import Diagnosis, Evidence, Scope
from diag.preflight.facts import Facts, Looked
from diag.preflight.judgement import found, passed
from diag.preflight.model import Finding, Status


async def sample(facts: Facts) -> Finding:
    """Pictures of pending rows can be fetched and are ones that the services accept."""
    if not facts.settings.table.url:
        return passed("the rows have no files")
    looked = await facts.sample()
    bad = [one for one in looked if one.fault]
    if not looked:
        return passed("nothing is pending")
    if not bad:
        what = "pictures are good" if facts.settings.table.media == "image" else "addresses answer"
        return passed(f"{len(looked)} of {len(looked)} {what}")
    return _some_bad(looked, bad)


def _some_bad(looked: tuple[Looked, ...], bad: list[Looked]) -> Finding:
    kinds = Counter(one.fault.signature for one in bad if one.fault)
    told = ", ".join(f"{signature} {count}" for signature, count in kinds.most_common())
    evidence = tuple(Evidence(f"row {one.row.id}", _seen(one.fault)) for one in bad[:3] if one.fault)
    summary = f"{len(bad)} of {len(looked)} files cannot be analysed ({told})"
    finding = found(commonest(bad), summary, status=Status.WARN if len(bad) < len(looked) else _all_bad(bad))
    return Finding(finding.status, summary, finding.diagnosis, evidence=evidence)


def commonest(bad: list[Looked]) -> Diagnosis:
    """The fault that most of the pictures have."""
    faults = [one.fault for one in bad if one.fault]
    kinds = Counter(fault.signature for fault in faults)
    return max(faults, key=lambda fault: kinds[fault.signature])


def _all_bad(bad: list[Looked]) -> Status:
    transient = all(one.fault and one.fault.scope is Scope.TRANSIENT for one in bad)
    return Status.UNKNOWN if transient else Status.FAIL


def _seen(fault: Diagnosis) -> str:
    return f"{fault.signature}: " + "; ".join(f"{one.where} {one.text}" for one in fault.evidence[:2])
