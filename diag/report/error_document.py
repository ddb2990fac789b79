"""``nukediag/error/1``: what stands on standard output, with ``--json``, where a command could not do its work."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from diag.report.documents import Document


class ErrorModel(BaseModel):
    """What is wrong, and what to do next (null where the message says it)."""

    message: str
    remedy: str | None


class ErrorDocument(Document):
    """The error that ended the command; ``exit_code`` tells of what kind it is."""

    schema_: Literal["nukediag/error/1"] = Field("nukediag/error/1", alias="schema")
    error: ErrorModel
