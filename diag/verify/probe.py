"""What ``nukediag-probe`` answers: which secrets a function sees, and what the providers say to it from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diag.diagnosis import Answer
from diag.project import Functions
from diag.project.shipped import PROBE
from diag.verify.asking import document_of
from diag.verify.standing import Standing, Verification, word_or_none

_TIMEOUT = 45.0  # seconds; the probe itself waits 10 s for each provider, one after the other at worst
_SCHEMA = "nukediag/probe/1"


@dataclass(frozen=True, slots=True)
class Seen:
    """A secret as a running function sees it: never the value. ``fingerprint``: the first 8 hex digits of its SHA-256;
    ``hints``: what looks malformed about it (``newline``, ``quotes`` ...)."""

    name: str
    present: bool
    fingerprint: str | None
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """One answer of the probe."""

    secrets: Mapping[str, Seen] = field(default_factory=dict)
    verifications: tuple[Verification, ...] = ()

    def of(self, provider: str) -> tuple[Verification, ...]:
        """What one provider said."""
        return tuple(one for one in self.verifications if one.provider == provider)


async def ask_probe(
    functions: Functions, names: Sequence[str], *, model: str | None, table: str, column: str
) -> ProbeReport | None:
    """One call of the deployed probe, free of charge; None where it does not answer as it should."""
    request = {"names": list(names), "verify": True, "table": table, "column": column}
    return read_report(
        await functions.call(PROBE, {**request, **({"model": model} if model else {})}, timeout=_TIMEOUT)
    )


def read_report(answer: Answer) -> ProbeReport | None:
    """The report in an answer, or None where it holds none. Pure."""
    document = document_of(answer)
    if answer.status != 200 or document.get("schema") != _SCHEMA:
        return None
    secrets = [_seen(one) for one in _objects(document.get("secrets"))]
    verdicts = [_verification(one) for one in _objects(document.get("verdicts"))]
    return ProbeReport({one.name: one for one in secrets}, tuple(verdicts))


def _objects(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _seen(found: Mapping[str, Any]) -> Seen:
    hints = found.get("hints")
    words = [word for one in (hints if isinstance(hints, list) else []) if (word := word_or_none(one))]
    return Seen(
        str(found.get("name")), found.get("present") is True, word_or_none(found.get("fingerprint")), tuple(words)
    )


def _verification(found: Mapping[str, Any]) -> Verification:
    standing, status, names = found.get("verdict"), found.get("status"), found.get("names")
    return Verification(
        provider=str(found.get("provider")),
        names=tuple(map(str, names)) if isinstance(names, list) else (),
        step=str(found.get("step"))[:80],
        standing=Standing(standing) if standing in set(Standing) else Standing.UNKNOWN,
        signature=word_or_none(found.get("finding")),
        inferred=found.get("inferred") is True,
        status=status if isinstance(status, int) else None,
        code=word_or_none(found.get("code")),
        request_id=word_or_none(found.get("request_id")),
        account=word_or_none(found.get("account")),
        where=PROBE,
    )
