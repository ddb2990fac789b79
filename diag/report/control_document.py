"""``nukediag/control/1``: the word that was left for a running backfill, for scripts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from diag.report.documents import Document

ControlWord = Literal["pause", "resume", "rate", "concurrency", "stop", "stop-now"]


class ControlDocument(Document):
    """``word`` with its ``value`` (``rate``: calls per second, ``concurrency``: calls in flight; else null); ``queue``
    is null where it is for the backfill of this folder's journal. The run takes it up within a second."""

    schema_: Literal["nukediag/control/1"] = Field("nukediag/control/1", alias="schema")
    word: ControlWord
    value: float | None = None
    queue: str | None = None
