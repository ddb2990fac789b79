"""One row of work and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.diagnosis import Answer, Diagnosis

_FREE = {
    "function.cached", "function.paused",
    "network.dns", "network.proxy", "network.refused", "network.tls",
}  # fmt: skip
"""Answers behind which no upstream was paid: from the function's own store, or the request reached nobody."""


def is_free(diagnosis: Diagnosis) -> bool:
    """Whether a call that ended so has cost nothing for certain."""
    return diagnosis.signature in _FREE or diagnosis.component == "gateway"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the work table: its ``id`` as text, its picture's ``url`` (or None), and the ``columns`` that the
    request's payload needs."""

    id: str
    url: str | None
    columns: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row.

    ``diagnosis`` is the whole truth about it, database included: ``ok`` only where results are stored. ``called``
    tells whether a request was sent (a dead picture is found without one). ``writes`` counts the records that stand
    in each result table for this row, and the row's own result columns under the work table's name. ``marked`` tells
    whether the marker was set by us just now. ``answer`` is the raw answer, or None without a call.
    ``unverified``: the call brought something, and the database could not be asked about it, or not be told: the row
    must be looked up before it is called again.
    """

    row: Row
    diagnosis: Diagnosis
    called: bool
    writes: Mapping[str, int] = field(default_factory=dict)
    marked: bool = False
    answer: Answer | None = None
    duration_ms: float = 0.0
    unverified: bool = False

    @property
    def may_be_paid(self) -> bool:
        """Whether the call may have cost what a call costs. One that broke off may have; one that the gateway turned
        away, or that was answered from the function's store, has not. Where ``unverified``, the diagnosis is the
        database's and says nothing about the call."""
        return self.called and (self.unverified or not is_free(self.diagnosis))
